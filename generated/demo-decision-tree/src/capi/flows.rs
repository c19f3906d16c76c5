// Made by cato 0.1.0 from spec.toml (blake3 ca8f2206847f2d71) and
// model.json (blake3 77621b8b96e66241); do not edit.

//! What passes between C and a driver.

use core::ffi::{CStr, c_char, c_void};
use core::ptr;

use super::super::rt::{self, FlowSettings, LinkType};
use super::{Status, Verdict, name_of, values};

/// How many reasons there are to pass over a packet.
pub const SKIPS: usize = 8;
/// How many reasons there are for which flows lose their place.
pub const EVICTIONS: usize = 3;

/// The rules of a driver; see `demo_decision_tree_default_settings`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Two words that nobody else knows, drawn by lot where senders are not trusted: without them nobody can aim packets
    /// at one place of the table. As long as both are 0, the words are known to all.
    pub secret: [u64; 2],
    /// Idle time-out of TCP flows, in nanoseconds of packet time.
    pub tcp_timeout_ns: u64,
    /// Idle time-out of UDP flows, in nanoseconds of packet time.
    pub udp_timeout_ns: u64,
    /// Whether a TCP flow starts only at a packet with SYN set, ACK and RST clear; 0 for no.
    pub require_syn: u8,
    /// Whether the sink is given features beside the verdict; 0 for no. They are computed for it once more, and packets
    /// are taken one by one.
    pub features: u8,
}

/// One captured frame.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// The captured bytes; may be null where there are none.
    pub data: *const u8,
    /// How many captured bytes there are.
    pub captured: u32,
    /// Length on the wire in bytes; one smaller than `captured` counts as `captured`.
    pub wire_bytes: u32,
    /// Capture time in nanoseconds since any fixed origin.
    pub time_ns: u64,
    /// How the frame begins, as capture files say it (LINKTYPE): 1 for Ethernet, 101 for IP itself. Frames of other
    /// link layers than the library reads are passed over, and counted.
    pub link: u32,
}

/// Why a verdict was given.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The depth was reached.
    Depth = 0,
    /// FIN from both ends.
    Fin = 1,
    /// RST from either end.
    Rst = 2,
    /// No packet came within the idle time-out.
    Idle = 3,
    /// The input ended.
    Input = 4,
}

/// Why a packet was passed over: the place of its counter.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// The frame carries no IP.
    NotIp = 0,
    /// IP, but neither TCP nor UDP.
    NotTcpUdp = 1,
    /// A later fragment, which carries no ports.
    Fragment = 2,
    /// Lengths that contradict the headers.
    Malformed = 3,
    /// The headers were not captured whole.
    Truncated = 4,
    /// The link layer is not one that the library reads.
    UnknownLink = 5,
    /// No flow has these ends, and the packet does not start one.
    NoFlowStart = 6,
    /// The driver has no room for any flow.
    TableFull = 7,
}

/// Why a flow lost its place, where there was none for a new one: the place of its counter.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eviction {
    /// It had ended, and its ends were only kept for packets that might still come.
    Ended = 0,
    /// No such flow was found, and of those with one packet it was the oldest.
    SinglePacket = 1,
    /// No flow had one packet only, and it was idle for longer than any other.
    LongestIdle = 2,
}

/// A flow at its inference point.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// Number of the flow, counted from 0 in order of start.
    pub number: u64,
    /// Time of its first packet, in nanoseconds since the frames' origin.
    pub first_ns: u64,
    /// Latest time seen in it, in nanoseconds since the frames' origin.
    pub last_ns: u64,
    /// The features, `DEMO_DECISION_TREE_FEATURES` of them, until the sink returns; null where the settings do not ask for them.
    pub features: *const f32,
    /// Packets of the flow up to now.
    pub packets: u32,
    /// What the pipeline says.
    pub verdict: Verdict,
    /// Why the verdict is given now.
    pub end: End,
    /// Address of the end that opened the flow, in network byte order; an IPv4 address fills the first four bytes.
    pub source: [u8; 16],
    /// Address of the other end.
    pub destination: [u8; 16],
    /// Transport port of the end that opened the flow.
    pub source_port: u16,
    /// Transport port of the other end.
    pub destination_port: u16,
    /// The transport protocol: 6 for TCP, 17 for UDP.
    pub protocol: u8,
    /// The IP version: 4 or 6.
    pub ip_version: u8,
}

/// Is given each flow whose verdict falls due, and the pointer that came with the call. It may not call the driver, and
/// must return: neither an exception nor `longjmp` may leave it.
pub type Sink = Option<unsafe extern "C" fn(flow: *const Flow, user: *mut c_void)>;

