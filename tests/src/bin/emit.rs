//! Prints the source that the compiler emits for each of the spec files named, in every strategy that they leave open.

use std::path::Path;

use cato_tests::specs;

fn main() {
    for path in std::env::args().skip(1) {
        for golden in specs::sound(Path::new(&path)).in_every_strategy() {
            let text = cato_codegen::render(&golden.spec, &golden.models(), "Example");
            print!("{}", text.unwrap_or_else(|mistakes| panic!("{path}: {mistakes}")));
        }
    }
}
