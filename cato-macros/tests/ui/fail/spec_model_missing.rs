use cato_macros::cato_pipeline;

#[cato_pipeline(spec = "files/no_model.toml")]
struct Example;

fn main() {}
