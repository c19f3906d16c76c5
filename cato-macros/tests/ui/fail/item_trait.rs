use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 3, features = ["dur"])]
pub trait Example {}

fn main() {}
