use cato_macros::cato_pipeline;

#[cato_pipeline(spec = "files/sound.toml")]
struct Example {
    #[feature]
    dur: f32,
    #[feature]
    s_bytes_min: f32,
}

fn main() {}
