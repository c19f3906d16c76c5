//! Training, splitting, freezing.
