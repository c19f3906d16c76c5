use cato_macros::cato_pipeline;

#[cato_pipeline(spec = "files/broken.toml")]
struct Example;

fn main() {}
