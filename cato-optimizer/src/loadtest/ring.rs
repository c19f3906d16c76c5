//! Packets on their way from the generator to the server: as many as wait before one is lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cato_runtime::{Frame, LinkType};
use cato_serve::{Source, SourceError, SourceStats, State};
use cato_traffic::replay::{Batch, FrameBatch};
use rtrb::chunks::ChunkError;
use rtrb::{Consumer, Producer, RingBuffer};

/// Bytes of a frame: those of all headers, as payload is not played.
const KEPT: usize = 64;
/// How long the worker sleeps where no packet waits; a kernel takes about as long to wake it.
const NAP: Duration = Duration::from_micros(20);

/// A packet by value.
#[derive(Clone, Copy, Debug)]
struct Slot {
    time_ns: u64,
    wire_len: u32,
    len: u8,
    bytes: [u8; KEPT],
}

/// The generator's end.
pub(super) struct Sender {
    slots: Producer<Slot>,
    lost: Arc<AtomicU64>,
}

/// The server's end.
pub(super) struct RingSource {
    slots: Consumer<Slot>,
    capacity: usize,
    lost: Arc<AtomicU64>,
}

/// A ring for `capacity` packets, its memory touched.
pub(super) fn ring(capacity: usize) -> (Sender, RingSource) {
    let (mut sender, mut receiver) = RingBuffer::new(capacity.max(1));
    while sender.push(Slot { time_ns: 1, wire_len: 0, len: 0, bytes: [1; KEPT] }).is_ok() {}
    while receiver.pop().is_ok() {}
    let lost = Arc::new(AtomicU64::new(0));
    (Sender { slots: sender, lost: Arc::clone(&lost) }, RingSource { slots: receiver, capacity: capacity.max(1), lost })
}

impl Sender {
    /// Adds a frame; whether there was room. What finds none is lost, and counted.
    pub(super) fn send(&mut self, frame: &Frame<'_>) -> bool {
        let mut bytes = [0; KEPT];
        let len = frame.data.len().min(KEPT);
        if let (Some(place), Some(data)) = (bytes.get_mut(..len), frame.data.get(..len)) {
            place.copy_from_slice(data);
        }
        // Not above 64.
        let slot = Slot { time_ns: frame.time_ns, wire_len: frame.wire_len, len: len as u8, bytes };
        let sent = self.slots.push(slot).is_ok();
        if !sent {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        sent
    }
}

impl Source for RingSource {
    fn next(&mut self, wait: Duration, take: &mut dyn FnMut(&[Frame<'_>])) -> Result<State, SourceError> {
        let begun = Instant::now();
        let waiting = loop {
            // Asked first: after the end nothing comes.
            let ended = self.slots.is_abandoned();
            match self.slots.slots() {
                0 if ended => return Ok(State::Ended),
                0 if begun.elapsed() >= wait => return Ok(State::Open),
                0 => std::thread::sleep(NAP),
                waiting => break waiting,
            }
        };
        // One batch at a time: where the server is slowed down more would take longer than a control interval.
        let chunk = self.slots.read_chunk(waiting.min(Batch::MOST));
        let chunk = chunk.map_err(|error: ChunkError| SourceError::new(error.to_string()))?;
        let (first, second) = chunk.as_slices();
        take(&FrameBatch::of(first.iter().chain(second).map(Slot::frame)));
        // Until here they take room, as in the ring of a network interface.
        chunk.commit_all();
        Ok(State::Open)
    }

    /// The generator ends by itself.
    fn stop(&mut self) {}

    fn stats(&self) -> SourceStats {
        SourceStats { kernel_drops: 0, ring_drops: self.lost.load(Ordering::Relaxed) }
    }

    fn occupancy(&self) -> f64 {
        self.slots.slots() as f64 / self.capacity as f64
    }
}

impl Slot {
    fn frame(&self) -> Frame<'_> {
        let data = self.bytes.get(..usize::from(self.len)).unwrap_or(&[]);
        Frame { link: Some(LinkType::Ethernet), wire_len: self.wire_len, time_ns: self.time_ns, data }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_finds_no_room_is_lost_and_the_rest_comes_in_order() {
        let (mut sender, mut source) = ring(100);
        let frame = |time_ns| Frame { link: Some(LinkType::Ethernet), wire_len: 1_500, time_ns, data: &[7; 54] };
        let sent: Vec<u64> = (0..130).filter(|number| sender.send(&frame(*number))).collect();
        assert_eq!((sent.len(), source.occupancy(), source.stats().ring_drops), (100, 1.0, 30));
        let mut times = Vec::new();
        let mut next = |source: &mut RingSource| {
            source.next(Duration::from_millis(1), &mut |frames| {
                assert!(frames.iter().all(|frame| frame.wire_len == 1_500 && frame.data == [7; 54]));
                times.extend(frames.iter().map(|frame| frame.time_ns));
            })
        };
        assert_eq!(next(&mut source).unwrap(), State::Open);
        // A batch was taken; there is room again.
        assert!(sender.send(&frame(200)));
        drop(sender);
        while next(&mut source).unwrap() == State::Open {}
        assert_eq!(times, (0..100).chain([200]).collect::<Vec<_>>());
    }
}
