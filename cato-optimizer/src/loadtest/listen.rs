//! What the server says while it is tested.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cato_runtime::{End, Verdict as Said};
use cato_serve::Answer;
use cato_serve::policy::{Mix, Policy, Signals};

use super::arrival;
use crate::load::Arrivals;
use crate::simulate::{Tally, Verdict};

/// The first verdict on each arrival.
#[derive(Debug)]
pub(super) struct Heard {
    verdicts: Vec<Option<Note>>,
}

/// A verdict.
#[derive(Clone, Copy, Debug)]
struct Note {
    class: u16,
    member: u8,
    /// Packet time at the inference point, and when its worker took that packet; `None` where the flow ended by time or with
    /// the input.
    decided: Option<(u64, Instant)>,
}

impl Heard {
    /// Nothing heard of so many arrivals.
    pub(super) fn new(arrivals: usize) -> Self {
        Self { verdicts: vec![None; arrivals] }
    }

    /// Takes in an answer.
    pub(super) fn note(&mut self, answer: &Answer, at: Instant) {
        let place = arrival(answer).and_then(|arrival| self.verdicts.get_mut(arrival as usize));
        if let Some(place @ None) = place {
            let by_packet = matches!(answer.end, End::Depth | End::Fin | End::Rst);
            let Said { class, .. } = answer.verdict;
            *place = Some(Note { class, member: answer.member, decided: by_packet.then_some((answer.last_ns, at)) });
        }
    }

    /// Puts what was heard down, of packets that were played after `start`, their times `speed` times later than they came.
    pub(super) fn tell(&self, tally: &mut Tally, arrivals: &Arrivals, start: Instant, speed: f64) {
        let places = tally.verdicts.iter_mut().zip(&mut tally.members).zip(&arrivals.flows);
        for (((verdict, member), arrival), note) in places.zip(&self.verdicts) {
            let Some(Note { class, member: bound, decided }) = *note else { continue };
            *member = Some(bound);
            // SYNs of a flood are no flows.
            if arrival.template.is_some() {
                let latency = |(time_ns, at): (u64, Instant)| {
                    let came = start + Duration::from_nanos((time_ns as f64 / speed) as u64);
                    u64::try_from(at.saturating_duration_since(came).as_nanos()).unwrap_or(u64::MAX)
                };
                *verdict = Some(Verdict { class, latency_ns: decided.map(latency) });
            }
        }
    }
}

/// A policy whose decisions are written down.
pub(super) struct Watched {
    policy: Box<dyn Policy>,
    decided: Arc<Mutex<Vec<u8>>>,
    begun: Option<Instant>,
    length: Duration,
}

impl Watched {
    /// Writes down what is decided within `length` of the first time that the policy is asked.
    pub(super) fn new(policy: Box<dyn Policy>, length: Duration) -> (Self, Arc<Mutex<Vec<u8>>>) {
        let decided = Arc::new(Mutex::new(Vec::new()));
        (Self { policy, decided: Arc::clone(&decided), begun: None, length }, decided)
    }
}

impl Policy for Watched {
    fn name(&self) -> &str {
        self.policy.name()
    }

    fn start(&self) -> Mix {
        self.policy.start()
    }

    fn is_constant(&self) -> bool {
        self.policy.is_constant()
    }

    fn decide(&mut self, signals: &Signals) -> Mix {
        let mix = self.policy.decide(signals);
        if self.begun.get_or_insert_with(Instant::now).elapsed() <= self.length {
            let most = if mix.upper_share > u32::MAX / 2 { mix.upper } else { mix.lower };
            self.decided.lock().unwrap_or_else(PoisonError::into_inner).push(most);
        }
        mix
    }
}
