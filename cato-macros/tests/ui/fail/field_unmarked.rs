use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 3)]
struct Example {
    #[feature]
    dur: f32,
    label: f32,
}

fn main() {}
