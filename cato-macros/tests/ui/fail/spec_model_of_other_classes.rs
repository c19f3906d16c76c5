use cato_macros::cato_pipeline;

#[cato_pipeline(spec = "files/other_classes.toml")]
struct Example;

fn main() {}
