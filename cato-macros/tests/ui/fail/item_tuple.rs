use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 3)]
struct Example(f32, f32);

fn main() {}
