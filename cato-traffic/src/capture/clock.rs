//! Time stamps to nanoseconds.

const NS_PER_S: u64 = 1_000_000_000;
/// The year 2262.
const LATEST_NS: u64 = i64::MAX as u64;

/// How a pcapng interface counts time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    scale: Scale,
    /// Seconds to add to every time stamp.
    offset_s: i64,
}

/// From ticks to nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    Multiply(u64),
    Divide(u128),
    /// Ticks are 2^-n seconds.
    Binary(u32),
}

impl Clock {
    /// The clock of an interface that states none: microseconds.
    pub(super) const DEFAULT: Self = Self { scale: Scale::Multiply(1000), offset_s: 0 };

    /// From the options `if_tsresol` and `if_tsoffset`. A resolution finer than can be told apart from 0 makes every time
    /// the offset.
    pub(super) fn new(resolution: u8, offset_s: i64) -> Self {
        let exponent = u32::from(resolution & 0x7f);
        let scale = if resolution & 0x80 != 0 {
            Scale::Binary(exponent)
        } else if exponent <= 9 {
            Scale::Multiply(10_u64.pow(9 - exponent))
        } else {
            Scale::Divide(10_u128.checked_pow(exponent - 9).unwrap_or(u128::MAX))
        };
        Self { scale, offset_s }
    }

    /// Nanoseconds since the Unix epoch, rounded down, held between 0 and the largest time that a driver takes, 2^63 - 1.
    pub(super) fn time_ns(self, ticks: u64) -> u64 {
        let ticks = u128::from(ticks);
        // At most 2^64 * 10^9, which fits with room for the offset.
        let ns = match self.scale {
            Scale::Multiply(factor) => ticks * u128::from(factor),
            Scale::Divide(divisor) => ticks / divisor,
            Scale::Binary(exponent) => (ticks * u128::from(NS_PER_S)) >> exponent,
        };
        let ns = i128::try_from(ns).unwrap_or(i128::MAX);
        let shifted = ns + i128::from(self.offset_s) * i128::from(NS_PER_S);
        u64::try_from(shifted.max(0)).map_or(LATEST_NS, |ns| ns.min(LATEST_NS))
    }
}

/// The time of a classic pcap record, whose fraction may be larger than a second.
#[inline]
pub(super) fn pcap_time_ns(seconds: u32, fraction: u32, nanoseconds: bool) -> u64 {
    u64::from(seconds) * NS_PER_S + u64::from(fraction) * if nanoseconds { 1 } else { 1000 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_resolution_gives_nanoseconds() {
        let cases = [
            (6, 0, 1_500_000, 1_500_000_000),
            (0, 0, 3, 3_000_000_000),
            (9, 0, 7, 7),
            (3, 0, 7, 7_000_000),
            (12, 0, 1_999, 1),
            (0x7f, 0, u64::MAX, 0),
            (0x80 | 10, 0, 1024, 1_000_000_000),
            (0x80 | 10, 0, 1, 976_562),
            (0xff, 0, u64::MAX, 0),
            (6, 2, 5, 2_000_005_000),
            (6, -1, 2_000_000, 1_000_000_000),
            (6, -3, 2_000_000, 0),
            (0, 0, u64::MAX, LATEST_NS),
            (0, i64::MAX, u64::MAX, LATEST_NS),
            (0, i64::MIN, u64::MAX, LATEST_NS),
            (9, i64::MIN, u64::MAX, 0),
        ];
        for (resolution, offset, ticks, expected) in cases {
            assert_eq!(Clock::new(resolution, offset).time_ns(ticks), expected, "{resolution} {offset} {ticks}");
        }
        assert_eq!(Clock::new(6, 0), Clock::DEFAULT);
    }

    #[test]
    fn fractions_may_overflow() {
        assert_eq!(pcap_time_ns(1, 3_000_000_000, false), 3_001_000_000_000);
        assert_eq!(pcap_time_ns(u32::MAX, u32::MAX, false), 4_294_967_295 * 1_000_000_000 + 4_294_967_295_000);
        assert_eq!(pcap_time_ns(1, 5, true), 1_000_000_005);
    }
}
