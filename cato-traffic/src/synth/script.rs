//! What the two ends of a flow say to each other, as their applications see it.

use super::distribution::{Distribution, Weighted};
use super::random::FlowRandom;

/// One end of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Client,
    Server,
}

impl Side {
    pub(super) const fn index(self) -> usize {
        self as usize
    }

    pub(super) const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// One step of a script.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Send(Send),
    Repeat { times: Distribution, steps: Vec<Step> },
    OneOf(Weighted<Vec<Step>>),
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Send {
    pub(super) from: Side,
    /// Bytes of payload.
    pub(super) size: Distribution,
    /// Milliseconds between the moment at which the step may begin and the message.
    pub(super) after_ms: Distribution,
    /// Whether the step may begin only when its sender has received all that the other end sent before; else it may
    /// begin with the previous message.
    pub(super) waits: bool,
    /// Whether the flow's own factors for sizes and times apply.
    pub(super) scaled: bool,
}

/// Whether a script surely begins with a message of the client.
pub(super) fn client_begins(script: &[Step]) -> bool {
    match script.first() {
        Some(Step::Send(send)) => send.from == Side::Client,
        // What is at least a half is rounded to 1 or more.
        Some(Step::Repeat { times, steps }) => times.least() >= 0.5 && client_begins(steps),
        Some(Step::OneOf(branches)) => branches.iter().all(|steps| client_begins(steps)),
        None => false,
    }
}

/// More steps than any flow can use, since its packet limit ends it before; repetitions of nothing end here.
const MOST_STEPS: u32 = 1_000_000;

/// A place in a script, from which messages are read one after the other.
#[derive(Debug)]
pub(super) struct Cursor<'p> {
    levels: Vec<Level<'p>>,
    steps_left: u32,
}

#[derive(Debug)]
struct Level<'p> {
    steps: &'p [Step],
    next: usize,
    /// How often the steps still come after this time.
    repetitions: u64,
}

impl<'p> Cursor<'p> {
    pub(super) fn new(script: &'p [Step]) -> Self {
        Self { levels: vec![Level { steps: script, next: 0, repetitions: 0 }], steps_left: MOST_STEPS }
    }

    /// The next message; `None` at the end of the script.
    pub(super) fn next(&mut self, random: &mut FlowRandom) -> Option<&'p Send> {
        loop {
            self.steps_left = self.steps_left.checked_sub(1)?;
            let level = self.levels.last_mut()?;
            let Some(step) = level.steps.get(level.next) else {
                if level.repetitions > 0 {
                    level.repetitions -= 1;
                    level.next = 0;
                } else {
                    self.levels.pop();
                }
                continue;
            };
            level.next += 1;
            let (steps, times) = match step {
                Step::Send(send) => return Some(send),
                Step::Repeat { times, steps } => (steps, times.count(random)),
                Step::OneOf(branches) => (branches.pick(random), 1),
            };
            if let Some(more) = times.checked_sub(1) {
                self.levels.push(Level { steps, next: 0, repetitions: more });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Send, Side, Step};
    use crate::synth::distribution::{Distribution, Weighted};
    use crate::synth::random::FlowRandom;

    fn send(size: f64) -> Step {
        Step::Send(Send {
            from: Side::Client,
            size: Distribution::constant(size),
            after_ms: Distribution::constant(0.0),
            waits: true,
            scaled: true,
        })
    }

    fn sizes(script: &[Step]) -> Vec<u64> {
        let mut random = FlowRandom::new(1, 1);
        let mut cursor = Cursor::new(script);
        let mut sizes = Vec::new();
        while let Some(send) = cursor.next(&mut random) {
            sizes.push(send.size.count(&mut random));
        }
        sizes
    }

    #[test]
    fn nested_steps_come_in_order() {
        let twice = |steps| Step::Repeat { times: Distribution::constant(2.0), steps };
        let never = Step::Repeat { times: Distribution::constant(0.0), steps: vec![send(9.0)] };
        let nothing = Step::OneOf(Weighted::new([(1.0, vec![])]).expect("one branch"));
        let script = [send(1.0), twice(vec![send(2.0), twice(vec![send(3.0)]), nothing]), never, send(4.0)];
        assert_eq!(sizes(&script), [1, 2, 3, 3, 2, 3, 3, 4]);
        assert!(sizes(&[]).is_empty());
    }

    #[test]
    fn endless_repetition_of_nothing_ends() {
        let forever = |steps| Step::Repeat { times: Distribution::constant(f64::MAX), steps };
        let nothing = Step::OneOf(Weighted::new([(1.0, vec![])]).expect("one branch"));
        assert!(sizes(&[forever(vec![forever(vec![nothing])])]).is_empty());
    }
}
