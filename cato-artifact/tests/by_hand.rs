//! Loading shared objects that are compiled here from source written by hand.

mod common;

use std::path::PathBuf;

use cato_artifact::{LoadError, Loaded};
use cato_runtime::{BatchPipeline, Bucket, Depth, Driver, Entry, FixedStorage, FlowSettings, Frame, LinkType, Verdict};
use tempfile::TempDir;

/// Counts packets and bytes of the source; one packet is class 0, more are class 1.
const SUMS: &str = r#"
use cato_runtime as rt;
pub struct Candidate;
#[derive(Clone, Copy)]
#[repr(align(16))]
pub struct State { packets: u64, bytes: u64 }
impl rt::Pipeline for Candidate {
    type State = State;
    type Features = [f32; 2];
    const DEPTH: rt::Depth = rt::Depth::Packets(3);
    const FEATURES: &'static [&'static str] = &["s_pkt_cnt", "s_bytes_sum"];
    const CLASSES: &'static [&'static str] = &["few", "many"];
    fn start() -> State { State { packets: 0, bytes: 0 } }
    fn update(state: &mut State, packet: &rt::Packet) {
        if packet.direction == rt::Direction::Source {
            state.packets += 1;
            state.bytes += u64::from(packet.view.bytes());
        }
    }
    fn extract(state: &State) -> [f32; 2] { [state.packets as f32, state.bytes as f32] }
    fn predict(features: &[f32; 2]) -> rt::Verdict {
        rt::Verdict { class: u16::from(features[0] > 1.0), confidence: 7 }
    }
}
#[unsafe(no_mangle)]
pub static CATO_PIPELINE: rt::AbiHeader = rt::AbiHeader::of::<Candidate>();
"#;

#[test]
fn a_loaded_pipeline_is_driven_as_a_static_one_is() {
    let (_folder, library) = compile(SUMS);
    let loaded = Loaded::open(&library).unwrap();
    assert_eq!((loaded.feature_count(), loaded.class_count(), loaded.state_bytes()), (2, 2, 16));
    assert_eq!(loaded.depth(), Depth::Packets(3));
    assert_eq!(loaded.predict(&[1.0, 0.0]), Verdict { class: 0, confidence: 7 });
    assert_eq!(loaded.predict(&[2.0, 0.0]), Verdict { class: 1, confidence: 7 });

    // 200 flows, so that the states grow more than once; every third flow has a second packet from its source.
    let packets: Vec<_> = (0..200).chain((0..200).filter(|flow| flow % 3 == 0)).map(udp).collect();
    let frame = |data| Frame { link: Some(LinkType::RawIp), wire_len: 28, time_ns: 0, data };
    let frames: Vec<_> = packets.iter().map(|data| frame(data)).collect();
    let (mut buckets, mut entries) = (vec![Bucket::default(); 512], vec![Entry::VACANT; 256]);
    let storage = FixedStorage::new(&mut buckets, &mut entries);
    let mut driver = Driver::new(loaded, FlowSettings::default(), storage).stepwise();
    let mut seen = Vec::new();
    driver.run(&frames, |_, _| unreachable!("no flow reaches the depth"));
    driver.end_input(|flow, pipeline| {
        let mut features = [f32::NAN; 3];
        pipeline.features(flow.slot, &mut features);
        let mut first = [f32::NAN];
        pipeline.features(flow.slot, &mut first);
        assert_eq!(first[0], features[0]);
        assert!(features[2].is_nan(), "nothing is written behind the last feature");
        seen.push((flow.entry.flow(), features[0], features[1], flow.verdict.class));
    });
    let expected: Vec<_> =
        (0..200).map(|flow| if flow % 3 == 0 { (flow, 2.0, 56.0, 1) } else { (flow, 1.0, 28.0, 0) }).collect();
    assert_eq!(seen, expected);
}

#[test]
fn what_is_no_pipeline_is_refused() {
    let (folder, library) = compile("#[unsafe(no_mangle)] pub static OTHER: u8 = 0;");
    assert!(matches!(Loaded::open(&library), Err(LoadError::Library { .. })), "no header");
    assert!(matches!(Loaded::open(&folder.path().join("absent.so")), Err(LoadError::Library { .. })), "no file");
    std::fs::write(&library, "no shared object").unwrap();
    assert!(matches!(Loaded::open(&library), Err(LoadError::Library { .. })), "not an object");
    let (_folder, library) = compile("#[unsafe(no_mangle)] pub static CATO_PIPELINE: [u64; 32] = [7; 32];");
    assert!(matches!(Loaded::open(&library), Err(LoadError::Incompatible { .. })), "another magic number");
}

#[test]
fn states_of_too_large_an_alignment_are_refused() {
    let (_folder, library) = compile(&SUMS.replace("align(16)", "align(128)"));
    assert!(matches!(Loaded::open(&library), Err(LoadError::Alignment { align: 128, .. })));
}

/// Compiles `source` to a shared object in a folder of its own.
fn compile(source: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let library = folder.path().join("by_hand.so");
    std::fs::write(folder.path().join("by_hand.rs"), source).expect("the folder can be written");
    let mut command = common::kit().rustc();
    command.args(["--edition=2024", "--crate-type=cdylib", "-Copt-level=1", "-o"]).arg(&library).arg("by_hand.rs");
    let status = command.current_dir(folder.path()).status().expect("rustc is there");
    assert!(status.success());
    (folder, library)
}

/// An IPv4 packet with an empty UDP datagram from port 1000 + `flow` to port 53.
fn udp(flow: u16) -> Vec<u8> {
    let mut packet = vec![0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    packet.extend((1000 + flow).to_be_bytes());
    packet.extend([0, 53, 0, 8, 0, 0]);
    packet
}
