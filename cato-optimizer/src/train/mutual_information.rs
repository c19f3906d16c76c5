//! How much a feature alone tells of the class.

use super::dataset::Dataset;
use super::matrix::Matrix;
use super::random::{Purpose, generator};
use rand::seq::SliceRandom;

/// The most bins that a feature's values are put into.
const MOST_BINS: usize = 32;

/// How often the classes are shuffled to see what chance alone gives.
const SHUFFLES: u32 = 19;

/// The value of an undefined feature; it has a bin of its own.
const UNDEFINED: f32 = -1.0;

/// Mutual information of each column of `matrix` with the class, over `rows` (those of the train part), in nats, at
/// least 0.
///
/// Values are put into bins of about as many rows each. The plug-in estimate over the bins is corrected for its bias
/// (Miller and Madow: each occupied cell of the table costs 1 / 2N); it is 0 where the plug-in estimate is not larger
/// than each of those for 19 shuffles of the classes, so that a feature that tells nothing has 0, with a chance of
/// 1 in 20 of a value a little above.
///
/// # Panics
///
/// When there is no such row in the matrix or the dataset.
#[must_use]
pub fn mutual_information(matrix: &Matrix, dataset: &Dataset, rows: &[usize], seed: u64) -> Vec<f64> {
    let classes: Vec<usize> = rows.iter().map(|&row| dataset.classes()[row].into()).collect();
    let shuffled: Vec<Vec<usize>> = (0..SHUFFLES)
        .map(|shuffle| {
            let mut classes = classes.clone();
            classes.shuffle(&mut generator(seed, Purpose::Shuffle(shuffle)));
            classes
        })
        .collect();
    let class_count = dataset.labels().len();
    (0..matrix.columns().len())
        .map(|column| {
            let values: Vec<f32> = rows.iter().map(|&row| matrix.row(row)[column]).collect();
            let bins = bins(&values);
            let table = Table::new(&bins, &classes, class_count);
            let plug_in = table.plug_in();
            let by_chance = |shuffled: &Vec<usize>| Table::new(&bins, shuffled, class_count).plug_in() >= plug_in;
            if shuffled.iter().any(by_chance) { 0.0 } else { (plug_in - table.bias()).max(0.0) }
        })
        .collect()
}

/// The bin of each value, below [`MOST_BINS`]: equal values together, and about as many rows in each bin. A value that
/// alone fills a bin has one of its own, and so has [`UNDEFINED`].
fn bins(values: &[f32]) -> Vec<usize> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let runs: Vec<&[f32]> = sorted.chunk_by(|a, b| a == b).collect();

    // The largest value of each bin. Bins that a heavy value cuts short are at most as many as heavy values, which half
    // of the bins have room for.
    let full = if runs.len() <= MOST_BINS { 1 } else { values.len().div_ceil(MOST_BINS / 2 - 1) };
    let mut tops = Vec::new();
    let mut filled = 0;
    for (run, next) in runs.iter().zip(runs.iter().skip(1)) {
        filled += run.len();
        if filled >= full || next.len() >= full || run[0] == UNDEFINED {
            tops.push(run[0]);
            filled = 0;
        }
    }
    values.iter().map(|value| tops.partition_point(|top| top < value)).collect()
}

/// How often each class meets each bin.
struct Table {
    cells: Vec<u32>,
    bins: Vec<u32>,
    classes: Vec<u32>,
}

impl Table {
    fn new(bins: &[usize], classes: &[usize], class_count: usize) -> Self {
        let bin_count = bins.iter().max().map_or(0, |&bin| bin + 1);
        let mut table =
            Self { cells: vec![0; bin_count * class_count], bins: vec![0; bin_count], classes: vec![0; class_count] };
        for (&bin, &class) in bins.iter().zip(classes) {
            table.cells[bin * class_count + class] += 1;
            table.bins[bin] += 1;
            table.classes[class] += 1;
        }
        table
    }

