use cato_macros::cato_pipeline;

#[cato_pipeline(spec = "files/unknown_feature.toml")]
struct Example;

fn main() {}
