//! Statistics of exact integers.

use crate::catalog::MEDIAN_WINDOW;

/// The values of one field in one direction, in order of arrival.
#[derive(Clone, Debug)]
pub(super) struct Values(Vec<u64>);

impl FromIterator<u64> for Values {
    fn from_iter<I: IntoIterator<Item = u64>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

/// Everything but the sum is `None` where there is no value.
impl Values {
    pub(super) fn sum(&self) -> u128 {
        self.0.iter().copied().map(u128::from).sum()
    }

    pub(super) fn mean(&self) -> Option<f32> {
        if self.0.is_empty() { None } else { Some((self.sum() as f64 / self.0.len() as f64) as f32) }
    }

    pub(super) fn min(&self) -> Option<f32> {
        self.0.iter().min().map(|&value| value as f32)
    }

    pub(super) fn max(&self) -> Option<f32> {
        self.0.iter().max().map(|&value| value as f32)
    }

    /// The middle of the first values. Where the two middle ones are equal, that is the integer itself.
    pub(super) fn median(&self) -> Option<f32> {
        let mut window: Vec<u64> = self.0.iter().copied().take(MEDIAN_WINDOW as usize).collect();
        window.sort_unstable();
        let high = *window.get(window.len() / 2)?;
        let low = *window.get((window.len() - 1) / 2)?;
        if low == high { Some(high as f32) } else { Some(((u128::from(low) + u128::from(high)) as f64 / 2.0) as f32) }
    }

    /// Population standard deviation. The products wrap where the definition's do.
    pub(super) fn deviation(&self) -> Option<f32> {
        if self.0.is_empty() {
            return None;
        }
        let count = self.0.len() as u128;
        let sum = self.sum();
        let squares = self
            .0
            .iter()
            .map(|&value| u128::from(value) * u128::from(value))
            .fold(0, |squares: u128, square| squares.wrapping_add(square));
        let variance = count.wrapping_mul(squares).wrapping_sub(sum.wrapping_mul(sum));
        Some(((variance as f64).sqrt() / count as f64) as f32)
    }
}
