use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 10, features = ["dur", s_load])]
struct Example;

fn main() {}
