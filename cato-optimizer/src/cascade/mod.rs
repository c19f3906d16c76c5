//! Cascades: an early model answers the flows that it is sure of, a later one the others.
//!
//! Everything here is a function of what models have answered: [`Influence`] says what an answer adds to macro-F1,
//! [`Calibration`] what vote shares are worth by that, [`Cascade::decide`] which stage answers a flow and [`Scores`] how
//! good and how late that is, and [`tune`] chooses early stages and the shares of the vote that they have to reach. What
//! it is given of the train part are answers of models that have not seen the flow; the test part it is never given.

mod calibrate;
mod gain;
mod isotonic;
mod staged;
mod tune;

pub use calibrate::Calibration;
pub use gain::Influence;
pub use isotonic::{Block, isotonic};
pub use staged::{Answers, Cascade, Decision, Scores};
pub use tune::{Choice, Expected, Flows, PRICES, RESERVE, Rules, Stage, tune};
