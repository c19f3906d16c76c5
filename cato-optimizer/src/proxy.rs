//! A cheap estimate of quality: a small model, fitted on few flows and scored on others.

use std::collections::BTreeMap;

use cato_codegen::spec::Depth;
use cato_traffic::FlowRecords;

use crate::candidate::{Candidate, FeatureSet};
use crate::search::Proxy;
use crate::train::{
    Dataset, Matrix, ModelChoice, ModelSize, Part, Split, TrainError, TrainOptions, feature_matrix, fit, score,
};

/// Flows that a small model is fitted on, at most.
const FITTED: usize = 600;

/// Flows that it is scored on, at most.
const SCORED: usize = 400;

/// Up to this depth features are computed at every depth; beyond it at depths so far apart, each a little more than the
/// one before.
const EVERY_DEPTH: u16 = 64;
const DEPTH_STEP: f64 = 1.05;

/// How large a small model may grow.
const TREE: ModelSize = ModelSize { max_depth: 8, trees: 1 };
const FOREST: ModelSize = ModelSize { max_depth: 10, trees: 8 };

/// Small models on a sample of the train part.
///
/// The sample is parted as the dataset is: what is scored is from other captures where no capture may be in two parts.
/// Features are computed once, at the start; a reading fits a model on some of the columns.
#[derive(Debug)]
pub struct SampleProxy {
    dataset: Dataset,
    fitted: Vec<usize>,
    scored: Vec<usize>,
    training: TrainOptions,
    size: ModelSize,
    /// The features of all matrices.
    features: FeatureSet,
    /// Features by depth in packets.
    matrices: BTreeMap<u16, Matrix>,
}

impl SampleProxy {
    /// A sample of the train part, with `features` at depths up to `max_depth` computed by as many threads as train.
    ///
    /// # Errors
    /// Where the features cannot be computed.
    pub fn new(
        records: &FlowRecords,
        dataset: &Dataset,
        split: &Split,
        training: TrainOptions,
        features: FeatureSet,
        max_depth: u16,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let rows = split.rows(Part::Train);
        let folds = split.folds(dataset, training.seed);
        let (scored, fitted): (Vec<_>, Vec<_>) = rows.into_iter().zip(folds).partition(|&(_, fold)| fold == 0);
        let few = |rows: Vec<(usize, usize)>, count| spread(rows.into_iter().map(|(row, _)| row).collect(), count);
        let (fitted, scored) = (few(fitted, FITTED), few(scored, SCORED));
        let sample = dataset.pick(&[fitted.as_slice(), scored.as_slice()].concat());
        let threads = training.threads;
        let matrices = depths(max_depth)
            .map(|depth| Ok((depth, feature_matrix(records, &sample, features, Depth::Packets(depth), threads)?)));
        let size = match training.choice {
            ModelChoice::DecisionTree(_) => TREE,
            ModelChoice::RandomForest => FOREST,
        };
        Ok(Self {
            matrices: matrices.collect::<Result<_, Box<dyn std::error::Error + Send + Sync>>>()?,
            scored: (fitted.len()..fitted.len() + scored.len()).collect(),
            fitted: (0..fitted.len()).collect(),
            dataset: sample,
            training: TrainOptions { threads: 1, ..training },
            size,
            features,
        })
    }

    fn estimate(&self, candidate: &Candidate) -> Option<Result<f64, TrainError>> {
        let packets = match candidate.depth {
            Depth::Packets(packets) => packets,
            Depth::All => u16::MAX,
        };
        let (_, matrix) = self.matrices.range(..=packets).next_back()?;
        let places = self.features.iter().enumerate().filter(|&(_, feature)| candidate.features.contains(feature));
        let columns: Vec<usize> = places.map(|(place, _)| place).collect();
        if columns.len() != candidate.features.len() || columns.is_empty() {
            return None;
        }
        let matrix = matrix.select(&columns);
        let model = fit(&matrix, &self.dataset, &self.fitted, &self.training, self.size);
        Some(model.map(|model| score(&model, &matrix, &self.dataset, &self.scored).macro_f1))
    }
}

impl Proxy for SampleProxy {
    /// None for a candidate with a feature that was not computed, and where the trainer fails.
    fn read(&mut self, candidate: &Candidate) -> Option<f64> {
        self.estimate(candidate)?.ok()
    }
}

