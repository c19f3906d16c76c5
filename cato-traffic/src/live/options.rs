//! What may be chosen of a live source.

use std::time::Duration;

use super::LiveError;

const BLOCK_LEAST: usize = 1 << 16;
const BLOCK_MOST: usize = 1 << 20;
/// A ring of fewer blocks loses packets whenever one is being read.
const BLOCKS_LEAST: usize = 8;

/// How frames are captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveOptions {
    /// Name of the interface, as in `ip link`.
    pub interface: String,
    /// Size of the ring of each source in bytes, from 512 KiB to 1 GiB, rounded down to whole blocks. It has to hold what
    /// arrives while its reader is busy: 64 MiB are a tenth of a second of a million packets a second and more.
    pub ring_bytes: usize,
    /// How long a frame may wait for others before it is handed over, from 1 ms to 1 s.
    pub block_timeout: Duration,
    /// Whether frames for other stations are captured too.
    pub promiscuous: bool,
    /// The most bytes kept of a frame, from 64 to 65,535. Headers suffice; what is kept less fits the ring more often.
    pub snap_length: u32,
    /// Whether, with several workers, IPv4 fragments are put together before a worker is chosen for them. With it all
    /// fragments come to the worker of their flow, as one packet of the whole length, and fragments of which one is
    /// missing vanish without being counted. Without it fragments may come to another worker than the rest of their flow,
    /// where they are counted as fragments or as packets without a flow, or start one (UDP).
    pub defragment: bool,
    /// Whether the card's time stamps are used where it makes them. They are of the card's clock, which something like
    /// `phc2sys` has to keep with the system's. Otherwise, and for other frames, the kernel's time of arrival counts.
    pub hardware_time: bool,
}

impl LiveOptions {
    /// The usual: 64 MiB of ring, 10 ms, promiscuous, 256 bytes of each frame, no defragmentation, the kernel's time.
    #[must_use]
    pub fn new(interface: impl Into<String>) -> Self {
        Self {
            interface: interface.into(),
            ring_bytes: 64 << 20,
            block_timeout: Duration::from_millis(10),
            promiscuous: true,
            snap_length: 256,
            defragment: false,
            hardware_time: false,
        }
    }

    /// The shape of the ring, where every option is within its range.
    pub(super) fn shape(&self) -> Result<Shape, LiveError> {
        within("a ring, in bytes,", self.ring_bytes as u64, (BLOCKS_LEAST * BLOCK_LEAST) as u64, 1 << 30)?;
        let millis = u64::try_from(self.block_timeout.as_millis()).unwrap_or(u64::MAX);
        within("a block time-out, in milliseconds,", millis, 1, 1000)?;
        within("a snap length", u64::from(self.snap_length), 64, 65_535)?;
        let sixteenth = (self.ring_bytes / 16).max(1);
        let block = (1 << sixteenth.ilog2()).clamp(BLOCK_LEAST, BLOCK_MOST);
        Ok(Shape { block, blocks: self.ring_bytes / block, timeout_ms: millis as u32 })
    }
}

/// The shape of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Bytes of a block.
    pub(super) block: usize,
    pub(super) blocks: usize,
    pub(super) timeout_ms: u32,
}

fn within(option: &'static str, given: u64, least: u64, most: u64) -> Result<(), LiveError> {
    if (least..=most).contains(&given) { Ok(()) } else { Err(LiveError::Option { option, given, least, most }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_are_whole_blocks() {
        let shape = |ring_bytes| LiveOptions { ring_bytes, ..LiveOptions::new("any") }.shape();
        assert_eq!(shape(64 << 20).unwrap(), Shape { block: 1 << 20, blocks: 64, timeout_ms: 10 });
        assert_eq!(shape(512 << 10).unwrap(), Shape { block: 1 << 16, blocks: 8, timeout_ms: 10 });
        assert_eq!(shape((5 << 20) + 1).unwrap(), Shape { block: 1 << 18, blocks: 20, timeout_ms: 10 });
        for wrong in [0, (512 << 10) - 1, (1 << 30) + 1, usize::MAX] {
            assert!(matches!(shape(wrong), Err(LiveError::Option { .. })), "{wrong}");
        }
        let late = LiveOptions { block_timeout: Duration::from_micros(999), ..LiveOptions::new("any") };
        assert!(late.shape().unwrap_err().to_string().contains("of 0 is not between 1 and 1000"));
    }
}
