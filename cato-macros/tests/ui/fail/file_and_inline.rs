use cato_macros::cato_pipeline;

#[cato_pipeline(spec = "files/sound.toml", depth = 10)]
struct Example;

fn main() {}
