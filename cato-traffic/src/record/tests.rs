use super::super::testing::{Folder, Way, mac};
use super::*;

const SYN: u8 = 2;
const SYN_ACK: u8 = 18;
const ACK: u8 = 16;
const FIN_ACK: u8 = 17;
const RST: u8 = 4;

const S: u64 = 1_000_000_000;

const WAY: Way = Way { from: (1, 1000), to: (2, 80) };
const OTHER: Way = Way { from: (3, 53), to: (1, 99) };

fn read(folder: &Folder, options: &RecordOptions) -> FlowRecords {
    FlowRecords::read(&Inputs::collect(&[folder.path().to_owned()]).unwrap(), options).unwrap()
}

/// The direction, time and flags of a flow's packets.
fn shape(records: &FlowRecords, flow: usize) -> Vec<(bool, u64, u8)> {
    records.packets(flow).iter().map(|packet| (packet.from_source(), packet.time_ns(), packet.flags())).collect()
}

#[test]
fn interleaved_flows_are_kept_apart() {
    let folder = Folder::new();
    let frames = [
        (10 * S, WAY.tcp(SYN)),
        (11 * S, OTHER.udp(5)),
        (12 * S, WAY.back().tcp(SYN_ACK)),
        (13 * S, OTHER.udp(6)),
        (14 * S, WAY.tcp(ACK)),
        (15 * S, OTHER.back().udp(7)),
        (16 * S, WAY.tcp(FIN_ACK)),
        (17 * S, WAY.back().tcp(FIN_ACK)),
        (18 * S, WAY.tcp(ACK)),
        (19 * S, Way { from: (9, 9), to: (8, 8) }.tcp(ACK)),
        (20 * S, vec![0; 60]),
    ];
    folder.capture("a.pcap", &frames);
    let records = read(&folder, &RecordOptions::default());
    assert_eq!(records.flows.len(), 2);
    let [tcp, udp] = &records.flows[..] else { panic!() };
    let expected =
        [(true, 0, SYN), (false, 2 * S, SYN_ACK), (true, 4 * S, ACK), (true, 6 * S, FIN_ACK), (false, 7 * S, FIN_ACK)];
    assert_eq!(shape(&records, 0), expected);
    assert_eq!(shape(&records, 1), [(true, 0, 0), (true, 2 * S, 0), (false, 4 * S, 0)]);
    assert_eq!(shape(&records, 2), []);
    assert_eq!((tcp.packets, tcp.end, tcp.first_ns, tcp.last_ns), (5, End::Fin, 10 * S, 17 * S));
    assert_eq!((udp.packets, udp.end, udp.protocol()), (3, End::Input, 17));
    assert_eq!((udp.source_address().to_string(), udp.source.port), ("10.0.0.3".to_owned(), 53));
    assert_eq!((udp.destination_address().to_string(), udp.destination.port), ("10.0.0.1".to_owned(), 99));
    assert_eq!((tcp.source_mac, tcp.destination_mac), (Some(mac(1)), Some(mac(2))));
    assert_eq!(records.packets(1)[1].bytes(), 20 + 8 + 6);
    let counts = &records.counts;
    assert_eq!((counts.frames, counts.in_flows, counts.absorbed, counts.kept), (11, 8, 1, 8));
    assert_eq!((counts.skipped(Skip::NoFlowStart), counts.skipped(Skip::NotIp)), (1, 1));
    assert_eq!(records.file_of(tcp).map(|file| file.name.as_str()), Some("a.pcap"));
}

#[test]
fn depth_bounds_what_is_kept_not_what_is_followed() {
    let folder = Folder::new();
    let frames: Vec<_> =
        (0..100).map(|second| (second * S, if second % 2 == 0 { WAY.udp(1) } else { OTHER.udp(1) })).collect();
    folder.capture("a.pcap", &frames);
    for max_depth in [0, 1, 3, 50, 51] {
        let records = read(&folder, &RecordOptions { max_depth: Some(max_depth), ..RecordOptions::default() });
        let kept = u64::from(max_depth.min(50));
        assert_eq!(records.counts.kept, 2 * kept);
        for (number, flow) in records.flows.iter().enumerate() {
            assert_eq!((flow.packets, flow.last_ns - flow.first_ns), (50, 98 * S));
            assert_eq!(records.packets(number).len() as u64, kept);
        }
    }
}

