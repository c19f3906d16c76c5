//! The choice of candidates.
