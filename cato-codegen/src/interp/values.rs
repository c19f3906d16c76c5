//! Statistics of exact integers.

use crate::catalog::MEDIAN_WINDOW;

/// The values of one field in one direction, in order of arrival.
#[derive(Clone, Debug)]
pub(super) struct Values {
    values: Vec<u64>,
    sum: u128,
}

impl FromIterator<u64> for Values {
    fn from_iter<I: IntoIterator<Item = u64>>(values: I) -> Self {
        let values: Vec<u64> = values.into_iter().collect();
        let sum = values.iter().copied().map(u128::from).sum();
        Self { values, sum }
    }
}

/// Everything but the sum is `None` where there is no value.
impl Values {
    pub(super) fn sum(&self) -> u128 {
        self.sum
    }

    pub(super) fn mean(&self) -> Option<f32> {
        if self.values.is_empty() { None } else { Some((self.sum() as f64 / self.values.len() as f64) as f32) }
    }

    pub(super) fn min(&self) -> Option<f32> {
        self.values.iter().min().map(|&value| value as f32)
    }

    pub(super) fn max(&self) -> Option<f32> {
        self.values.iter().max().map(|&value| value as f32)
    }

    /// The middle of the first values. Where the two middle ones are equal, that is the integer itself.
    pub(super) fn median(&self) -> Option<f32> {
        let mut window: Vec<u64> = self.values.iter().copied().take(MEDIAN_WINDOW as usize).collect();
        window.sort_unstable();
        let high = *window.get(window.len() / 2)?;
        let low = *window.get((window.len() - 1) / 2)?;
        if low == high { Some(high as f32) } else { Some(((u128::from(low) + u128::from(high)) as f64 / 2.0) as f32) }
    }

    /// Population standard deviation. The products wrap where the definition's do.
    pub(super) fn deviation(&self) -> Option<f32> {
        if self.values.is_empty() {
            return None;
        }
        let count = self.values.len() as u128;
        let sum = self.sum();
        let squares = self
            .values
            .iter()
            .map(|&value| u128::from(value) * u128::from(value))
            .fold(0, |squares: u128, square| squares.wrapping_add(square));
        let variance = count.wrapping_mul(squares).wrapping_sub(sum.wrapping_mul(sum));
        Some(((variance as f64).sqrt() / count as f64) as f32)
    }
}
