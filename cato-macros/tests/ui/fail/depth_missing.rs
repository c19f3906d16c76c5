use cato_macros::cato_pipeline;

#[cato_pipeline(features = ["dur"])]
struct Example;

fn main() {}
