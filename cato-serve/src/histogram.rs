//! How long verdicts took to be written.

use std::time::Duration;

/// Upper bounds of the buckets in microseconds; what takes longer is in one more.
const BOUNDS_US: [u64; 13] =
    [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000];

/// Times by bucket, with their sum and the longest of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    counts: [u64; BOUNDS_US.len() + 1],
    sum_ns: u64,
    max_ns: u64,
}

impl Histogram {
    /// Adds a time.
    #[inline]
    pub fn add(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        if let Some(count) = self.counts.get_mut(BOUNDS_US.partition_point(|bound| *bound < micros)) {
            *count += 1;
        }
        self.sum_ns = self.sum_ns.saturating_add(nanos);
        self.max_ns = self.max_ns.max(nanos);
    }

    /// How many times there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Their sum.
    #[must_use]
    pub fn sum(&self) -> Duration {
        Duration::from_nanos(self.sum_ns)
    }

    /// The longest of them.
    #[must_use]
    pub fn max(&self) -> Duration {
        Duration::from_nanos(self.max_ns)
    }

    /// For each bound, how many times are no longer, which is all of them for none (`None`).
    pub fn cumulative(&self) -> impl Iterator<Item = (Option<Duration>, u64)> {
        let bounds = BOUNDS_US.iter().map(|micros| Some(Duration::from_micros(*micros))).chain([None]);
        let mut sum = 0;
        bounds.zip(self.counts).map(move |(bound, count)| {
            sum += count;
            (bound, sum)
        })
    }

    /// The bound of the bucket in which the given share of the times ends, from 0 to 1; the longest time where that is
    /// less, zero where there are none.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Duration {
        let wanted = self.count() as f64 * share;
        let bucket = self.cumulative().find(|(_, sum)| *sum as f64 >= wanted);
        bucket.and_then(|(bound, _)| bound).unwrap_or(self.max()).min(self.max())
    }

    /// As [`quantile`](Self::quantile), but somewhere within the bucket, as if its times were evenly spread.
    #[must_use]
    pub(crate) fn estimate(&self, share: f64) -> Duration {
        let wanted = self.count() as f64 * share;
        let (mut below, mut lower) = (0, Duration::ZERO);
        for (bound, sum) in self.cumulative() {
            let upper = bound.unwrap_or(self.max());
            if sum > below && sum as f64 >= wanted {
                let part = (wanted - below as f64).max(0.0) / (sum - below) as f64;
                return lower + upper.saturating_sub(lower).mul_f64(part);
            }
            (below, lower) = (sum, upper);
        }
        Duration::ZERO
    }

    /// The times that were added after `before`; the longest is that of all.
    #[must_use]
    pub(crate) fn since(mut self, before: &Self) -> Self {
        for (count, before) in self.counts.iter_mut().zip(before.counts) {
            *count = count.saturating_sub(before);
        }
        self.sum_ns = self.sum_ns.saturating_sub(before.sum_ns);
        self
    }

    /// Everything in it, in a fixed order.
    pub(crate) fn numbers(&mut self) -> impl Iterator<Item = &mut u64> {
        self.counts.iter_mut().chain([&mut self.sum_ns, &mut self.max_ns])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_fall_into_the_first_bucket_that_holds_them() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.quantile(0.5), Duration::ZERO);
        for micros in [1, 100, 101, 3_000, 2_000_000] {
            histogram.add(Duration::from_micros(micros));
        }
        let sums: Vec<u64> = histogram.cumulative().map(|(_, sum)| sum).collect();
        assert_eq!(sums, [2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5]);
        assert_eq!((histogram.count(), histogram.sum()), (5, Duration::from_micros(2_003_202)));
        assert_eq!(histogram.quantile(0.4), Duration::from_micros(100));
        assert_eq!(histogram.quantile(0.7), Duration::from_millis(5));
        assert_eq!(histogram.quantile(0.99), Duration::from_secs(2));
        assert_eq!(histogram.estimate(0.2), Duration::from_micros(50));
        assert_eq!(histogram.estimate(1.0), Duration::from_secs(2));
        let before = histogram;
        histogram.add(Duration::from_micros(200));
        let since = histogram.since(&before);
        assert_eq!((since.count(), since.sum()), (1, Duration::from_micros(200)));
        assert_eq!(since.estimate(1.0), Duration::from_micros(250));
    }
}
