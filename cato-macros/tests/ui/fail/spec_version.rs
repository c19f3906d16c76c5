use cato_macros::cato_pipeline;

#[cato_pipeline(spec = "files/newer.toml")]
struct Example;

fn main() {}
