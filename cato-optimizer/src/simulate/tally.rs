//! What became of flows and packets, counted as they come.

use crate::load::{Arrivals, Population};

/// What a flow was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The class.
    pub class: u16,
    /// From the arrival of the last packet to the verdict, in nanoseconds; `None` where the flow ended by time or with the
    /// input.
    pub latency_ns: Option<u64>,
}

/// The counts of a run, simulated or not.
#[derive(Clone, Debug)]
pub struct Tally {
    /// What each arrival was answered; `None` where it was not.
    pub verdicts: Vec<Option<Verdict>>,
    /// The member that each arrival was bound to; `None` where it was not.
    pub members: Vec<Option<u8>>,
    /// Packets lost in each step of [`STEP_NS`](crate::load::STEP_NS), by the time at which they came.
    pub lost: Vec<u32>,
    /// Packets that came in each step.
    pub offered: Vec<u32>,
    /// The member that most flows were bound to, as decided at the end of each control interval.
    pub decided: Vec<u8>,
    /// Flows that were not admitted.
    pub declined: u64,
}

impl Tally {
    /// Nothing yet.
    #[must_use]
    pub fn new(arrivals: &Arrivals) -> Self {
        let steps = (arrivals.length_ns / crate::load::STEP_NS) as usize;
        Self {
            verdicts: vec![None; arrivals.flows.len()],
            members: vec![None; arrivals.flows.len()],
            lost: vec![0; steps],
            offered: vec![0; steps],
            decided: Vec::new(),
            declined: 0,
        }
    }

    /// A packet came at `time_ns`, and was lost or not. What comes after the last flow began counts in the last step.
    pub fn packet(&mut self, time_ns: u64, lost: bool) {
        let last = self.offered.len().saturating_sub(1);
        let step = usize::try_from(time_ns / crate::load::STEP_NS).unwrap_or(last).min(last);
        if let (Some(offered), Some(missed)) = (self.offered.get_mut(step), self.lost.get_mut(step)) {
            *offered += 1;
            *missed += u32::from(lost);
        }
    }

    /// Truth and answer of each arrival that is a flow of the population and not of a flood, of those in `range`. A flow
    /// without an answer has one that no class has: the number of classes.
    pub(super) fn answers(
        &self,
        population: &Population,
        arrivals: &Arrivals,
        range: std::ops::Range<usize>,
    ) -> (Vec<u16>, Vec<u16>) {
        let none = u16::try_from(population.labels.len()).unwrap_or(u16::MAX);
        let flows = arrivals.flows.get(range.clone()).unwrap_or(&[]).iter();
        let verdicts = self.verdicts.get(range).unwrap_or(&[]);
        flows
            .zip(verdicts)
            .filter_map(|(arrival, verdict)| {
                let flow = population.flows.get(arrival.template? as usize)?;
                Some((flow.class, verdict.map_or(none, |verdict| verdict.class)))
            })
            .unzip()
    }
}
