//! A step down where packets wait, a step up where none did for some time.

use super::{Mix, Policy, Signals};

/// Where packets wait in more than this share of the places there are, the next cheaper member takes over.
const HIGH: f64 = 0.5;
/// Where they wait in less than this for [`CALM`] intervals, the next dearer one does.
const LOW: f64 = 0.05;
/// Intervals between two steps up.
const CALM: u32 = 50;

/// The plain policy that others are compared with.
#[derive(Clone, Debug)]
pub struct Threshold {
    member: u8,
    most: u8,
    calm: u32,
}

impl Threshold {
    /// Over so many members, which ascend in cost; begins with the last one.
    #[must_use]
    pub fn new(members: u8) -> Self {
        let most = members.saturating_sub(1);
        Self { member: most, most, calm: 0 }
    }
}

impl Policy for Threshold {
    fn name(&self) -> &str {
        "threshold"
    }

    fn start(&self) -> Mix {
        Mix::only(self.member)
    }

    fn is_constant(&self) -> bool {
        self.most == 0
    }

    fn decide(&mut self, signals: &Signals) -> Mix {
        if signals.lost_packets > 0 || signals.ring_occupancy > HIGH {
            self.member = self.member.saturating_sub(1);
            self.calm = 0;
        } else if signals.ring_occupancy < LOW {
            self.calm += 1;
            if self.calm >= CALM {
                self.member = (self.member + 1).min(self.most);
                self.calm = 0;
            }
        } else {
            self.calm = 0;
        }
        Mix::only(self.member)
    }
}

#[cfg(test)]
mod tests {
    use super::{CALM, Mix, Policy, Signals, Threshold};

    fn at(ring_occupancy: f64) -> Signals {
        Signals { interval_ns: 10_000_000, ring_occupancy, ..Signals::default() }
    }

    #[test]
    fn between_the_two_thresholds_nothing_changes() {
        let mut policy = Threshold::new(3);
        assert_eq!(policy.decide(&at(0.6)), Mix::only(1));
        assert!((0..1_000).all(|_| policy.decide(&at(0.3)) == Mix::only(1)));
        let steps: Vec<u8> = (0..CALM).map(|_| policy.decide(&at(0.0)).lower).collect();
        assert!(steps[..steps.len() - 1].iter().all(|&member| member == 1) && steps.last() == Some(&2));
    }

    #[test]
    fn it_stays_within_the_pool() {
        let mut policy = Threshold::new(2);
        assert_eq!(policy.start(), Mix::only(1));
        let lost = Signals { lost_packets: 1, ..at(0.0) };
        assert!((0..10).all(|_| policy.decide(&lost) == Mix::only(0)));
        assert!((0..4 * CALM).all(|_| policy.decide(&at(0.0)).lower <= 1));
        let mut alone = Threshold::new(1);
        assert!(alone.is_constant() && alone.decide(&lost) == Mix::only(0));
    }
}