    /// Mutual information of the frequencies as if they were probabilities.
    fn plug_in(&self) -> f64 {
        entropy(&self.bins) + entropy(&self.classes) - entropy(&self.cells)
    }

    /// What the plug-in estimate is too large by, to first order.
    fn bias(&self) -> f64 {
        let occupied = |counts: &[u32]| counts.iter().filter(|&&count| count > 0).count() as f64 - 1.0;
        let rows: u32 = self.classes.iter().sum();
        (occupied(&self.cells) - occupied(&self.bins) - occupied(&self.classes)) / (2.0 * f64::from(rows.max(1)))
    }
}

/// Entropy of frequencies, in nats.
fn entropy(counts: &[u32]) -> f64 {
    let total = f64::from(counts.iter().sum::<u32>());
    let weighted: f64 = counts.iter().filter(|&&count| count > 0).map(|&n| f64::from(n) * f64::from(n).ln()).sum();
    if total > 0.0 { total.ln() - weighted / total } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::{MOST_BINS, bins, mutual_information};
    use crate::train::{Dataset, Matrix};

    #[test]
    fn few_values_have_a_bin_each_and_many_share() {
        assert_eq!(bins(&[5.0, -1.0, 5.0, 7.0]), [1, 0, 1, 2]);
        let many: Vec<f32> = (0..10_000).map(|value| value as f32).collect();
        let bins = bins(&many);
        let count = bins[9_999] + 1;
        assert!((12..=MOST_BINS).contains(&count), "{count}");
        assert!(bins.is_sorted());
    }

    #[test]
    fn undefined_and_frequent_values_stand_alone() {
        let mut values = vec![-1.0; 10];
        values.extend(std::iter::repeat_n(500.0, 4_000));
        values.extend((0..6_000).map(|value| value as f32 / 7.0));
        let bins = bins(&values);
        let alone = |bin: usize, value: f32| values.iter().zip(&bins).all(|(&other, &b)| b != bin || other == value);
        assert!(alone(bins[0], -1.0));
        assert!(alone(bins[10], 500.0));
        assert!(bins.iter().all(|&bin| bin < MOST_BINS));
    }

    /// Three classes of 700 rows; columns: constant, noise of many values, noise of two, the class, the class in noise.
    fn data() -> (Matrix, Dataset) {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let dataset = Dataset::new((0..2_100u32).map(|row| (row, Some(format!("{}", row % 3)))), 20).unwrap();
        let values = dataset.classes().iter().flat_map(|&class| {
            let class = f32::from(class);
            let noise: f32 = rng.random();
            [4.0, rng.random(), f32::from(u8::from(rng.random_bool(0.5))), class, class + 3.0 * noise]
        });
        let values = values.collect();
        (Matrix::new(["constant", "many", "two", "class", "hint"].map(str::to_owned).to_vec(), values), dataset)
    }

    #[test]
    fn only_what_tells_of_the_class_has_information() {
        let (matrix, dataset) = data();
        let rows: Vec<usize> = (0..dataset.len()).collect();
        let [constant, many, two, class, hint] = mutual_information(&matrix, &dataset, &rows, 9)[..] else { panic!() };
        assert_eq!(constant, 0.0);
        assert!(many < 0.005 && two < 0.005, "{many} {two}");
        assert!((class - 3f64.ln()).abs() < 0.01, "{class}");
        // Within 3 units of noise, classes one unit apart: two thirds of the range are shared.
        assert!((0.1..0.4).contains(&hint), "{hint}");
    }

    #[test]
    fn other_rows_do_not_count() {
        let (matrix, dataset) = data();
        let rows: Vec<usize> = (0..1_500).collect();
        let poisoned = (0..matrix.rows()).flat_map(|row| {
            let kept = matrix.row(row).to_vec();
            if row < 1_500 { kept } else { vec![1e9; 5] }
        });
        let poisoned = Matrix::new(matrix.columns().to_vec(), poisoned.collect());
        assert_eq!(mutual_information(&matrix, &dataset, &rows, 9), mutual_information(&poisoned, &dataset, &rows, 9));
    }
}
