use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 3, features = ["dur"])]
struct Example {
    #[feature]
    dur: f32,
}

fn main() {}
