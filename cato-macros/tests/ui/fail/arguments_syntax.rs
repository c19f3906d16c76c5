use cato_macros::cato_pipeline;

#[cato_pipeline(depth 3)]
struct Example;

fn main() {}
