//! From the first packet of a flow to its verdict.

use serde::{Deserialize, Serialize};

/// How long a flow takes from its first packet to its verdict, over the flows of a trace.
///
/// It is the sum of waiting for the packets up to the inference point and of execution. Waiting is read off the trace:
/// packet time from the first packet to the last one that the verdict takes in, which is the packet at the depth, or the
/// last one of a flow that ends before; that a flow has ended by the end of the input or by being idle is known later,
/// but not waited for. Execution is timed in whole runs, never flow by flow, as no clock is fine enough for that.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Waiting for packets, in packet time.
    pub waiting: Spread,
    /// Everything that runs but the model: decoding, following flows, taking packets into the state, finishing features.
    /// Packets after the inference point are not part of it. The mean is measured: what a flow takes up to its verdict,
    /// less prediction. Flow by flow it is taken to be in proportion to the packets that the verdict takes in, and median
    /// and percentile are those of that.
    pub extraction: Spread,
    /// The model alone, over the features of every flow of the trace, in nanoseconds per flow: one figure, the mean. 0
    /// where there is no model.
    pub prediction_ns: f64,
    /// All together, flow by flow: its waiting, its share of extraction, and prediction. Of the mean, and of nothing else,
    /// the parts add up.
    pub total: Spread,
}

/// How a figure is spread over the flows of a trace, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The mean.
    pub mean_ns: f64,
    /// The smallest value that half of the flows do not exceed.
    pub median_ns: f64,
    /// The smallest value that 99 of 100 flows do not exceed.
    pub p99_ns: f64,
}

impl Latency {
    /// Extraction and prediction of a flow, in the mean, in nanoseconds.
    #[must_use]
    pub fn execution_ns(&self) -> f64 {
        self.extraction.mean_ns + self.prediction_ns
    }

    /// The latency of a trace of which `flows` gives for each flow the nanoseconds of waiting and the packets that its
    /// verdict takes in; `extraction_ns` and `prediction_ns` are means over flows.
    #[must_use]
    pub fn of(flows: &[(u64, u64)], extraction_ns: f64, prediction_ns: f64) -> Self {
        let packets: u64 = flows.iter().map(|(_, packets)| packets).sum();
        let per_packet = extraction_ns * flows.len() as f64 / packets.max(1) as f64;
        let waiting = |&(waiting, _): &(u64, u64)| waiting as f64;
        let extraction = |&(_, packets): &(u64, u64)| packets as f64 * per_packet;
        let total = |flow: &(u64, u64)| waiting(flow) + extraction(flow) + prediction_ns;
        let waiting = Spread::of(flows.iter().map(waiting));
        Self {
            waiting,
            extraction: Spread { mean_ns: extraction_ns, ..Spread::of(flows.iter().map(extraction)) },
            prediction_ns,
            total: Spread {
                mean_ns: waiting.mean_ns + extraction_ns + prediction_ns,
                ..Spread::of(flows.iter().map(total))
            },
        }
    }

    /// The latency of a cascade of which this is what it would be if every flow were answered by the last stage.
    ///
    /// `cascade` and `alone` give for some flows, which the models have not seen, the nanoseconds of waiting and the packets
    /// that the verdict takes in: of the cascade, and of the last stage by itself. What they are to each other is what this
    /// latency is taken to change by: on flows that it was fitted on, a model is surer than on others.
    #[must_use]
    pub fn staged(&self, cascade: &[(u64, u64)], alone: &[(u64, u64)]) -> Self {
        let of = |flows: &[(u64, u64)]| Self::of(flows, self.extraction.mean_ns, self.prediction_ns);
        let (cascade, alone) = (of(cascade), of(alone));
        let part = |whole: f64, cascade: f64, alone: f64| if alone > 0.0 { whole * cascade / alone } else { whole };
        let spread = |of: fn(&Self) -> &Spread| {
            let (whole, cascade, alone) = (of(self), of(&cascade), of(&alone));
            Spread {
                mean_ns: part(whole.mean_ns, cascade.mean_ns, alone.mean_ns),
                median_ns: part(whole.median_ns, cascade.median_ns, alone.median_ns),
                p99_ns: part(whole.p99_ns, cascade.p99_ns, alone.p99_ns),
            }
        };
        let waiting = spread(|latency| &latency.waiting);
        let total = spread(|latency| &latency.total);
        let mean_ns = waiting.mean_ns + self.execution_ns();
        Self { waiting, total: Spread { mean_ns, ..total }, ..*self }
    }
}

