//! The search for the Pareto front of quality against measured cost, and the `cato` program.
//!
//! Labelled captures become flow records, a [`candidate::Candidate`] (feature set, depth) becomes a trained and frozen
//! model, then a spec, then a compiled artifact, whose cost is measured. The search chooses candidates; a study keeps
//! what was found.

pub mod affinity;
pub mod atomic;
pub mod baseline;
pub mod candidate;
pub mod cascade;
pub mod cost;
pub mod evaluate;
pub mod load;
pub mod loadtest;
mod parallel;
pub mod pick;
pub mod pool;
pub mod progress;
pub mod proxy;
pub mod quality;
pub mod record;
pub mod repeat;
pub mod spending;

pub mod measure;
pub mod operations;
pub mod report;
pub mod search;
pub mod simulate;
pub mod study;
pub mod train;
pub mod vendor;

pub mod cli;
pub mod commands;
