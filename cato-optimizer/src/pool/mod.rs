//! A pool of a study's pipelines: which of them span its front, and what they cost as they serve.

mod choose;
mod costs;

pub use choose::{MOST_CHOSEN, spanning};
pub use costs::{Costs, measure};
