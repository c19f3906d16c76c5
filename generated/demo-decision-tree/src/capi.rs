// Made by cato 0.1.0 from spec.toml (blake3 ca8f2206847f2d71) and
// model.json (blake3 77621b8b96e66241); do not edit.

//! The C API of this crate; `include/demo_decision_tree.h` declares it.
//!
//! Every function looks at what can be seen of its arguments (null, alignment, lengths, values) and answers with a
//! [`Status`]; nothing is written where that is not `Ok`. That a pointer leads to as much memory as the function needs
//! is what its safety section asks of the caller. Nothing here allocates, locks or keeps a pointer, but for a driver,
//! which lives in the memory that it was given.

use core::ffi::{CStr, c_char};
use core::{ptr, slice};

use super::Classifier;
use super::rt::{self, Direction, PacketView, Pipeline};

#[cfg(feature = "parse")]
mod driver;
#[cfg(feature = "parse")]
mod flows;

#[cfg(feature = "parse")]
pub use driver::*;
#[cfg(feature = "parse")]
pub use flows::*;

/// Size of a flow's state in bytes.
pub const STATE_BYTES: usize = 1120;
/// Alignment of a flow's state in bytes.
pub const STATE_ALIGN: usize = 16;
/// The inference point: after so many packets of a flow, or at its end if that comes earlier; 0 where only the end
/// counts.
pub const DEPTH: u32 = 32;
/// Number of features.
pub const FEATURES: usize = 48;
/// Number of classes; 0 where there is no model.
pub const CLASSES: usize = 12;
/// The class of a verdict where there is no model.
pub const NO_CLASS: u16 = 65535;
/// The direction of a packet from the flow's source, the end that opened it.
pub const FROM_SOURCE: u8 = 0;
/// The direction of a packet from the flow's destination, the other end.
pub const FROM_DESTINATION: u8 = 1;

/// What became of a call. Where functions name one, it is by its last words: `ROOM` is `DEMO_DECISION_TREE_STATUS_ROOM`.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It was done.
    Ok = 0,
    /// A pointer is null.
    Null = 1,
    /// A pointer is not aligned as its type asks.
    Misaligned = 2,
    /// A header lies outside the captured bytes.
    Truncated = 3,
    /// Lengths or versions contradict each other.
    Malformed = 4,
    /// The transport protocol is neither TCP nor UDP.
    NotTcpUdp = 5,
    /// A number is outside the range that its documentation gives.
    Range = 6,
    /// The room for the answer is too small.
    Room = 7,
    /// The driver is at work: a sink may not call it.
    Busy = 8,
    /// The memory holds no driver.
    NoDriver = 9,
}

/// What is kept of one flow between its packets. Its content is the library's own business; it holds no pointer, so it
/// may be copied and moved, and thrown away without a call.
#[repr(C, align(16))]
pub struct State {
    bytes: [u8; STATE_BYTES],
}

/// One packet, as your own parser has located it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Packet {
    /// The captured bytes; offsets count from here.
    pub data: *const u8,
    /// How many captured bytes there are.
    pub captured: usize,
    /// Where the IP header begins; 20 bytes of it are read.
    pub ip_offset: usize,
    /// Where the TCP or UDP header begins; 20 or 8 bytes of it are read.
    pub transport_offset: usize,
    /// Nanoseconds since the first packet of the flow; never smaller than those of the flow's packet before.
    pub time_ns: u64,
    /// IP header and all after it, in bytes, as the IP header says: no link header, no padding.
    pub ip_bytes: u32,
    /// The transport protocol: 6 for TCP, 17 for UDP.
    pub protocol: u8,
    /// Which end sent it: `DEMO_DECISION_TREE_FROM_SOURCE` or `DEMO_DECISION_TREE_FROM_DESTINATION`.
    pub direction: u8,
}

/// What the pipeline says of a flow.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Number of the class, for `demo_decision_tree_class_name`; `DEMO_DECISION_TREE_NO_CLASS` where there is no model.
    pub class_index: u16,
    /// Share of the vote that the class got, in 65535ths.
    pub confidence: u16,
}

/// cbindgen:ignore
type Kept = <Classifier as Pipeline>::State;

// The header's word is kept. Where pointers are narrower than 64 bits, alignments may be smaller, and so the state.
const _: () = assert!(size_of::<State>() == STATE_BYTES && align_of::<State>() == STATE_ALIGN);
const _: () = assert!(size_of::<Kept>() <= STATE_BYTES && align_of::<Kept>() <= STATE_ALIGN);
const _: () = assert!(Classifier::FEATURES.len() == FEATURES && Classifier::CLASSES.len() == CLASSES);
const _: () = assert!(NO_CLASS == rt::Verdict::NO_CLASS);

