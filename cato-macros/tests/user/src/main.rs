//! Prints what the files say.

use appliance::Office;
use cato_runtime::Pipeline;

fn main() {
    println!("{:?} {:?} {:?}", Office::DEPTH, Office::FEATURES, Office::CLASSES);
}
