//! Several frames, and what happens between them, as one input.
//!
//! Four bytes say how flows are followed; then step follows step. A step begins with a byte: its low three bits are a link
//! type, or that there is none; its high five bits are the power of two by which the two bytes behind it are multiplied
//! to give the nanoseconds since the last step, backwards where they are odd. Then come the number of captured bytes
//! (two), what the wire had more of them (one; 255 stands for all there could be), and the bytes. A frame without bytes
//! and with 254 lets time pass without a packet instead.

use cato_runtime::{FlowSettings, Frame, LinkType};

use super::bytes::Bytes;

/// What [`Step::ADVANCE`] stands for is not a frame.
const ADVANCE: u8 = 254;
const ALL_THERE_COULD_BE: u8 = 255;

const LINKS: [Option<LinkType>; 8] = [
    Some(LinkType::Ethernet),
    Some(LinkType::RawIp),
    Some(LinkType::Null),
    Some(LinkType::LinuxSll),
    Some(LinkType::LinuxSll2),
    Some(LinkType::Ppp),
    None,
    Some(LinkType::Ethernet),
];

/// How flows are followed, and what comes.
#[derive(Debug)]
pub(super) struct Script<'a> {
    /// Which of the pipelines.
    pub(super) pipeline: u8,
    /// Keys that the table holds.
    pub(super) keys: usize,
    /// States that the pipeline has.
    pub(super) states: usize,
    pub(super) settings: FlowSettings,
    pub(super) steps: Vec<Step<'a>>,
}

/// One thing after another.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a> {
    /// A frame comes.
    Frame(Frame<'a>),
    /// It is that late, and nothing has come.
    Advance(u64),
}

impl<'a> Script<'a> {
    pub(super) fn read(input: &'a [u8]) -> Self {
        let mut bytes = Bytes(input);
        let (flags, keys, states) = (bytes.byte(), bytes.byte(), bytes.byte());
        let seconds = u64::from(bytes.byte());
        let usual = FlowSettings::default();
        let settings = FlowSettings {
            require_syn: flags & 1 != 0,
            tcp_timeout_ns: if flags & 2 != 0 { seconds * 1_000_000_000 } else { usual.tcp_timeout_ns },
            udp_timeout_ns: if flags & 4 != 0 { seconds * 500_000_000 } else { usual.udp_timeout_ns },
        };
        let keys = 1 + usize::from(keys) % 40;
        let states = 1 + usize::from(states) % keys;
        let mut steps = Vec::new();
        let mut now: u64 = 1_500_000_000_000_000_000;
        while !bytes.is_empty() {
            steps.push(step(&mut bytes, &mut now));
        }
        Self { pipeline: flags >> 3, keys, states, settings, steps }
    }
}

fn step<'a>(bytes: &mut Bytes<'a>, now: &mut u64) -> Step<'a> {
    let head = bytes.byte();
    let gap = bytes.half();
    let nanoseconds = u64::from(gap) << (head >> 3);
    // Times are below 2^63, as captures are held to.
    *now = if gap & 1 == 0 { now.saturating_add(nanoseconds) } else { now.saturating_sub(nanoseconds) };
    *now = (*now).min(i64::MAX as u64);
    let (len, more) = (bytes.half(), bytes.byte());
    let data = bytes.take(usize::from(len));
    if data.is_empty() && more == ADVANCE {
        return Step::Advance(*now);
    }
    let wire_len = if more == ALL_THERE_COULD_BE { u32::MAX } else { data.len() as u32 + u32::from(more) };
    let link = LINKS.get(usize::from(head & 7)).copied().flatten();
    Step::Frame(Frame { link, wire_len, time_ns: *now, data })
}

/// Writes a step as [`Script::read`] reads it: for seeds.
pub(super) fn write_frame(script: &mut Vec<u8>, link: LinkType, gap_ns: u64, data: &[u8], more: u8) {
    let link = LINKS.iter().position(|known| *known == Some(link)).unwrap_or(6) as u8;
    // Sixteen bits of the gap are kept, and the last of them says that time runs forwards.
    let power = (64 - gap_ns.leading_zeros()).saturating_sub(16).min(31) as u8;
    let gap = (gap_ns >> power).min(0xffff) as u16 & !1;
    script.push(power << 3 | link);
    script.extend(gap.to_le_bytes());
    let len = data.len().min(0xffff) as u16;
    script.extend(len.to_le_bytes());
    script.push(more);
    script.extend(data.iter().take(usize::from(len)));
}

/// Writes that time passes without a packet.
pub(super) fn write_pause(script: &mut Vec<u8>, gap: u16, power: u8) {
    script.push(power << 3);
    script.extend((gap & !1).to_le_bytes());
    script.extend([0, 0, ADVANCE]);
}
