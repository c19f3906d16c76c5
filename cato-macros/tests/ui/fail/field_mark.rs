use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 3)]
struct Example {
    #[feature = "dur"]
    duration: f32,
    #[feature(dur)]
    length: f32,
    #[feature(nam = "s_load")]
    load: f32,
    #[feature(name = 3)]
    three: f32,
}

fn main() {}
