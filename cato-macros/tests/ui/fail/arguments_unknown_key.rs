use cato_macros::cato_pipeline;

#[cato_pipeline(dept = 3, depth = 3, features = ["dur"])]
struct Example;

fn main() {}
