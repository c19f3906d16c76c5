//! The rows that the models are trained on, and the held-out ones that they are timed on.

use std::path::Path;

use anyhow::Context as _;
use cato_codegen::catalog::FeatureId;
use cato_codegen::spec::Depth;
use cato_optimizer::candidate::FeatureSet;
use cato_optimizer::train::{Dataset, Matrix, feature_matrix};
use cato_traffic::{FlowRecords, Inputs, LabelSource, Labels, RecordOptions};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The columns: counts, sizes, times and windows.
pub const FEATURES: [&str; 20] = [
    "dur",
    "s_load",
    "d_load",
    "s_pkt_cnt",
    "d_pkt_cnt",
    "s_bytes_sum",
    "d_bytes_sum",
    "s_bytes_mean",
    "d_bytes_mean",
    "s_bytes_max",
    "d_bytes_max",
    "s_bytes_std",
    "s_iat_mean",
    "d_iat_mean",
    "s_iat_max",
    "d_iat_max",
    "s_iat_std",
    "s_winsize_mean",
    "d_winsize_mean",
    "s_ttl_mean",
];

/// A row of features.
pub type FeatureRow = [f32; FEATURES.len()];

/// Rows that models are trained on.
const TRAIN_ROWS: usize = 16_000;
/// Rows that nothing is trained on.
const HELD_OUT_ROWS: usize = 4_096;
/// The share of rows whose class is drawn at random that makes a tree of about 2,250 leaves and a forest of about
/// 400,000 nodes. Without any, trees are half as large.
pub const NOISE: f64 = 0.26;

/// Rows and classes, the same in every run.
#[derive(Debug)]
pub struct Data {
    /// Where the rows are from, for people.
    pub source: String,
    /// All rows, in columns of the catalogue's order.
    pub matrix: Matrix,
    /// Their classes.
    pub dataset: Dataset,
    /// The rows to train on.
    pub train: Vec<usize>,
    /// The rows to predict.
    pub held_out: Vec<usize>,
}

impl Data {
    /// Rows from the captures in `folder`, where it is there, else drawn at random; a share of `noise` of them gets a class
    /// at random.
    ///
    /// # Errors
    /// Where the captures cannot be read.
    pub fn load(folder: &Path, noise: f64) -> anyhow::Result<Self> {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        if folder.is_dir() {
            let rows = captured(folder).with_context(|| format!("cannot use {}", folder.display()))?;
            Self::of_rows("flows of iot_sentinel after 3, 10 and all packets", rows, noise, &mut random)
        } else {
            let rows = drawn(&mut random);
            Self::of_rows("synthetic rows, as the captures are not there", rows, noise, &mut random)
        }
    }

    /// The held-out rows.
    #[must_use]
    pub fn held_out_rows(&self) -> Vec<FeatureRow> {
        self.held_out.iter().filter_map(|&row| self.matrix.row(row).try_into().ok()).collect()
    }

    fn of_rows(source: &str, mut rows: Vec<Row>, noise: f64, random: &mut ChaCha8Rng) -> anyhow::Result<Self> {
        let mut labels: Vec<String> = rows.iter().map(|row| row.label.clone()).collect();
        labels.sort();
        labels.dedup();
        rows.shuffle(random);
        let mut room = [TRAIN_ROWS, HELD_OUT_ROWS];
        rows.retain(|row| {
            let room = &mut room[usize::from(row.held_out)];
            let kept = *room > 0;
            *room -= usize::from(kept);
            kept
        });
        for row in &mut rows {
            if random.random_bool(noise) {
                row.label.clone_from(labels.choose(random).context("there are no classes")?);
            }
        }
        let dataset = Dataset::new(rows.iter().map(|row| (0, Some(&row.label))), 0)?;
        let columns = features().iter().filter_map(FeatureId::by_index).map(|feature| feature.name().to_owned());
        let values = dataset.flows().iter().flat_map(|&row| rows[row].values.iter().copied());
        let matrix = Matrix::new(columns.collect(), values.collect());
        let (held_out, train) = (0..dataset.len()).partition(|&row| rows[dataset.flows()[row]].held_out);
        Ok(Self { source: source.to_owned(), matrix, dataset, train, held_out })
    }
}

struct Row {
    values: Vec<f32>,
    label: String,
    held_out: bool,
}

/// The columns as a set, in whose order a matrix has them.
fn features() -> FeatureSet {
    FEATURES.iter().filter_map(|name| FeatureId::by_name(name)).map(FeatureId::index).collect()
}

/// The flows of the captures, each seen at three depths; every fifth flow is held out.
fn captured(folder: &Path) -> anyhow::Result<Vec<Row>> {
    let records = FlowRecords::read(&Inputs::collect(&[folder.join("pcaps")])?, &RecordOptions::default())?;
    let labels = Labels::assign(&LabelSource::table(&folder.join("labels.csv"))?, &records)?;
    let flows = Dataset::of_records(&records, &labels, 20)?;
    let mut rows = Vec::new();
    for depth in [Depth::Packets(3), Depth::Packets(10), Depth::All] {
        let matrix = feature_matrix(&records, &flows, features(), depth, 1)?;
        rows.extend((0..matrix.rows()).map(|row| Row {
            values: matrix.row(row).to_vec(),
            label: flows.labels()[usize::from(flows.classes()[row])].clone(),
            held_out: row % 5 == 0,
        }));
    }
    Ok(rows)
}

/// Rows of 28 classes with three habits each: around a habit's centre, a feature varies by a factor. A third of the
/// features are whole numbers, and some are undefined now and then, as those of real flows are.
fn drawn(random: &mut ChaCha8Rng) -> Vec<Row> {
    const CLASSES: usize = 28;
    const HABITS: usize = 3;
    /// Of the logarithm of a value, to either side of its centre. With [`NOISE`] it gives trees as large as the captures do:
    /// 1,978 leaves, and 418,274 nodes in a forest of a hundred.
    const SPREAD: f32 = 0.7;
    let centres: Vec<f32> = (0..CLASSES * HABITS * FEATURES.len()).map(|_| random.random_range(2.0..10.0)).collect();
    (0..TRAIN_ROWS + HELD_OUT_ROWS)
        .map(|row| {
            let class = random.random_range(0..CLASSES);
            let habit = class * HABITS + random.random_range(0..HABITS);
            let centres = &centres[habit * FEATURES.len()..][..FEATURES.len()];
            let value = |(feature, centre): (usize, &f32)| {
                let value = (centre + random.random_range(-SPREAD..SPREAD)).exp();
                match feature % 6 {
                    0 | 1 => value.round(),
                    2 if random.random_bool(0.2) => -1.0,
                    _ => value,
                }
            };
            let values = centres.iter().enumerate().map(value).collect();
            Row { values, label: format!("class {class:02}"), held_out: row >= TRAIN_ROWS }
        })
        .collect()
}
