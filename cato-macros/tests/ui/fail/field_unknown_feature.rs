use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 3)]
struct Example {
    #[feature]
    s_byte_mean: f32,
    #[feature(name = "durr")]
    duration: f32,
}

fn main() {}
