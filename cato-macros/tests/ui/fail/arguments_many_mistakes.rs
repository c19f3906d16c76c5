use cato_macros::cato_pipeline;

#[cato_pipeline(dept = 3, depth = 0, features = ["durr", "dur", "dur"])]
struct Example;

fn main() {}
