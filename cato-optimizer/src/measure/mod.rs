//! Building and measuring candidates.
