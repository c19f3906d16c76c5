use cato_macros::cato_pipeline;

#[cato_pipeline]
struct Example;

fn main() {}