#[test]
fn ends_and_beginnings_are_told() {
    let folder = Folder::new();
    let frames = [
        // Left alone for longer than a minute, then begun again.
        (0, OTHER.udp(1)),
        (61 * S, OTHER.udp(1)),
        (62 * S, WAY.tcp(SYN)),
        (63 * S, WAY.back().tcp(RST)),
        // The same ports again.
        (64 * S, WAY.tcp(SYN)),
    ];
    folder.capture("a.pcap", &frames);
    let records = read(&folder, &RecordOptions::default());
    let ends: Vec<_> = records.flows.iter().map(|flow| (flow.end, flow.packets)).collect();
    assert_eq!(ends, [(End::Idle, 1), (End::Input, 1), (End::Rst, 2), (End::Input, 1)]);
}

#[test]
fn an_answer_seen_first_has_its_receiver_as_source() {
    let folder = Folder::new();
    folder.capture("a.pcap", &[(0, WAY.back().tcp(SYN_ACK)), (1, WAY.tcp(ACK))]);
    let settings = FlowSettings { require_syn: false, ..FlowSettings::default() };
    let records = read(&folder, &RecordOptions { settings, ..RecordOptions::default() });
    assert_eq!(shape(&records, 0), [(false, 0, SYN_ACK), (true, 1, ACK)]);
    let flow = &records.flows[0];
    assert_eq!((flow.source.port, flow.source_mac, flow.destination_mac), (1000, Some(mac(1)), Some(mac(2))));
}

#[test]
fn flows_end_with_their_file_unless_merged() {
    let folder = Folder::new();
    folder.capture("b.pcap", &[(2, WAY.back().tcp(SYN_ACK)), (3, OTHER.udp(1))]);
    folder.capture("a.pcap", &[(1, WAY.tcp(SYN))]);
    folder.text("c.txt", "not a capture");
    let apart = read(&folder, &RecordOptions::default());
    assert_eq!(apart.counts.skipped(Skip::NoFlowStart), 1);
    assert_eq!(apart.flows.iter().map(|flow| (flow.file, flow.packets)).collect::<Vec<_>>(), [(0, 1), (1, 1)]);
    assert_eq!((apart.counts.unread_files, apart.warnings.len()), (1, 1));
    assert_eq!(apart.warnings[0].file, "c.txt");

    let merged = read(&folder, &RecordOptions { merge: true, ..RecordOptions::default() });
    assert_eq!(merged.flows.iter().map(|flow| (flow.file, flow.packets)).collect::<Vec<_>>(), [(0, 2), (1, 1)]);
}

#[test]
fn an_input_without_any_capture_is_an_error() {
    let folder = Folder::new();
    let note = folder.text("note", "nothing");
    let options = RecordOptions::default();
    for path in [folder.path(), &note] {
        let inputs = Inputs::collect(&[path.to_owned()]).unwrap();
        assert!(matches!(FlowRecords::read(&inputs, &options), Err(Error::Capture { .. })));
    }
    let capture = folder.capture("a.pcap", &[]);
    let inputs = Inputs::collect(&[capture, note]).unwrap();
    assert!(matches!(FlowRecords::read(&inputs, &options), Err(Error::Capture { .. })), "it was asked for by name");
    assert_eq!(read(&folder, &options).flows, []);
}

#[test]
fn the_table_of_flows_grows() {
    let folder = Folder::new();
    let frames: Vec<_> =
        (0..5000_u16).map(|port| (u64::from(port), Way { from: (1, port), to: (2, 53) }.udp(3))).collect();
    let again: Vec<_> = frames.iter().map(|(time, frame)| (time + S, frame.clone())).collect();
    folder.capture("a.pcap", &[frames, again].concat());
    let records = read(&folder, &RecordOptions::default());
    assert_eq!(records.flows.len(), 5000);
    assert!(records.flows.iter().enumerate().all(|(port, flow)| flow.source.port == port as u16 && flow.packets == 2));
}

