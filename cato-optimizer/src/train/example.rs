//! A small dataset for tests: classes that overlap, in captures of one class each.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::dataset::Dataset;
use super::matrix::Matrix;

/// Five classes in six captures each of 12 to 17 flows, and six columns: two that tell of the class, the more so
/// together, one that tells of the capture, one constant and two of noise, the last of few values.
pub(crate) fn data(seed: u64) -> (Matrix, Dataset) {
    let flows = (0..30u32).flat_map(|capture| (0..12 + capture % 6).map(move |_| (capture, capture % 5)));
    let dataset = Dataset::new(flows.map(|(capture, class)| (capture, Some(format!("class {class}")))), 20).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut values = Vec::new();
    for (&class, &capture) in dataset.classes().iter().zip(dataset.captures()) {
        let class = f32::from(class);
        let mut noise = || rng.random::<f32>();
        values.extend([class + 2.0 * noise(), 5.0 - class + 2.0 * noise(), capture as f32 + noise()]);
        values.extend([7.0, noise() * 1e12, (noise() * 4.0).floor()]);
    }
    let columns = ["up", "down", "capture", "constant", "noise", "few"].map(str::to_owned).to_vec();
    (Matrix::new(columns, values), dataset)
}