static FEATURE_NAMES: [&CStr; FEATURES] = [
    c"dur",
    c"d_port",
    c"s_load",
    c"d_load",
    c"d_pkt_cnt",
    c"s_iat_mean",
    c"d_iat_mean",
    c"ack_dat",
    c"s_bytes_sum",
    c"d_bytes_sum",
    c"s_bytes_mean",
    c"d_bytes_mean",
    c"s_bytes_min",
    c"d_bytes_min",
    c"s_bytes_max",
    c"d_bytes_max",
    c"s_bytes_med",
    c"d_bytes_med",
    c"s_bytes_std",
    c"d_bytes_std",
    c"d_iat_sum",
    c"s_iat_min",
    c"s_iat_max",
    c"d_iat_max",
    c"s_iat_med",
    c"d_iat_med",
    c"s_iat_std",
    c"d_iat_std",
    c"s_winsize_sum",
    c"d_winsize_sum",
    c"s_winsize_mean",
    c"d_winsize_mean",
    c"s_winsize_min",
    c"d_winsize_min",
    c"d_winsize_max",
    c"s_winsize_med",
    c"d_winsize_med",
    c"s_winsize_std",
    c"d_winsize_std",
    c"s_ttl_sum",
    c"d_ttl_sum",
    c"s_ttl_mean",
    c"s_ttl_min",
    c"d_ttl_min",
    c"d_ttl_max",
    c"cwr_cnt",
    c"psh_cnt",
    c"syn_cnt",
];

static CLASS_NAMES: [&CStr; CLASSES] = [
    c"camera",
    c"cloud_storage",
    c"game",
    c"messaging",
    c"music",
    c"smart_plug",
    c"social",
    c"software_update",
    c"video",
    c"video_call",
    c"voice_assistant",
    c"web",
];

/// Size of a flow's state in bytes, as the library was built: where it is not `DEMO_DECISION_TREE_STATE_BYTES`, header and library
/// are not of one making.
#[unsafe(no_mangle)]
pub extern "C" fn demo_decision_tree_state_bytes() -> usize {
    STATE_BYTES
}

/// Makes the state of a flow that has seen no packet.
///
/// Answers `NULL` or `MISALIGNED` where `state` is.
///
/// # Safety
/// `state` leads to a state that nothing else uses during the call; what it holds does not matter.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn demo_decision_tree_start(state: *mut State) -> Status {
    match usable(state) {
        Ok(()) => {
            // SAFETY: the pointer is aligned, and the caller promises a state that may be written.
            unsafe { state.cast::<Kept>().write(Classifier::start()) };
            Status::Ok
        }
        Err(status) => status,
    }
}

/// Takes one packet of the flow into its state. Packets after the inference point do not belong to it: a flow is given
/// no more than `DEMO_DECISION_TREE_DEPTH` of them, where that is not 0.
///
/// Answers `NULL` or `MISALIGNED` where a pointer is, `TRUNCATED` where the headers are not within the captured bytes,
/// `NOT_TCP_UDP` for other protocols, `MALFORMED` where the IP version is neither 4 nor 6, a TCP header is shorter than
/// 20 bytes or `ip_bytes` cannot hold the headers or no IP packet is that long, and `RANGE` for an unknown direction or
/// more captured bytes than fit into memory.
///
/// # Safety
/// `state` leads to a state that was started and that nothing else uses during the call, `packet` to a packet, and its
/// `data` to `captured` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn demo_decision_tree_update(state: *mut State, packet: *const Packet) -> Status {
    let located = usable(state).and_then(|()| usable(packet)).and_then(|()| {
        // SAFETY: the pointer is aligned, and the caller promises a packet that leads to its captured bytes.
        unsafe { located(&*packet) }
    });
    match located {
        Ok(packet) => {
            // SAFETY: the pointer is aligned, and the caller promises a started state for this call alone.
            Classifier::update(unsafe { &mut *state.cast::<Kept>() }, &packet);
            Status::Ok
        }
        Err(status) => status,
    }
}

/// Computes the features at the inference point: `DEMO_DECISION_TREE_FEATURES` numbers in the order of `demo_decision_tree_feature_name`. An
/// undefined one is -1.
///
/// Answers `NULL` or `MISALIGNED` where a pointer is, and `ROOM` where `room` is smaller than `DEMO_DECISION_TREE_FEATURES`.
///
/// # Safety
/// `state` leads to a state that was started and that nothing writes during the call, `features` to `room` numbers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn demo_decision_tree_features(state: *const State, features: *mut f32, room: usize) -> Status {
    match usable(state).and_then(|()| usable(features)) {
        Ok(()) if room < FEATURES => Status::Room,
        Ok(()) => {
            // SAFETY: the pointer is aligned, and the caller promises a started state that nothing writes.
            let values = Classifier::extract(unsafe { &*state.cast::<Kept>() });
            // SAFETY: the pointer is aligned, there is room for as many values, and the values are a local's.
            unsafe { ptr::copy_nonoverlapping(values.as_ptr(), features, FEATURES) };
            Status::Ok
        }
        Err(status) => status,
    }
}

