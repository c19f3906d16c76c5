use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 3)]
struct Example {
    #[feature]
    #[cfg(unix)]
    dur: f32,
}

fn main() {}
