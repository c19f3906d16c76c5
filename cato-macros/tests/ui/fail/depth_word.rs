use cato_macros::cato_pipeline;

#[cato_pipeline(depth = "every", features = ["dur"])]
struct Example;

fn main() {}
