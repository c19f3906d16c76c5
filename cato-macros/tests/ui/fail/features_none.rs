use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 10, features = [])]
struct Example;

fn main() {}
