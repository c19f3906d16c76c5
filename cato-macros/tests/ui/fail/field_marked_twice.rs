use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 3)]
struct Example {
    #[feature]
    #[feature(name = "dur")]
    dur: f32,
}

fn main() {}
