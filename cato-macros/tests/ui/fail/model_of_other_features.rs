use cato_macros::cato_pipeline;

#[cato_pipeline(
    depth = 10,
    features = ["s_load", "s_bytes_mean"],
    model = "files/model.json",
)]
struct Example;

fn main() {}