/// At most `count` of the rows, evenly spread.
fn spread(rows: Vec<usize>, count: usize) -> Vec<usize> {
    let kept = rows.len().min(count);
    (0..kept).map(|place| rows[place * rows.len() / kept]).collect()
}

/// The depths at which features are computed, ascending.
fn depths(max_depth: u16) -> impl Iterator<Item = u16> {
    let next = |&depth: &u16| match depth {
        ..EVERY_DEPTH => Some(depth + 1),
        // Past the largest number there is no depth.
        _ => Some(f64::from(depth) * DEPTH_STEP).filter(|&next| next < f64::from(u16::MAX)).map(|next| next as u16),
    };
    std::iter::successors(Some(1), next).take_while(move |&depth| depth <= max_depth)
}

#[cfg(test)]
mod tests {
    use cato_codegen::catalog::FeatureId;
    use cato_runtime::{Frame, LinkType};
    use cato_traffic::{RecordOptions, Recorder};

    use super::*;
    use crate::train::{SplitBy, TreeTrainer};

    const FLOWS: u16 = 300;

    /// Flows of three UDP packets; the length of the second tells the class, that of the others nothing.
    fn records() -> FlowRecords {
        let mut recorder = Recorder::new(&RecordOptions::default());
        for flow in 0..FLOWS {
            let class = flow % 3;
            for (place, length) in [60 + flow % 7, 200 + 100 * class, 90 + flow % 11].into_iter().enumerate() {
                let mut packet = vec![0x45, 0];
                packet.extend(length.to_be_bytes());
                packet.extend([0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
                packet.extend([1000 + flow, 53, length - 20, 0].map(u16::to_be_bytes).as_flattened());
                packet.resize(length.into(), 0);
                let time_ns = u64::from(flow) * 10_000 + 1_000 * place as u64;
                let (link, wire_len) = (Some(LinkType::RawIp), packet.len() as u32);
                recorder.frame(&Frame { link, wire_len, time_ns, data: &packet });
            }
        }
        recorder.end_input();
        recorder.finish()
    }

    #[test]
    fn a_reading_rises_where_the_class_can_be_told() {
        let records = records();
        let label = |flow: u16| ["a", "b", "c"][usize::from(flow % 3)];
        let dataset = Dataset::new((0..FLOWS).map(|flow| (0, Some(label(flow)))), 20).unwrap();
        let split = Split::new(&dataset, Some(SplitBy::Flow), 1).unwrap();
        let place = |name: &str| FeatureId::by_name(name).unwrap().index();
        let features: FeatureSet = ["s_bytes_max", "s_bytes_min", "s_pkt_cnt"].map(place).into_iter().collect();
        let choice = ModelChoice::DecisionTree(TreeTrainer::Rafor);
        let training = TrainOptions { choice, seed: 1, threads: 2 };
        let mut proxy = SampleProxy::new(&records, &dataset, &split, training, features, 3).unwrap();
        let mut read = |name: &str, depth| {
            proxy.read(&Candidate { features: FeatureSet::EMPTY.with(place(name)), depth: Depth::Packets(depth) })
        };
        assert_eq!(read("s_bytes_max", 2), Some(1.0));
        assert_eq!(read("s_bytes_max", 40), read("s_bytes_max", 3), "beyond the largest depth");
        assert!(read("s_bytes_max", 1).unwrap() < 0.6);
        assert!(read("s_pkt_cnt", 3).unwrap() < 0.6);
        assert_eq!(read("d_bytes_max", 2), None, "not among the features");
    }

    #[test]
    fn a_spread_keeps_order_and_reaches_to_the_end() {
        assert_eq!(spread((0..10).collect(), 4), [0, 2, 5, 7]);
        assert_eq!(spread((0..3).collect(), 4), [0, 1, 2]);
        assert_eq!(spread(Vec::new(), 4), [0; 0]);
    }

    #[test]
    fn depths_are_dense_first_and_end_in_time() {
        let all: Vec<u16> = depths(1_000).collect();
        assert!(all.iter().copied().take(64).eq(1..=64));
        assert!(all.len() < 130 && all.is_sorted() && *all.last().unwrap() <= 1_000, "{all:?}");
        assert_eq!(depths(1).collect::<Vec<_>>(), [1]);
        assert!(depths(u16::MAX).count() < 300);
    }
}
