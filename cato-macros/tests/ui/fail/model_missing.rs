use cato_macros::cato_pipeline;

#[cato_pipeline(
    depth = 10,
    features = ["dur", "s_bytes_mean"],
    model = "/nowhere/model.json",
)]
struct Example;

fn main() {}
