use cato_macros::cato_pipeline;

#[cato_pipeline(spec = "files/strategy.toml")]
struct Example;

fn main() {}
