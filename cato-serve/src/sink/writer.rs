//! The thread that writes verdicts, so that no worker ever waits for a disk or a reader.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rtrb::Consumer;

use super::block::Block;
use super::{Outlet, Refusal};
use crate::board::Board;
use crate::counts::SinkCounts;
use crate::queue::Due;
use crate::{Control, Listener};

/// How long the thread sleeps where no verdict waits.
const NAP: Duration = Duration::from_millis(2);
/// How long a sink that takes nothing is waited for at the end.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// What the thread works on.
pub(crate) struct WriterParts {
    pub(crate) outlet: Outlet,
    pub(crate) queues: Vec<Consumer<Due>>,
    /// Names of the classes, by number.
    pub(crate) classes: Vec<String>,
    /// What lines call the capture.
    pub(crate) file: Option<String>,
    pub(crate) control: Control,
    /// Who is told of each verdict before it is written.
    pub(crate) listener: Option<Listener>,
    pub(crate) board: Arc<Board>,
}

/// Takes verdicts out of the queues of all workers and writes them.
pub(crate) struct Writer {
    parts: WriterParts,
    block: Block,
    counts: SinkCounts,
    /// Since when the sink has taken nothing although the workers have ended.
    stuck: Option<Instant>,
}

impl Writer {
    pub(crate) fn new(parts: WriterParts) -> Self {
        Self { parts, block: Block::new(), counts: SinkCounts::default(), stuck: None }
    }

    /// Writes until every worker has ended and its verdicts are written, or dropped under a reason.
    pub(crate) fn run(mut self) {
        loop {
            self.reopen_if_asked();
            // Asked before the queues are looked into: what is in them then is all that will be.
            let ended = self.workers_ended();
            self.gather();
            if self.block.len() > 0 {
                self.write();
            } else if ended {
                return self.publish();
            } else {
                thread::sleep(NAP);
            }
            self.publish();
        }
    }

    /// Takes verdicts out of the queues in turn, as many as are written together.
    fn gather(&mut self) {
        self.block.clear();
        let null = self.parts.outlet.is_null();
        let mut taken = true;
        while taken && !self.block.is_full() {
            taken = false;
            for queue in &mut self.parts.queues {
                let Ok(Due { answer, at }) = queue.pop() else { continue };
                taken = true;
                if let Some(listener) = &mut self.parts.listener {
                    listener(&answer, at);
                }
                if null {
                    self.block.push_nothing(at);
                } else {
                    self.block.push(&answer, &self.parts.classes, self.parts.file.as_deref(), at);
                }
            }
        }
    }

    /// Writes the block, and counts each line of it.
    fn write(&mut self) {
        let mut done = 0;
        loop {
            let Self { parts, stuck, block, .. } = self;
            let WriterParts { outlet, queues, control, .. } = parts;
            let (written, refused) = outlet.write(block, done, || {
                let ended = queues.iter().all(Consumer::is_abandoned);
                let waited = ended.then(|| stuck.get_or_insert_with(Instant::now).elapsed());
                !control.asks_reopen() && waited.is_none_or(|waited| waited < LAST_WAIT)
            });
            let now = Instant::now();
            for due in self.block.due().take(written).skip(done) {
                self.counts.latency.add(now.saturating_duration_since(due));
            }
            self.counts.written += (written - done) as u64;
            done = written;
            match refused {
                Some(Refusal::Blocked) if self.parts.control.asks_reopen() => self.reopen_if_asked(),
                Some(reason) => return self.counts.drop(reason, (self.block.len() - done) as u64),
                None => {
                    self.stuck = None;
                    return;
                }
            }
        }
    }

    fn reopen_if_asked(&mut self) {
        if self.parts.control.takes_reopen() {
            match self.parts.outlet.reopen() {
                Ok(()) => self.counts.reopened += 1,
                Err(_) => self.counts.reopen_failed += 1,
            }
        }
    }

    fn workers_ended(&self) -> bool {
        self.parts.queues.iter().all(Consumer::is_abandoned)
    }

    fn publish(&mut self) {
        self.parts.board.publish(self.counts.numbers());
    }
}
