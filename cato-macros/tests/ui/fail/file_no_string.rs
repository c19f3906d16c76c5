use cato_macros::cato_pipeline;

#[cato_pipeline(spec = sound)]
struct Example;

fn main() {}