impl Spread {
    /// The spread of some values; all 0 where there are none.
    #[must_use]
    pub fn of(values: impl Iterator<Item = f64>) -> Self {
        let values = sorted(values);
        let mean_ns = values.iter().sum::<f64>() / values.len().max(1) as f64;
        Self { mean_ns, median_ns: quantile(&values, 0.5), p99_ns: quantile(&values, 0.99) }
    }

    /// The smallest of some values that a share of them, from 0 to 1, does not exceed; 0 where there are none.
    #[must_use]
    pub fn at(values: impl Iterator<Item = f64>, share: f64) -> f64 {
        quantile(&sorted(values), share)
    }

    /// Figure by figure, what `pick` makes of several spreads.
    pub(crate) fn each(spreads: &[Self], pick: impl Fn(&mut dyn Iterator<Item = f64>) -> f64) -> Self {
        Self {
            mean_ns: pick(&mut spreads.iter().map(|spread| spread.mean_ns)),
            median_ns: pick(&mut spreads.iter().map(|spread| spread.median_ns)),
            p99_ns: pick(&mut spreads.iter().map(|spread| spread.p99_ns)),
        }
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_in_the_mean() {
        // Of 100 flows, 98 are answered at their first packet, two wait.
        let mut flows = vec![(0, 1); 98];
        flows.extend([(5_000, 3), (95_000, 9)]);
        let latency = Latency::of(&flows, 220.0, 30.0);
        assert_eq!(latency.waiting, Spread { mean_ns: 1_000.0, median_ns: 0.0, p99_ns: 5_000.0 });
        // 110 packets in all, so a packet takes 200 ns.
        assert_eq!(latency.extraction, Spread { mean_ns: 220.0, median_ns: 200.0, p99_ns: 600.0 });
        assert_eq!(latency.total, Spread { mean_ns: 1_250.0, median_ns: 230.0, p99_ns: 5_630.0 });
        assert_eq!(latency.execution_ns(), 250.0);
    }

    #[test]
    fn a_cascade_waits_as_much_less_as_on_flows_that_were_not_seen() {
        let last = Latency::of(&[(1_000, 5), (3_000, 5), (8_000, 5)], 100.0, 20.0);
        let alone = [(2_000, 5), (6_000, 5), (10_000, 5)];
        assert_eq!(last.staged(&alone, &alone), last, "nothing is answered early");
        let staged = last.staged(&[(0, 1), (3_000, 3), (6_000, 5)], &alone);
        assert_eq!(staged.waiting, Spread { mean_ns: 2_000.0, median_ns: 1_500.0, p99_ns: 4_800.0 });
        assert_eq!((staged.total.mean_ns, staged.execution_ns()), (2_120.0, 120.0));
        assert_eq!(last.staged(&[(0, 1)], &[(0, 5)]).waiting, last.waiting, "where nothing waits, nothing is known");
    }

    #[test]
    fn quantiles_are_values_that_were_seen() {
        let spread = Spread::of((1..=200).rev().map(f64::from));
        assert_eq!(spread, Spread { mean_ns: 100.5, median_ns: 100.0, p99_ns: 198.0 });
        assert_eq!(Spread::of(std::iter::empty()), Spread { mean_ns: 0.0, median_ns: 0.0, p99_ns: 0.0 });
    }
}
