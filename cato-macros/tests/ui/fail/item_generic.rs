use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 3, features = ["dur"])]
/// Of any length.
pub struct Example<const LENGTH: usize>;

fn main() {}
