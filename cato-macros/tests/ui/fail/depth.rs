use cato_macros::cato_pipeline;

#[cato_pipeline(depth = 0, features = ["dur"])]
struct NoPacket;

#[cato_pipeline(depth = 65_536, features = ["dur"])]
struct TooMany;

#[cato_pipeline(depth = "every", features = ["dur"])]
struct Every;

#[cato_pipeline(depth = 1.5, features = ["dur"])]
struct Half;

fn main() {}
