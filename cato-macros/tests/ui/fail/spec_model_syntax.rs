use cato_macros::cato_pipeline;

#[cato_pipeline(spec = "files/broken_model.toml")]
struct Example;

fn main() {}
