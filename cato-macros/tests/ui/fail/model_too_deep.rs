use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 10, features = ["dur"], model = "files/deep.json", strategy = "nested-if")]
struct Example;

fn main() {}
