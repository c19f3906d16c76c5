//! What became of the packets of an interface.

/// Counts since a source was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LiveStatistics {
    /// Packets that the kernel had for this source, those that it dropped included.
    pub received: u64,
    /// Packets that the kernel dropped because the ring was full.
    pub dropped: u64,
    /// How often the ring was full.
    pub freezes: u64,
    /// Frames handed out.
    pub frames: u64,
    /// Bytes that the frames handed out had on the wire.
    pub bytes: u64,
    /// Frames that could not be read out of the ring. Other than 0 only where the kernel is broken.
    pub unreadable: u64,
    /// How often the interface went down.
    pub downs: u64,
}

impl LiveStatistics {
    /// Packets that wait in the ring, or came since the kernel was last asked.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.received.saturating_sub(self.dropped + self.frames + self.unreadable)
    }
}
