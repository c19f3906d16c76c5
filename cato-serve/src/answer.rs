//! What is kept of a flow between its verdict and the line that tells of it.

use cato_runtime::{End, Endpoint, Finished, FlowKey, FlowSettings, PacketView, Verdict};

/// A verdict on one flow, and what was known of the flow at its inference point.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// The flow's key.
    pub key: FlowKey,
    /// Whether the end that opened the flow is the key's first.
    source_is_first: bool,
    /// Why the record was made.
    pub end: End,
    /// What the pipeline says.
    pub verdict: Verdict,
    /// The number by which the flow is bound to its pipeline.
    pub member: u8,
    /// Packets up to the inference point.
    pub packets: u32,
    /// Number of the flow in order of its start.
    pub flow: u64,
    /// Time of the first packet in nanoseconds.
    pub start_ns: u64,
    /// Packet time at the inference point in nanoseconds.
    pub last_ns: u64,
}

impl Answer {
    /// An answer on no flow, to fill a place with.
    pub(crate) const NOTHING: Self = Self {
        key: FlowKey::EMPTY,
        source_is_first: true,
        end: End::Input,
        verdict: Verdict::FEATURES_ONLY,
        member: 0,
        packets: 0,
        flow: 0,
        start_ns: 0,
        last_ns: 0,
    };

    /// What a driver says of a flow.
    #[must_use]
    pub fn of(finished: &Finished<'_>) -> Self {
        let Finished { entry, end, verdict, .. } = finished;
        let key = *entry.key();
        Self {
            key,
            source_is_first: entry.source() == key.first(),
            end: *end,
            verdict: *verdict,
            member: entry.member(),
            packets: entry.packets(),
            flow: entry.flow(),
            start_ns: entry.start_ns(),
            last_ns: entry.last_ns(),
        }
    }

    /// At the end of an input whose latest packet was at `latest_ns`: a flow that had been silent for longer than its
    /// time-out by then has ended by time, whether or not a packet or a table came to notice.
    #[must_use]
    pub fn at_end(mut self, latest_ns: u64, settings: &FlowSettings) -> Self {
        let tcp = self.key.protocol() == PacketView::TCP;
        let timeout_ns = if tcp { settings.tcp_timeout_ns } else { settings.udp_timeout_ns };
        if self.end == End::Input && latest_ns.saturating_sub(self.last_ns) > timeout_ns {
            self.end = End::Idle;
        }
        self
    }

    /// The end that opened the flow.
    #[must_use]
    pub fn source(&self) -> Endpoint {
        if self.source_is_first { self.key.first() } else { self.key.second() }
    }

    /// The other end.
    #[must_use]
    pub fn destination(&self) -> Endpoint {
        if self.source_is_first { self.key.second() } else { self.key.first() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_that_fell_silent_before_the_end_has_ended_by_time() {
        let settings = FlowSettings::default();
        let end = |latest_ns| Answer::NOTHING.at_end(latest_ns, &settings).end;
        assert_eq!(end(settings.udp_timeout_ns), End::Input);
        assert_eq!(end(settings.udp_timeout_ns + 1), End::Idle);
        let mut answered = Answer::NOTHING;
        answered.end = End::Depth;
        assert_eq!(answered.at_end(u64::MAX, &settings).end, End::Depth);
    }
}
