use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 1.5, features = ["dur"])]
struct Example;

fn main() {}
