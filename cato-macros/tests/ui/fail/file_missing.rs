use cato_macros::cato_pipeline;

#[cato_pipeline(spec = "/nowhere/spec.toml")]
struct Example;

fn main() {}
