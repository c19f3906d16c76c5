//! What is known of candidates before any is measured.

use std::fmt;

use crate::candidate::Candidate;

/// What a search knows before it measures.
#[derive(Debug)]
pub struct Knowledge {
    /// Mutual information of each feature with the class, in bits, by the feature's place.
    pub information: Vec<f64>,
    /// Packets that a flow has reached, by depth: the first entry is depth 1.
    pub reach: Vec<Reach>,
    /// By depth, the first entry being depth 1: how much of a candidate's cost is known, in nanoseconds, whatever its
    /// features; nothing where the list is empty. With latency as the cost this is the waiting for packets.
    pub waiting: Vec<f64>,
    /// A cheap estimate of quality, where there is one.
    pub proxy: Option<Box<dyn Proxy>>,
}

/// Packets of a flow up to some depth, as means over all flows. A flow shorter than the depth counts with its length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// Packets of the end that sent the first one.
    pub source: f64,
    /// Packets of the other end.
    pub destination: f64,
}

/// A cheap estimate of a candidate's quality: of a small model, on few flows.
pub trait Proxy: fmt::Debug {
    /// Macro-F1 from 0 to 1 that the estimate gives for a candidate, the same whenever it is asked; none where it cannot
    /// tell.
    fn read(&mut self, candidate: &Candidate) -> Option<f64>;
}
