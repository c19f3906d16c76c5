//! Networks of tests: namespaces that a thread makes for itself, joined by virtual cables, and a sender of frames.
//!
//! A namespace has no name and lives as long as its thread, so nothing is left behind however a test ends, and nothing
//! sent in it leaves it.

mod namespace;
mod sender;

pub use namespace::{Namespace, is_captured_from};
pub use sender::{Sender, Sent};
