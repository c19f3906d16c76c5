//! What holds for flows that begin now: said by one thread, read by the workers.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use cato_runtime::PacketView;

use super::admission::{Buckets, WorthTable};
use super::policy::Mix;

/// Bits of a share.
const SHARE: u32 = 24;
/// A share that stands for all.
const WHOLE: u32 = 1 << SHARE;

/// To which members flows are bound, and which of them are admitted.
#[derive(Debug)]
pub(crate) struct Assignment {
    /// Both members in a byte each, the share of the upper one in the word above them.
    mix: AtomicU64,
    admission: Admission,
}

/// The share of the flows that are admitted.
#[derive(Debug)]
enum Admission {
    /// Of all of them.
    Uniform(AtomicU32),
    /// Of those of each bucket.
    ByWorth { buckets: Buckets, shares: Box<[AtomicU32]> },
}

/// What is decided of one flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    /// The member, where the flow is admitted.
    pub(crate) member: Option<u8>,
    /// What kind of flow it is; 0 where kinds are not told apart.
    pub(crate) bucket: usize,
    /// Of how many such flows one is admitted, as a share of [`Decision::WHOLE`].
    pub(crate) share: u32,
}

impl Decision {
    /// The share that stands for all flows.
    pub(crate) const WHOLE: u32 = WHOLE;
}

impl Assignment {
    /// Starts with `mix`; flows are admitted by their worth where that is known.
    pub(crate) fn new(mix: Mix, worth: Option<&WorthTable>) -> Self {
        let admission = match worth {
            None => Admission::Uniform(AtomicU32::new(WHOLE)),
            Some(table) => Admission::ByWorth {
                buckets: table.buckets().clone(),
                shares: (0..Buckets::COUNT).map(|_| AtomicU32::new(WHOLE)).collect(),
            },
        };
        let assignment = Self { mix: AtomicU64::new(0), admission };
        assignment.bind(mix);
        assignment.admit(|_| admitted(mix));
        assignment
    }

    /// From now on admitted flows are bound as `mix` says.
    pub(crate) fn bind(&self, Mix { lower, upper, upper_share, .. }: Mix) {
        let word = u64::from(whole(upper_share)) << 16 | u64::from(upper) << 8 | u64::from(lower);
        self.mix.store(word, Ordering::Relaxed);
    }

    /// From now on such a share of the flows of each bucket is admitted, from 0 to 1; where kinds are not told apart, all
    /// are of bucket 0.
    pub(crate) fn admit(&self, share: impl Fn(usize) -> f64) {
        let store = |place: &AtomicU32, bucket: usize| {
            place.store((share(bucket).clamp(0.0, 1.0) * f64::from(WHOLE)).round() as u32, Ordering::Relaxed);
        };
        match &self.admission {
            Admission::Uniform(all) => store(all, 0),
            Admission::ByWorth { shares, .. } => {
                shares.iter().enumerate().for_each(|(bucket, place)| store(place, bucket));
            }
        }
    }

    /// The share of the flows of a bucket that is admitted now, from 0 to 1.
    pub(crate) fn admitted(&self, bucket: usize) -> f64 {
        let share = match &self.admission {
            Admission::Uniform(all) => Some(all),
            Admission::ByWorth { shares, .. } => shares.get(bucket),
        };
        share.map_or(0.0, |share| f64::from(share.load(Ordering::Relaxed)) / f64::from(WHOLE))
    }

    /// What is to be done with the flow that begins with this packet, whose key has this hash.
    #[inline]
    pub(crate) fn of(&self, first: &PacketView, hash: u32) -> Decision {
        // The table uses the lowest bits of the hash; these two draws share none of what they compare.
        let draw = |factor: u64| (u64::from(hash).wrapping_mul(factor) >> 32) as u32 & (WHOLE - 1);
        let (bucket, share) = match &self.admission {
            Admission::Uniform(share) => (0, share.load(Ordering::Relaxed)),
            Admission::ByWorth { buckets, shares } => {
                let bucket = buckets.of(first);
                (bucket, shares.get(bucket).map_or(0, |share| share.load(Ordering::Relaxed)))
            }
        };
        if draw(0x9e37_79b9_7f4a_7c15) >= share {
            return Decision { member: None, bucket, share };
        }
        let mix = self.mix.load(Ordering::Relaxed);
        let [lower, upper, ..] = mix.to_le_bytes();
        let to_upper = u64::from(draw(0xd6e8_feb8_6659_fd93)) < mix >> 16;
        Decision { member: Some(if to_upper { upper } else { lower }), bucket, share }
    }
}

/// A share of 2^32 as one of [`WHOLE`].
fn whole(of_2_32: u32) -> u32 {
    if of_2_32 == u32::MAX { WHOLE } else { of_2_32 >> (32 - SHARE) }
}

/// The share that a mix admits, from 0 to 1.
pub(crate) fn admitted(mix: Mix) -> f64 {
    f64::from(whole(mix.admitted_share)) / f64::from(WHOLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::Observed;

    /// Of 100,000 hashes: how many flows went to members 0 and 1.
    fn drawn(assignment: &Assignment, first: &PacketView) -> [usize; 2] {
        let mut flows = [0; 2];
        for hash in (0..100_000_u32).map(|number| number.wrapping_mul(42_949)) {
            if let Some(member) = assignment.of(first, hash).member {
                flows[usize::from(member)] += 1;
            }
        }
        flows
    }

    fn packet(ttl: u8) -> PacketView {
        let mut ip = [0; 20];
        ip[8] = ttl;
        PacketView::udp(&ip, &[0xc0, 0, 0, 53, 0, 8, 0, 0], 28)
    }

    #[test]
    fn shares_are_kept() {
        let mix = |upper_share, admitted_share| Mix { lower: 0, upper: 1, upper_share, admitted_share };
        let drawn = |mix| drawn(&Assignment::new(mix, None), &packet(64));
        assert_eq!(drawn(mix(0, u32::MAX)), [100_000, 0]);
        assert_eq!(drawn(mix(u32::MAX, u32::MAX)), [0, 100_000]);
        assert_eq!(drawn(mix(1 << 31, 0)), [0, 0]);
        let [lower, upper] = drawn(mix(1 << 30, 1 << 31));
        assert!(lower.abs_diff(37_500) < 1_000 && upper.abs_diff(12_500) < 1_000, "{lower} {upper}");
    }

    #[test]
    fn each_bucket_has_its_share() {
        let observed = [Observed { bucket: 0, class: 0, correct: true, cost: 1.0 }];
        let table = WorthTable::learn(Buckets::default(), observed, &[1.0]).unwrap();
        let assignment = Assignment::new(Mix::only(0), Some(&table));
        let near = assignment.of(&packet(64), 7);
        assert_eq!((near.member, near.share), (Some(0), Decision::WHOLE));
        assignment.admit(|bucket| if bucket == near.bucket { 0.25 } else { 0.0 });
        let [flows, _] = drawn(&assignment, &packet(64));
        assert!(flows.abs_diff(25_000) < 1_000, "{flows}");
        assert_eq!(drawn(&assignment, &packet(65)), [0, 0]);
    }
}
