//! What the tests that look at the whole of cato share.

pub mod golden;
