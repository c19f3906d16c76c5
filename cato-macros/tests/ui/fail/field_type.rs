use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 3)]
struct Example {
    #[feature]
    dur: f64,
    #[feature]
    s_port: Option<u16>,
}

fn main() {}
