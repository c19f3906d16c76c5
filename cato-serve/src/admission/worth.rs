//! What an answer on a flow is worth, as far as its first packet tells.

use serde::{Deserialize, Serialize};

use super::Buckets;

/// The version of the table's format.
const VERSION: u32 = 1;
/// As many flows as the estimate of the next larger group counts for.
const PRIOR: f64 = 8.0;

/// A flow of which it is known what became of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// Its bucket.
    pub bucket: usize,
    /// Its class.
    pub class: usize,
    /// Whether the pipeline, which has not learnt from this flow, named that class.
    pub correct: bool,
    /// What it cost, from its first packet to its verdict, in nanoseconds.
    pub cost: f64,
}

/// Worth and cost of a flow by bucket.
///
/// Worth is the expected gain in correct answers, each weighted by its class. Where few flows were seen, the mean of
/// alike buckets counts, and where there are few of those, that of all.
#[derive(Clone, Debug, PartialEq)]
pub struct WorthTable {
    buckets: Buckets,
    /// Worth and cost.
    means: Vec<(f64, f64)>,
}

/// Why there is no table.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorthError {
    /// There is nothing to learn from.
    #[error("no flow to learn from")]
    NoFlows,
    /// A flow has a bucket or a class that there is not, or its cost is no positive number.
    #[error("flow {flow}: bucket {bucket}, class {class} and cost {cost} are not all possible")]
    Flow {
        /// Which one, counted from 0.
        flow: usize,
        /// Its bucket.
        bucket: usize,
        /// Its class.
        class: usize,
        /// Its cost.
        cost: f64,
    },
    /// The text is not a table.
    #[error("not a table of what flows are worth: {0}")]
    Text(String),
}

/// The table as text has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    version: u32,
    ports: Vec<u16>,
    worth: Vec<f64>,
    cost: Vec<f64>,
}

/// Sums over flows.
#[derive(Clone, Copy, Default)]
struct Sums {
    flows: f64,
    worth: f64,
    cost: f64,
}

impl WorthTable {
    /// Learns from flows; `weights` has what a correct answer counts for, by class.
    ///
    /// # Errors
    /// [`WorthError::NoFlows`], [`WorthError::Flow`].
    pub fn learn(
        buckets: Buckets,
        observed: impl IntoIterator<Item = Observed>,
        weights: &[f64],
    ) -> Result<Self, WorthError> {
        let mut sums = vec![Sums::default(); Buckets::COUNT];
        for (flow, Observed { bucket, class, correct, cost }) in observed.into_iter().enumerate() {
            let (Some(sum), Some(weight), true) = (sums.get_mut(bucket), weights.get(class), cost > 0.0) else {
                return Err(WorthError::Flow { flow, bucket, class, cost });
            };
            sum.add(Sums { flows: 1.0, worth: if correct { *weight } else { 0.0 }, cost });
        }
        let mut all = Sums::default();
        sums.iter().for_each(|sum| all.add(*sum));
        if all.flows == 0.0 {
            return Err(WorthError::NoFlows);
        }
        let overall = (all.worth / all.flows, all.cost / all.flows);
        let means = (0..Buckets::COUNT).map(|bucket| {
            let mut kin = Sums::default();
            sums.get(Buckets::kin(bucket)).into_iter().flatten().for_each(|sum| kin.add(*sum));
            sums.get(bucket).copied().unwrap_or_default().mean(kin.mean(overall))
        });
        Ok(Self { buckets, means: means.collect() })
    }

    /// How flows are put into buckets.
    #[must_use]
    pub fn buckets(&self) -> &Buckets {
        &self.buckets
    }

    /// What an answer on a flow of the bucket is worth.
    #[must_use]
    pub fn worth(&self, bucket: usize) -> f64 {
        self.means.get(bucket).map_or(0.0, |(worth, _)| *worth)
    }

    /// What a flow of the bucket costs, in nanoseconds.
    #[must_use]
    pub fn cost(&self, bucket: usize) -> f64 {
        self.means.get(bucket).map_or(0.0, |(_, cost)| *cost)
    }

    /// Worth per cost.
    pub(super) fn density(&self, bucket: usize) -> f64 {
        self.means.get(bucket).map_or(0.0, |(worth, cost)| worth / cost)
    }

    /// The same table with worths given to other buckets, by their numbers: what is left of a gain with it was none.
    ///
    /// `order` has each bucket once; what it lacks keeps its worth.
    #[must_use]
    pub fn shuffled(&self, order: &[usize]) -> Self {
        let mut means = self.means.clone();
        for (mean, from) in means.iter_mut().zip(order) {
            mean.0 = self.worth(*from);
        }
        Self { buckets: self.buckets.clone(), means }
    }

