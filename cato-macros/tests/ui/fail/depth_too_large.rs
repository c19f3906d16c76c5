use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 65_536, features = ["dur"])]
struct Example;

fn main() {}
