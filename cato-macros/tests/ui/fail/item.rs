use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 3, features = ["dur"])]
enum Choice {}

#[cato_pipeline(depth = 3, features = ["dur"])]
struct WithField {
    field: u8,
}

#[cato_pipeline(depth = 3, features = ["dur"])]
pub struct WithParameter<const LENGTH: usize>;

fn main() {}
