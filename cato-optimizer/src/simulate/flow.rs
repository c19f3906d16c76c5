//! One flow in the server.

use crate::load::FlowTemplate;

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// No packet of it was seen that could start it.
    Unseen,
    /// It was not admitted.
    Declined,
    /// It has state.
    Open,
    /// It has its verdict.
    Answered,
}

/// What the server knows of a flow.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    pub(super) phase: Phase,
    /// The member that it is bound to.
    pub(super) member: u8,
    /// The stage that is asked next.
    pub(super) stage: u8,
    /// Packets that count.
    pub(super) seen: u32,
    /// When its last packet came, in nanoseconds.
    pub(super) last_ns: u64,
    /// Packets that were lost, or came before the flow could start, ascending.
    pub(super) lost: Vec<u32>,
}

impl Flow {
    pub(super) const fn new() -> Self {
        Self { phase: Phase::Unseen, member: 0, stage: 0, seen: 0, last_ns: 0, lost: Vec::new() }
    }

    /// A packet did not get to the pipeline.
    pub(super) fn lose(&mut self, packet: u32) {
        // What comes after the verdict changes nothing.
        if matches!(self.phase, Phase::Unseen | Phase::Open) {
            self.lost.push(packet);
        }
    }
}

/// Whether all packets of a flow that end it were seen.
pub(super) fn closers_seen(template: &FlowTemplate, lost: &[u32]) -> bool {
    let closes = |packet: &u32| template.packets.get(*packet as usize).is_some_and(|packet| packet.flags & 0x05 != 0);
    !lost.iter().any(closes)
}
