use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 3)]
pub union Example {
    dur: f32,
}

fn main() {}
