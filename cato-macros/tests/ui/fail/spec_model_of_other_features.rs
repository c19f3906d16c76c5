use cato_macros::cato_pipeline;

#[cato_pipeline(spec = "files/other_features.toml")]
struct Example;

fn main() {}
