//! Which pipelines are measured so that the weights can be told apart.

use cato_codegen::catalog::FeatureId;
use cato_codegen::spec::Depth;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::candidate::{Candidate, FeatureSet};

/// Features that stand for kinds of operations, and the depths at which they are measured. From depth 25 on medians are
/// kept in windows, up to there sorted.
const GROUPS: [(&[&str], [u16; 2]); 24] = [
    (&["dur"], [4, 40]),
    (&["proto", "s_port", "d_port"], [1, 30]),
    (&["proto", "d_port", "s_pkt_cnt", "d_pkt_cnt"], [3, 50]),
    (&["s_pkt_cnt", "dur"], [8, 50]),
    (&["s_load", "d_load"], [10, 40]),
    (&["tcp_rtt", "syn_ack", "ack_dat"], [5, 30]),
    (&["s_bytes_sum"], [1, 50]),
    (&["s_bytes_sum", "d_bytes_sum"], [6, 50]),
    (&["s_bytes_mean", "d_bytes_mean"], [10, 50]),
    (&["s_bytes_min", "d_bytes_min", "s_bytes_max", "d_bytes_max"], [8, 50]),
    (&["s_bytes_std", "d_bytes_std"], [10, 50]),
    (&["s_bytes_med", "d_bytes_med"], [10, 24]),
    (&["s_bytes_med", "d_bytes_med"], [25, 50]),
    (&["s_iat_sum", "d_iat_sum"], [6, 40]),
    (&["s_iat_mean", "d_iat_mean"], [10, 50]),
    (&["s_iat_min", "d_iat_min", "s_iat_max", "d_iat_max"], [10, 50]),
    (&["s_iat_std", "d_iat_std"], [8, 50]),
    (&["s_iat_med", "d_iat_med"], [10, 24]),
    (&["s_iat_med", "d_iat_med"], [25, 50]),
    (&["s_winsize_mean", "d_winsize_mean", "s_winsize_std", "d_winsize_std"], [10, 40]),
    (&["s_winsize_med", "d_winsize_max"], [12, 40]),
    (&["s_ttl_min", "d_ttl_max", "s_ttl_std"], [10, 50]),
    (&["psh_cnt", "dur"], [10, 50]),
    (&["cwr_cnt", "ece_cnt", "urg_cnt", "ack_cnt", "psh_cnt", "rst_cnt", "syn_cnt", "fin_cnt"], [10, 50]),
];
/// Sizes and depths of the random sets.
const SETS: [(usize, u16); 14] = [
    (2, 3),
    (3, 12),
    (4, 30),
    (6, 6),
    (8, 20),
    (10, 50),
    (12, 2),
    (16, 10),
    (20, 35),
    (30, 8),
    (40, 24),
    (50, 50),
    (67, 10),
    (67, 50),
];
/// Trees of the forests among them.
pub const FOREST_SIZES: [u16; 3] = [5, 20, 60];
/// Depths that trees are cut at.
const TREE_DEPTHS: [usize; 3] = [5, 12, 20];
const SEED: u64 = 1;

/// The synthetic traffic that a pipeline is measured on. Flows are broken off early, so that much of what is measured is
/// the pipeline, and at two lengths, so that flows and frames can be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sample {
    /// Flows of some fifty packets at most.
    Long,
    /// Flows of some ten.
    Short,
}

impl Sample {
    /// How many flows there are: with either length about as many frames, so that they are as far from the processor.
    #[must_use]
    pub const fn flows(self) -> usize {
        match self {
            Self::Long => 2000,
            Self::Short => 7000,
        }
    }

    /// After how many packets a client breaks a flow off.
    #[must_use]
    pub const fn most_packets(self) -> u32 {
        match self {
            Self::Long => 50,
            Self::Short => 10,
        }
    }
}

/// One pipeline to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calibration {
    /// On which traffic.
    pub sample: Sample,
    /// Features and depth.
    pub candidate: Candidate,
    /// Trees of a forest; none for a decision tree.
    pub forest: Option<u16>,
    /// The depth that trees are cut at.
    pub max_depth: usize,
}

/// The pipelines to measure, the same in every run.
#[must_use]
pub fn design() -> Vec<Calibration> {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut calibrations = Vec::new();
    let mut push = |sample, features, depth, forest| {
        let max_depth = TREE_DEPTHS[calibrations.len() % TREE_DEPTHS.len()];
        let candidate = Candidate { features, depth: Depth::Packets(depth) };
        calibrations.push(Calibration { sample, candidate, forest, max_depth });
    };
    for (names, depths) in GROUPS {
        let features: FeatureSet =
            names.iter().filter_map(|name| FeatureId::by_name(name)).map(FeatureId::index).collect();
        depths.into_iter().for_each(|depth| push(Sample::Long, features, depth, None));
    }
    for (size, depth) in SETS {
        for sample in [Sample::Long, Sample::Short] {
            push(sample, subset(size, &mut random), depth, None);
        }
    }
    for trees in FOREST_SIZES {
        for size in [6, 24] {
            push(Sample::Long, subset(size, &mut random), random.random_range(3..=50), Some(trees));
        }
    }
    calibrations
}

fn subset(size: usize, random: &mut ChaCha8Rng) -> FeatureSet {
    let mut features: Vec<usize> = (0..FeatureId::ALL.len()).collect();
    features.shuffle(random);
    features.into_iter().take(size).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use cato_codegen::operations::{Kind, operations};

    use super::*;

    #[test]
    fn every_kind_of_operation_is_measured_somewhere() {
        let mut kinds = BTreeSet::new();
        for Calibration { candidate, .. } in design() {
            let features: Vec<_> = candidate.features.iter().filter_map(FeatureId::by_index).collect();
            assert!(!features.is_empty());
            kinds.extend(operations(&features, candidate.depth).iter().map(|(operation, _)| operation.kind));
        }
        let missing: Vec<_> = Kind::ALL.iter().filter(|kind| !kinds.contains(kind)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert_eq!(design(), design());
    }

    #[test]
    fn names_of_groups_are_features() {
        for (names, _) in GROUPS {
            assert!(names.iter().all(|name| FeatureId::by_name(name).is_some()), "{names:?}");
        }
    }
}
