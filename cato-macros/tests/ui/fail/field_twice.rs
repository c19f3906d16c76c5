use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 3)]
struct Example {
    #[feature]
    dur: f32,
    #[feature(name = "dur")]
    duration: f32,
}

fn main() {}
