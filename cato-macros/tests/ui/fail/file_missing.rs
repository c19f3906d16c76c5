use cato_macros::cato_pipeline;

#[cato_pipeline(spec = "files/nowhere.toml")]
struct Example;

fn main() {}
