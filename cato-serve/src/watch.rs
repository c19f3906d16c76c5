//! Whether a pool keeps to what was asked of it, said when that changes.

use std::time::Duration;

use super::{Constraints, Histogram};

/// How long is looked before it is judged.
pub(crate) const WINDOW: Duration = Duration::from_secs(1);
/// The share of the verdicts that latency is asked of.
const SHARE: f64 = 0.99;

/// What was seen in a window.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// How long it was.
    pub(crate) elapsed: Duration,
    /// Packets that there were.
    pub(crate) packets: u64,
    /// Those that were lost before a worker had them.
    pub(crate) lost: u64,
    /// How long verdicts took.
    pub(crate) latency: Histogram,
    /// Memory for flows and their states now, in bytes.
    pub(crate) memory_bytes: u64,
}

/// Whether a constraint is met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// What it is called in the pool's file.
    pub constraint: &'static str,
    /// Whether what was seen in the last window meets it.
    pub met: bool,
}

/// Judges window after window.
#[derive(Debug)]
pub(crate) struct Watch {
    limits: Vec<Limit>,
}

/// One constraint.
#[derive(Debug)]
struct Limit {
    constraint: &'static str,
    most: f64,
    /// For how long it has not been met.
    broken: Option<Duration>,
}

impl Watch {
    /// Watches what is asked for.
    pub(crate) fn new(constraints: Constraints) -> Self {
        let Constraints { loss, latency_p99_ms, memory_mb, lowest_quality } = constraints;
        let latency = ("latency_p99_ms", latency_p99_ms);
        let all = [("loss", loss), latency, ("memory_mb", memory_mb), ("lowest_quality", lowest_quality)];
        let limit = |(constraint, most): (_, Option<f64>)| Some(Limit { constraint, most: most?, broken: None });
        Self { limits: all.into_iter().filter_map(limit).collect() }
    }

    /// Whether nothing is asked for.
    pub(crate) fn is_empty(&self) -> bool {
        self.limits.is_empty()
    }

    /// How it stands.
    pub(crate) fn state(&self) -> Vec<Watched> {
        let state = |limit: &Limit| Watched { constraint: limit.constraint, met: limit.broken.is_none() };
        self.limits.iter().map(state).collect()
    }

    /// Judges a window; one sentence for each constraint that is no longer met, or met again.
    pub(crate) fn look(&mut self, seen: &Seen) -> Vec<String> {
        self.limits.iter_mut().filter_map(|limit| limit.look(seen)).collect()
    }
}

impl Limit {
    fn look(&mut self, seen: &Seen) -> Option<String> {
        let Self { constraint, most, broken } = self;
        let value = match *constraint {
            "loss" => seen.lost as f64 / seen.packets.max(1) as f64,
            "latency_p99_ms" => seen.latency.estimate(SHARE).as_secs_f64() * 1e3,
            "memory_mb" => seen.memory_bytes as f64 / 1e6,
            // Members that are not good enough do not serve; this one cannot be broken later.
            _ => 0.0,
        };
        match (value <= *most, *broken) {
            (true, None) => None,
            (false, Some(before)) => {
                *broken = Some(before + seen.elapsed);
                None
            }
            (false, None) => {
                *broken = Some(seen.elapsed);
                let seconds = seen.elapsed.as_secs_f64();
                Some(format!(
                    "{constraint} is not kept to: {value:.3} in the last {seconds:.1} s, at most {most} is asked for"
                ))
            }
            (true, Some(before)) => {
                *broken = None;
                Some(format!("{constraint} is kept to again: {value:.3}, after {:.1} s", before.as_secs_f64()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_and_ends_is_said_once() {
        let constraints = Constraints { loss: Some(0.01), latency_p99_ms: Some(4.0), ..Constraints::default() };
        let mut watch = Watch::new(constraints);
        let seen = |lost, slow| {
            let mut latency = Histogram::default();
            (0..90).for_each(|_| latency.add(Duration::from_micros(50)));
            (0..slow).for_each(|_| latency.add(Duration::from_micros(9_000)));
            Seen { elapsed: WINDOW, packets: 1_000, lost, latency, memory_bytes: 0 }
        };
        assert_eq!(watch.look(&seen(10, 0)), [""; 0]);
        let said = watch.look(&seen(11, 0));
        assert_eq!(said, ["loss is not kept to: 0.011 in the last 1.0 s, at most 0.01 is asked for"]);
        let met = |watch: &Watch| watch.state().iter().map(|state| (state.constraint, state.met)).collect::<Vec<_>>();
        assert_eq!(met(&watch), [("loss", false), ("latency_p99_ms", true)]);
        let said = watch.look(&seen(500, 10));
        assert!(said.len() == 1 && said[0].starts_with("latency_p99_ms is not kept to: 9.5"), "{said:?}");
        let said = watch.look(&Seen { elapsed: WINDOW, ..Seen::default() });
        assert_eq!(said[0], "loss is kept to again: 0.000, after 2.0 s");
        assert_eq!(met(&watch), [("loss", true), ("latency_p99_ms", true)]);
        assert!(Watch::new(Constraints::default()).is_empty());
    }
}
