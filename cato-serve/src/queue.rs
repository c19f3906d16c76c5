//! The way of answers from a worker to the thread that writes them.

use std::thread;
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer, RingBuffer};

use super::Answer;

/// How long the writing thread may take nothing before a worker that can wait goes on without it.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long such a worker sleeps before it looks again.
const NAP: Duration = Duration::from_micros(200);

/// An answer, and when it fell due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    pub(crate) answer: Answer,
    pub(crate) at: Instant,
}

/// A queue for `capacity` answers, its memory touched here, so that it is the process's own from the start.
pub(crate) fn queue(capacity: usize, can_wait: bool) -> (Outbox, Consumer<Due>) {
    let (mut queue, mut out) = RingBuffer::new(capacity.max(1));
    let nothing = Due { answer: Answer::NOTHING, at: Instant::now() };
    while queue.push(nothing).is_ok() {}
    while out.pop().is_ok() {}
    (Outbox { queue, can_wait, stalled: false, refused: 0 }, out)
}

/// A worker's end of the queue.
#[derive(Debug)]
pub(crate) struct Outbox {
    queue: Producer<Due>,
    can_wait: bool,
    /// The other side took nothing for longer than a worker waits.
    stalled: bool,
    refused: u64,
}

impl Outbox {
    /// Hands an answer over. Where there is no room it is dropped and counted, after a while at most.
    #[inline]
    pub(crate) fn send(&mut self, due: Due) {
        if self.queue.push(due).is_ok() {
            self.stalled = false;
        } else {
            self.send_late(due);
        }
    }

    /// From here on no packet waits for the worker, so it can wait.
    pub(crate) fn can_wait_now(&mut self) {
        self.can_wait = true;
    }

    /// Answers that were dropped because the other side was too slow.
    pub(crate) fn refused(&self) -> u64 {
        self.refused
    }

    #[cold]
    fn send_late(&mut self, due: Due) {
        if self.can_wait && !self.stalled {
            let begun = Instant::now();
            while begun.elapsed() < PATIENCE {
                thread::sleep(NAP);
                if self.queue.push(due).is_ok() {
                    return;
                }
            }
            self.stalled = true;
        }
        self.refused += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(flow: u64) -> Due {
        let mut answer = Answer::NOTHING;
        answer.flow = flow;
        Due { answer, at: Instant::now() }
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        for can_wait in [false, true] {
            let (mut outbox, mut out) = queue(2, can_wait);
            for flow in 0..5 {
                outbox.send(due(flow));
            }
            assert_eq!(outbox.refused(), 3);
            assert_eq!(out.pop().map(|due| due.answer.flow), Ok(0));
            outbox.send(due(5));
            let rest: Vec<u64> = std::iter::from_fn(|| out.pop().ok()).map(|due| due.answer.flow).collect();
            assert_eq!((rest, outbox.refused()), (vec![1, 5], 3));
        }
    }

    #[test]
    fn a_worker_that_can_wait_loses_nothing_to_a_slow_reader() {
        let (mut outbox, mut out) = queue(4, true);
        let reader = thread::spawn(move || {
            let mut flows = Vec::new();
            while !(out.is_abandoned() && out.is_empty()) {
                match out.pop() {
                    Ok(due) => flows.push(due.answer.flow),
                    Err(_) => thread::sleep(Duration::from_millis(1)),
                }
            }
            flows
        });
        for flow in 0..100 {
            outbox.send(due(flow));
        }
        assert_eq!(outbox.refused(), 0);
        drop(outbox);
        assert_eq!(reader.join().unwrap(), (0..100).collect::<Vec<_>>());
    }
}
