//! Which pipeline new flows are bound to, decided anew in every control interval.
//!
//! A policy has no clock, no thread and no randomness: it is told what an interval showed and says what holds in the next.
//! So the same policy steers a server and a simulation of one.

mod adaptive;
mod fixed;
mod forecast;
mod ladder;
mod load;
mod sample;
#[cfg(test)]
mod tests;
mod threshold;

pub use adaptive::Adaptive;
pub use fixed::Fixed;
pub use ladder::Ladder;
pub use sample::Sample;
pub use threshold::Threshold;

/// The share of a core's time that policies plan with; the rest is for what no forecast tells.
const TARGET: f64 = 0.85;

/// What a member was found to cost before it serves, and what it is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemberCost {
    /// The start of one flow with its first packet, in nanoseconds.
    pub start_ns: f64,
    /// One further packet of a flow up to its inference point, everything included, in nanoseconds.
    pub packet_ns: f64,
    /// One packet after it, in nanoseconds.
    pub absorbed_ns: f64,
    /// One verdict, in nanoseconds.
    pub verdict_ns: f64,
    /// A whole flow in the mean, in nanoseconds.
    pub mean_ns: f64,
    /// Packets up to the inference point; `None` where that is a flow's end.
    pub depth: Option<u32>,
    /// What its answers are worth: macro-F1, from 0 to 1.
    pub quality: f64,
}

impl MemberCost {
    /// The same where everything takes `times` as long.
    #[must_use]
    pub fn slower(self, times: f64) -> Self {
        Self {
            start_ns: times * self.start_ns,
            packet_ns: times * self.packet_ns,
            absorbed_ns: times * self.absorbed_ns,
            verdict_ns: times * self.verdict_ns,
            mean_ns: times * self.mean_ns,
            ..self
        }
    }
}

/// What one control interval showed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signals {
    /// Its length in nanoseconds.
    pub interval_ns: u64,
    /// Packets that came, whether or not there was room for them.
    pub offered_packets: u64,
    /// Flows that began.
    pub new_flows: u64,
    /// Packets for which there was no room.
    pub lost_packets: u64,
    /// How full the place is in which packets wait, from 0 to 1; that of the worker where it is fullest.
    pub ring_occupancy: f64,
    /// Share of the interval in which the workers' threads ran, from 0 to 1; that of the worker that ran most.
    pub busy: f64,
    /// How full the flow table is, from 0 to 1; the fullest of all.
    pub table_occupancy: f64,
    /// What each member did, by number.
    pub members: Vec<MemberSignals>,
}

/// What one member did in a control interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemberSignals {
    /// Flows that were bound to it.
    pub flows: u64,
    /// Packets that it saw.
    pub packets: u64,
    /// Verdicts that it gave.
    pub verdicts: u64,
    /// Time that it took, in nanoseconds; 0 where that is not measured.
    pub busy_ns: u64,
}

/// What new flows are bound to: one member, or two of which each gets a share of the flows, by their hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mix {
    /// One member, by number.
    pub lower: u8,
    /// The other.
    pub upper: u8,
    /// The other's share of the flows that are admitted, out of 2^32; `u32::MAX` stands for all.
    pub upper_share: u32,
    /// The share of all flows that are admitted, out of 2^32; `u32::MAX` stands for all.
    pub admitted_share: u32,
}

impl Mix {
    /// Every flow is this member's.
    #[must_use]
    pub const fn only(member: u8) -> Self {
        Self { lower: member, upper: member, upper_share: 0, admitted_share: u32::MAX }
    }
}

/// Decides what new flows are bound to.
pub trait Policy: Send {
    /// What it is called, as the command line says it.
    fn name(&self) -> &str;

    /// What holds before the first interval is over.
    fn start(&self) -> Mix;

    /// Whether what holds before the first interval holds for ever, so that nobody need ask.
    fn is_constant(&self) -> bool {
        false
    }

    /// What holds in the interval that begins now, after the one that `signals` tell of.
    fn decide(&mut self, signals: &Signals) -> Mix;
}

/// A share from 0 to 1 out of 2^32, where `u32::MAX` stands for all.
fn share(part: f64) -> u32 {
    // Saturates.
    (part.clamp(0.0, 1.0) * f64::from(u32::MAX)).round() as u32
}
