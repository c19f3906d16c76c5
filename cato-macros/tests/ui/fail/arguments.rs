use cato_macros::cato_pipeline;

#[cato_pipeline]
struct Nothing;

#[cato_pipeline(spec = "spec.toml", depth = 3)]
struct Both;

#[cato_pipeline(features = ["dur"])]
struct NoDepth;

#[cato_pipeline(dept = 3, depth = 3, depth = 4, features = [])]
struct ManyMistakes;

#[cato_pipeline(depth = 3, features = "dur")]
struct NoList;

#[cato_pipeline(depth 3)]
struct NoValue;

fn main() {}