    /// An order of the buckets for [`shuffled`](Self::shuffled), drawn by `seed`.
    #[must_use]
    pub fn permutation(&self, seed: u64) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.means.len()).collect();
        let mut word = seed;
        for last in (1..order.len()).rev() {
            // Knuth's MMIX constants; the upper bits are the good ones.
            word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(last, (word >> 33) as usize % (last + 1));
        }
        order
    }

    /// The table as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let (worth, cost) = self.means.iter().copied().unzip();
        let text = Text { version: VERSION, ports: self.buckets.ports().to_vec(), worth, cost };
        // Numbers and lists of them are always JSON.
        serde_json::to_string(&text).unwrap_or_default() + "\n"
    }

    /// Reads a table that [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    /// [`WorthError::Text`].
    pub fn from_json(text: &str) -> Result<Self, WorthError> {
        let said = |what: &str| WorthError::Text(what.to_owned());
        let text: Text = serde_json::from_str(text).map_err(|error| WorthError::Text(error.to_string()))?;
        if text.version != VERSION {
            return Err(WorthError::Text(format!("version {}, and this reads version {VERSION}", text.version)));
        }
        let means: Vec<_> = text.worth.iter().copied().zip(text.cost.iter().copied()).collect();
        if [text.worth.len(), text.cost.len()] != [Buckets::COUNT; 2] {
            return Err(WorthError::Text(format!("worth and cost have {} places each", Buckets::COUNT)));
        }
        if !means.iter().all(|(worth, cost)| *worth >= 0.0 && worth.is_finite() && *cost > 0.0 && cost.is_finite()) {
            return Err(said("a worth below 0 or a cost that is not above 0"));
        }
        let buckets = Buckets::named(text.ports).ok_or_else(|| said("too many ports"))?;
        Ok(Self { buckets, means })
    }
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.flows += other.flows;
        self.worth += other.worth;
        self.cost += other.cost;
    }

    /// The means, drawn towards what is expected.
    fn mean(self, (worth, cost): (f64, f64)) -> (f64, f64) {
        let flows = self.flows + PRIOR;
        ((self.worth + PRIOR * worth) / flows, (self.cost + PRIOR * cost) / flows)
    }
}

#[cfg(test)]
mod tests {
    use super::{Buckets, Observed, WorthError, WorthTable};

    fn flows(bucket: usize, class: usize, correct: bool, count: usize) -> impl Iterator<Item = Observed> {
        std::iter::repeat_n(Observed { bucket, class, correct, cost: 100.0 + bucket as f64 }, count)
    }

    #[test]
    fn worth_is_what_right_answers_count_for() {
        let observed = flows(0, 0, true, 1_000).chain(flows(16, 1, true, 1_000)).chain(flows(32, 1, false, 1_000));
        let table = WorthTable::learn(Buckets::default(), observed, &[1.0, 3.0]).unwrap();
        let near = |found: f64, expected: f64| (found - expected).abs() < 0.05;
        assert!(near(table.worth(0), 1.0) && near(table.worth(16), 3.0) && near(table.worth(32), 0.0));
        assert!(near(table.cost(0), 100.0) || table.cost(0) > 100.0);
        // A bucket without flows is as its kin are, one without kin as all are.
        assert!(near(table.worth(1), 1.0) && near(table.worth(17), 3.0));
        assert!(near(table.worth(400), 4.0 / 3.0));
    }

    #[test]
    fn few_flows_say_little() {
        let observed = flows(0, 0, true, 1_000).chain(flows(1, 0, false, 1)).chain(flows(2, 0, false, 200));
        let table = WorthTable::learn(Buckets::default(), observed, &[1.0]).unwrap();
        assert!(table.worth(0) > table.worth(1) && table.worth(1) > 0.7 && table.worth(2) < 0.1);
    }

    #[test]
    fn tables_survive_being_written_and_read() {
        let buckets = Buckets::of_ports([443, 53, 443].into_iter());
        let table = WorthTable::learn(buckets, flows(3, 0, true, 5), &[0.1]).unwrap();
        assert_eq!(WorthTable::from_json(&table.to_json()).unwrap(), table);
        let reversed: Vec<usize> = (0..Buckets::COUNT).rev().collect();
        let shuffled = table.shuffled(&reversed);
        assert_eq!((shuffled.worth(3), shuffled.cost(3)), (table.worth(Buckets::COUNT - 4), table.cost(3)));
        for (wrong, right) in [("\"version\":1", "\"version\":2"), ("\"ports\":[53,443]", "\"ports\":[53,443],\"x\":1")]
        {
            let text = table.to_json().replace(wrong, right);
            assert!(matches!(WorthTable::from_json(&text), Err(WorthError::Text(_))), "{right}");
        }
    }

    #[test]
    fn impossible_flows_are_refused() {
        let learn = |observed: Vec<Observed>| WorthTable::learn(Buckets::default(), observed, &[1.0]);
        assert!(matches!(learn(vec![]), Err(WorthError::NoFlows)));
        let flow = Observed { bucket: 0, class: 0, correct: true, cost: 1.0 };
        for wrong in [
            Observed { bucket: Buckets::COUNT, ..flow },
            Observed { class: 1, ..flow },
            Observed { cost: 0.0, ..flow },
            Observed { cost: f64::NAN, ..flow },
        ] {
            assert!(matches!(learn(vec![flow, wrong]), Err(WorthError::Flow { flow: 1, .. })), "{wrong:?}");
        }
    }
}
