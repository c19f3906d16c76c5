//! A pool of a study's pipelines: which of them span its front, and what they cost as they serve.

mod choose;
mod costs;
mod worth;

pub use choose::{MOST_CHOSEN, spanning};
pub use costs::{Costs, measure};
pub use worth::learn as learn_worth;
