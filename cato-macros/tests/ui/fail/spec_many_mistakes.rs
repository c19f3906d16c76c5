use cato_macros::cato_pipeline;

#[cato_pipeline(spec = "files/many.toml")]
struct Example;

fn main() {}
