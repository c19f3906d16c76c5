//! The C API of a vendored crate, called from Rust, so that Miri can look for undefined behaviour behind it:
//! `cargo +nightly miri test -p cato-tests --test c_boundary`. What it answers is compared by programs in C.

use std::alloc::Layout;
use std::ffi::{CStr, c_void};
use std::{ptr, slice};

use demo_decision_tree::capi::{
    self, Counters, Driver, FEATURES, FROM_SOURCE, Flow, Frame, Packet, State, Status, Verdict,
};

/// Conversations that take turns, and packets of each.
const CONVERSATIONS: u16 = 7;
const TURNS: u16 = 34;
/// Fewer than there are conversations, so that the table fills.
const ROOM: usize = 5;

/// IPv4 and TCP headers, from the client in even turns.
fn packet(conversation: u16, turn: u16) -> [u8; 40] {
    let mut bytes = [0; 40];
    let (client, server) = ((1, 1000 + conversation), (2, 443));
    let (from, to) = if turn.is_multiple_of(2) { (client, server) } else { (server, client) };
    bytes[0] = 0x45;
    bytes[3] = 40;
    bytes[9] = 6;
    bytes[15] = from.0;
    bytes[19] = to.0;
    bytes[20..22].copy_from_slice(&from.1.to_be_bytes());
    bytes[22..24].copy_from_slice(&to.1.to_be_bytes());
    bytes[32] = 0x50;
    bytes[33] = if turn == 0 { 0x02 } else { 0x10 };
    bytes
}

/// What a sink is given beside the flow.
struct Seen {
    driver: *mut Driver,
    flows: usize,
    refused: usize,
}

unsafe extern "C" fn sink(flow: *const Flow, user: *mut c_void) {
    // SAFETY: the driver gives a flow that lasts as long as the call, with as many features, and the pointer that came
    // with the call to it, which leads to the `Seen` of the test below.
    let (seen, features) = unsafe { (&mut *user.cast::<Seen>(), slice::from_raw_parts((*flow).features, FEATURES)) };
    assert!(features.iter().all(|value| *value >= -1.0));
    seen.flows += 1;
    let mut counters = Counters::default();
    // SAFETY: the driver is there, and refuses to be called at work.
    let answers = unsafe {
        [
            capi::demo_decision_tree_driver_counters(seen.driver, &mut counters),
            capi::demo_decision_tree_driver_end_input(seen.driver, Some(sink), user),
        ]
    };
    seen.refused += usize::from(answers == [Status::Busy; 2]);
}

#[test]
fn a_driver_lives_in_memory_that_it_is_given() {
    let bytes = capi::demo_decision_tree_driver_bytes(ROOM);
    let layout = Layout::from_size_align(bytes, capi::demo_decision_tree_driver_align()).expect("a layout");
    let settings = capi::Settings { features: 1, ..capi::demo_decision_tree_default_settings() };
    let turns = (0..TURNS).flat_map(|turn| (0..CONVERSATIONS).map(move |conversation| packet(conversation, turn)));
    let data: Vec<_> = turns.collect();
    let frame = |(number, data): (usize, &[u8; 40])| Frame {
        data: data.as_ptr(),
        captured: 40,
        wire_bytes: 40,
        time_ns: number as u64 * 1000,
        link: 101,
    };
    let frames: Vec<_> = data.iter().enumerate().map(frame).collect();
    let mut counters = Counters::default();
    let mut seen = Seen { driver: ptr::null_mut(), flows: 0, refused: 0 };
    // SAFETY: the memory is as large and aligned as the driver asks, and its own until it is given back; frames, sink and
    // what the sink is given live longer than the calls.
    let answers = unsafe {
        let memory = std::alloc::alloc(layout);
        let init = capi::demo_decision_tree_driver_init(memory.cast(), bytes, ROOM, &settings, &mut seen.driver);
        let (driver, user) = (seen.driver, (&raw mut seen).cast());
        let answers = [
            init,
            capi::demo_decision_tree_driver_run(driver, frames.as_ptr(), frames.len(), Some(sink), user),
            capi::demo_decision_tree_driver_end_input(driver, Some(sink), user),
            capi::demo_decision_tree_driver_counters(driver, &mut counters),
        ];
        std::alloc::dealloc(memory, layout);
        answers
    };
    assert_eq!(answers, [Status::Ok; 4]);
    assert_eq!((seen.flows, seen.refused), (ROOM, ROOM));
    assert_eq!((counters.packets, counters.flows), (frames.len() as u64, u64::from(CONVERSATIONS)));
    let evicted = counters.evicted_flows[capi::Eviction::SinglePacket as usize];
    assert_eq!(evicted, u64::from(CONVERSATIONS) - ROOM as u64, "each that made room for another");
    let skipped: u64 = counters.skipped.iter().sum();
    let evicted: u64 = counters.evicted_packets.iter().sum();
    assert_eq!(counters.packets, counters.classified + counters.absorbed + skipped + evicted);
}

#[test]
fn a_state_lives_wherever_it_is_put() {
    let data = packet(0, 0);
    let packet = Packet {
        data: data.as_ptr(),
        captured: data.len(),
        ip_offset: 0,
        transport_offset: 20,
        time_ns: 0,
        ip_bytes: 40,
        protocol: 6,
        direction: FROM_SOURCE,
    };
    let mut state = Box::<State>::new_uninit();
    let mut features = [f32::NAN; FEATURES];
    let mut verdict = Verdict { class_index: capi::NO_CLASS, confidence: 0 };
    // SAFETY: the state is started before anything else, and every pointer leads to what lives longer than the calls.
    let (answers, name) = unsafe {
        let state = state.as_mut_ptr();
        let answers = [
            capi::demo_decision_tree_start(state),
            capi::demo_decision_tree_update(state, &packet),
            capi::demo_decision_tree_features(state, features.as_mut_ptr(), FEATURES),
            capi::demo_decision_tree_classify(state, &mut verdict),
        ];
        (answers, CStr::from_ptr(capi::demo_decision_tree_class_name(verdict.class_index)))
    };
    assert_eq!(answers, [Status::Ok; 4]);
    assert!(!name.is_empty() && features.iter().all(|value| *value >= -1.0), "{name:?} {features:?}");
}
