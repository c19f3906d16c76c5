use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 3, depth = 4, features = ["dur"])]
struct Example;

fn main() {}
