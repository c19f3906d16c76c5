//! The compiler of cato: from a declarative spec and a frozen model to Rust source that holds only the operations its
//! features need.
//!
//! The crate is pure: it reads no file, clock, randomness or environment, so an equal spec gives equal bytes on any
//! machine.

pub mod model;
pub mod record;
pub mod spec;