/// Gives the verdict at the inference point. Without a model that is `DEMO_DECISION_TREE_NO_CLASS`.
///
/// Answers `NULL` or `MISALIGNED` where a pointer is.
///
/// # Safety
/// `state` leads to a state that was started and that nothing writes during the call, `verdict` to one that nothing else
/// uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn demo_decision_tree_classify(state: *const State, verdict: *mut Verdict) -> Status {
    match usable(state).and_then(|()| usable(verdict)) {
        Ok(()) => {
            // SAFETY: the pointer is aligned, and the caller promises a started state that nothing writes.
            let said = Classifier::classify(unsafe { &*state.cast::<Kept>() });
            // SAFETY: the pointer is aligned, and the caller promises a verdict that may be written.
            unsafe { verdict.write(said.into()) };
            Status::Ok
        }
        Err(status) => status,
    }
}

/// The name of a class, UTF-8; null where there is none of that number.
#[unsafe(no_mangle)]
pub extern "C" fn demo_decision_tree_class_name(class_index: u16) -> *const c_char {
    name_of(&CLASS_NAMES, class_index.into())
}

/// The name of a feature by its place; null where there is none.
#[unsafe(no_mangle)]
pub extern "C" fn demo_decision_tree_feature_name(feature: usize) -> *const c_char {
    name_of(&FEATURE_NAMES, feature)
}

impl From<rt::Verdict> for Verdict {
    fn from(rt::Verdict { class, confidence }: rt::Verdict) -> Self {
        Self { class_index: class, confidence }
    }
}

fn name_of(names: &[&'static CStr], number: usize) -> *const c_char {
    names.get(number).map_or(ptr::null(), |name| name.as_ptr())
}

/// Whether a pointer is neither null nor misaligned.
fn usable<T>(pointer: *const T) -> Result<(), Status> {
    match pointer {
        _ if pointer.is_null() => Err(Status::Null),
        _ if !pointer.is_aligned() => Err(Status::Misaligned),
        _ => Ok(()),
    }
}

/// As many values behind a pointer; where there are none, it may point anywhere.
///
/// # Safety
/// A pointer that is neither null nor misaligned leads to `len` values that nothing writes while the result is in use.
unsafe fn values<'a, T>(pointer: *const T, len: usize) -> Result<&'a [T], Status> {
    if len == 0 {
        return Ok(&[]);
    }
    usable(pointer)?;
    if len > isize::MAX as usize / size_of::<T>() {
        return Err(Status::Range);
    }
    // SAFETY: the pointer is neither null nor misaligned, the values are not larger than memory can be, and the caller
    // promises the rest.
    Ok(unsafe { slice::from_raw_parts(pointer, len) })
}

/// The packet as the pipeline reads it, with the checks that `rt` makes of frames.
///
/// # Safety
/// `data` leads to `captured` bytes that nothing writes while the result is in use.
unsafe fn located(packet: &Packet) -> Result<rt::Packet, Status> {
    let header_bytes = packet.transport_offset.checked_sub(packet.ip_offset).ok_or(Status::Malformed)?;
    // SAFETY: as the caller promises.
    let data = unsafe { values(packet.data, packet.captured)? };
    let ip = data.get(packet.ip_offset..).and_then(<[u8]>::first_chunk::<20>).ok_or(Status::Truncated)?;
    let transport = data.get(packet.transport_offset..).ok_or(Status::Truncated)?;
    let smallest = match ip[0] >> 4 {
        4 => 20,
        6 => 40,
        _ => return Err(Status::Malformed),
    };
    let (view, transport_bytes) = match packet.protocol {
        PacketView::TCP => {
            let tcp = transport.first_chunk::<20>().ok_or(Status::Truncated)?;
            let length = usize::from(tcp[12] >> 4) * 4;
            if length < tcp.len() {
                return Err(Status::Malformed);
            }
            (PacketView::tcp(ip, tcp, packet.ip_bytes), length)
        }
        PacketView::UDP => {
            let udp = transport.first_chunk::<8>().ok_or(Status::Truncated)?;
            (PacketView::udp(ip, udp, packet.ip_bytes), udp.len())
        }
        _ => return Err(Status::NotTcpUdp),
    };
    let longest = PacketView::MAX_BYTES as usize;
    let headers = header_bytes.saturating_add(transport_bytes);
    if header_bytes < smallest || !(headers..=longest).contains(&(packet.ip_bytes as usize)) {
        return Err(Status::Malformed);
    }
    let direction = match packet.direction {
        FROM_SOURCE => Direction::Source,
        FROM_DESTINATION => Direction::Destination,
        _ => return Err(Status::Range),
    };
    Ok(rt::Packet { view, time_ns: packet.time_ns, direction })
}