/// What became of every packet: after the end of the input, `packets` is the sum of `classified`, `absorbed`, all of
/// `skipped` and all of `evicted_packets`; before that, packets of open flows are missing from it.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Packets seen.
    pub packets: u64,
    /// Flows started.
    pub flows: u64,
    /// Packets on which verdicts rest.
    pub classified: u64,
    /// Packets that came after their flow's inference point or end.
    pub absorbed: u64,
    /// Packets passed over, by reason.
    pub skipped: [u64; SKIPS],
    /// Open flows that lost their place before their verdict, by reason.
    pub evicted_flows: [u64; EVICTIONS],
    /// Packets of these flows, by reason.
    pub evicted_packets: [u64; EVICTIONS],
}

/// The settings of `cato classify`: TCP flows start at a SYN, idle time-outs of 300 s for TCP and 60 s for UDP, and no
/// features.
#[unsafe(no_mangle)]
pub extern "C" fn demo_decision_tree_default_settings() -> Settings {
    let FlowSettings { require_syn, tcp_timeout_ns, udp_timeout_ns } = FlowSettings::default();
    Settings { secret: [0; 2], tcp_timeout_ns, udp_timeout_ns, require_syn: require_syn.into(), features: 0 }
}

/// The name of a `demo_decision_tree_skip` as one word; null where there is none of that number.
#[unsafe(no_mangle)]
pub extern "C" fn demo_decision_tree_skip_name(skip: u32) -> *const c_char {
    name_of(&SKIP_NAMES, skip as usize)
}

/// The name of a `demo_decision_tree_eviction` as one word; null where there is none of that number.
#[unsafe(no_mangle)]
pub extern "C" fn demo_decision_tree_eviction_name(eviction: u32) -> *const c_char {
    name_of(&EVICTION_NAMES, eviction as usize)
}

/// The name of a `demo_decision_tree_end` as one word; null where there is none of that number.
#[unsafe(no_mangle)]
pub extern "C" fn demo_decision_tree_end_name(end: u32) -> *const c_char {
    name_of(&END_NAMES, end as usize)
}

static SKIP_NAMES: [&CStr; SKIPS] = [
    c"not_ip",
    c"not_tcp_udp",
    c"fragment",
    c"malformed",
    c"truncated",
    c"unknown_link",
    c"no_flow_start",
    c"table_full",
];

static EVICTION_NAMES: [&CStr; EVICTIONS] = [c"evicted_ended", c"evicted_single_packet", c"evicted_longest_idle"];

static END_NAMES: [&CStr; 5] = [c"depth", c"fin", c"rst", c"idle", c"input"];

// The places of the counters are those of the runtime.
const _: () = {
    let mut place = 0;
    while place < SKIPS {
        let said = match rt::Skip::ALL[place] {
            rt::Skip::NotIp => Skip::NotIp,
            rt::Skip::NotTcpUdp => Skip::NotTcpUdp,
            rt::Skip::Fragment => Skip::Fragment,
            rt::Skip::Malformed => Skip::Malformed,
            rt::Skip::Truncated => Skip::Truncated,
            rt::Skip::UnknownLink => Skip::UnknownLink,
            rt::Skip::NoFlowStart => Skip::NoFlowStart,
            rt::Skip::TableFull => Skip::TableFull,
        };
        assert!(said as usize == place);
        place += 1;
    }
    assert!(rt::Eviction::ALL.len() == EVICTIONS);
    assert!(rt::Eviction::Ended as u8 == Eviction::Ended as u8);
    assert!(rt::Eviction::SinglePacket as u8 == Eviction::SinglePacket as u8);
    assert!(rt::Eviction::LongestIdle as u8 == Eviction::LongestIdle as u8);
};

impl Frame {
    /// The frame as the driver reads it.
    ///
    /// # Errors
    /// Where data is missing, or longer than memory.
    ///
    /// # Safety
    /// `data` is null or leads to `captured` bytes that nothing writes while the result is in use.
    pub(super) unsafe fn read(&self) -> Result<rt::Frame<'_>, Status> {
        Ok(rt::Frame {
            link: LinkType::from_capture(self.link),
            wire_len: self.wire_bytes.max(self.captured),
            time_ns: self.time_ns,
            // SAFETY: as the caller promises.
            data: unsafe { values(self.data, self.captured as usize)? },
        })
    }
}

impl From<&rt::Finished<'_>> for Flow {
    fn from(rt::Finished { entry, end, verdict, .. }: &rt::Finished<'_>) -> Self {
        let (source, destination) = (entry.source(), entry.destination());
        Self {
            number: entry.flow(),
            first_ns: entry.start_ns(),
            last_ns: entry.last_ns(),
            features: ptr::null(),
            packets: entry.packets(),
            verdict: (*verdict).into(),
            end: match end {
                rt::End::Depth => End::Depth,
                rt::End::Fin => End::Fin,
                rt::End::Rst => End::Rst,
                rt::End::Idle => End::Idle,
                rt::End::Input => End::Input,
            },
            source: source.address,
            destination: destination.address,
            source_port: source.port,
            destination_port: destination.port,
            protocol: entry.key().protocol(),
            ip_version: if entry.key().is_ipv6() { 6 } else { 4 },
        }
    }
}
