use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 3, features = ["dur"])]
pub enum Example {}

fn main() {}
