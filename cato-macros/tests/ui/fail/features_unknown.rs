use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 10, features = ["dur", "s_byte_mean", "payload_entropy"])]
struct Example;

fn main() {}