fn sample() -> (Folder, FlowRecords) {
    let folder = Folder::new();
    folder.capture("a/b.pcap", &[(5, WAY.tcp(SYN)), (6, WAY.back().tcp(RST)), (7, OTHER.udp(9))]);
    folder.text("a/note", "not a capture");
    let records = read(&folder, &RecordOptions::default());
    (folder, records)
}

#[test]
fn records_survive_the_disk() {
    let (folder, records) = sample();
    let path = folder.path().join("records");
    records.save(&path).unwrap();
    assert_eq!(FlowRecords::load(&path).unwrap(), records);
}

#[test]
fn the_cache_is_used_until_input_or_settings_change() {
    let (folder, records) = sample();
    let cache = folder.path().join("cache");
    let inputs = Inputs::collect(&[folder.path().join("a")]).unwrap();
    let options = RecordOptions::default();
    let cached = |inputs: &Inputs, options: &RecordOptions| FlowRecords::cached(inputs, options, &cache).unwrap();
    let kept = || Inputs::collect(std::slice::from_ref(&cache)).unwrap().files().to_vec();

    let first = cached(&inputs, &options);
    assert_eq!((&first.flows, &first.counts), (&records.flows, &records.counts));
    let [file] = &kept()[..] else { panic!("one file is kept") };
    // What is there is taken as it is: other records under the same name come back.
    FlowRecords { warnings: Vec::new(), ..first.clone() }.save(&file.path).unwrap();
    assert_eq!(cached(&inputs, &options).warnings, []);

    let mut damaged = std::fs::read(&file.path).unwrap();
    damaged[50] ^= 1;
    std::fs::write(&file.path, damaged).unwrap();
    let anew = cached(&inputs, &options);
    assert_eq!((&anew.flows, anew.warnings.len()), (&first.flows, first.warnings.len() + 1));
    assert_eq!(cached(&inputs, &options), first, "and the damage is repaired");

    cached(&inputs, &RecordOptions { max_depth: Some(1), ..options });
    cached(&inputs, &RecordOptions { settings: FlowSettings { udp_timeout_ns: 1, ..options.settings }, ..options });
    assert_eq!(kept().len(), 3);
    folder.capture("a/b.pcap", &[(5, WAY.tcp(SYN))]);
    assert_eq!(cached(&inputs, &options).counts.frames, 1);
    assert_eq!(kept().len(), 4);
}

#[test]
fn a_cache_that_cannot_be_written_is_a_warning() {
    let (folder, records) = sample();
    let inputs = Inputs::collect(&[folder.path().join("a")]).unwrap();
    let cached = FlowRecords::cached(&inputs, &RecordOptions::default(), &folder.path().join("a/note")).unwrap();
    assert_eq!((cached.flows, cached.warnings.len()), (records.flows, records.warnings.len() + 1));
}

#[test]
fn cooked_captures_state_the_sender_only() {
    use cato_runtime::LinkType;
    use recorder::macs;

    let sll = [0, 4, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 8, 0];
    assert_eq!(macs(LinkType::LinuxSll, &sll), (Some([1, 2, 3, 4, 5, 6]), None));
    let sll2 = [8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 4, 6, 1, 2, 3, 4, 5, 6, 0, 0];
    assert_eq!(macs(LinkType::LinuxSll2, &sll2), (Some([1, 2, 3, 4, 5, 6]), None));
    assert_eq!(macs(LinkType::LinuxSll, &[0; 16]), (None, None));
    assert_eq!(macs(LinkType::LinuxSll, &sll[..8]), (None, None));
    assert_eq!(macs(LinkType::Ethernet, &[1, 2, 3, 4, 5, 6]), (None, Some([1, 2, 3, 4, 5, 6])));
    assert_eq!(macs(LinkType::RawIp, &sll), (None, None));
}
