use std::path::PathBuf;

use super::super::testing::{Folder, syn};
use cato_runtime::LinkType;

use super::*;

/// Captures of one frame a second, each as many as said.
fn captures(frames: &[usize]) -> (Folder, Inputs) {
    let folder = Folder::new();
    for (number, &frames) in frames.iter().enumerate() {
        let frames: Vec<_> = (0..frames).map(|second| (second as u64, syn(number as u16, second as u16))).collect();
        folder.capture(&format!("{number}.pcap"), &frames);
    }
    let inputs = Inputs::collect(&[folder.path().to_owned()]).unwrap();
    (folder, inputs)
}

fn lens(trace: &Trace) -> Vec<(&str, usize)> {
    let frames = trace.frames();
    let lens: Vec<_> = frames.segments().map(<[_]>::len).collect();
    trace.files().iter().map(|file| file.name.as_str()).zip(lens).collect()
}

fn collect(inputs: &Inputs, max_frames: u64, merge: bool) -> Trace {
    Trace::collect(inputs, &TraceOptions { max_frames, merge, ..TraceOptions::default() }).unwrap()
}

#[test]
fn all_is_taken_where_it_fits() {
    let (_folder, inputs) = captures(&[3, 2, 0, 4]);
    let trace = collect(&inputs, 9, false);
    assert_eq!(lens(&trace), [("0.pcap", 3), ("1.pcap", 2), ("2.pcap", 0), ("3.pcap", 4)]);
    assert_eq!(trace.left_out(), LeftOut::default());
    assert_eq!(trace.frames().all().len(), trace.len());
    assert_eq!(trace.frames().all()[1].time_ns, 1);
}

#[test]
fn whole_files_are_spread_and_cut_only_to_fill_half() {
    let (_folder, inputs) = captures(&[1, 5, 9, 5]);
    let trace = collect(&inputs, 8, false);
    assert_eq!(lens(&trace), [("0.pcap", 1), ("2.pcap", 7)]);
    assert_eq!(trace.left_out(), LeftOut { files: 2, cut: true });
    let (_folder, inputs) = captures(&[3, 3, 3, 3]);
    let trace = collect(&inputs, 8, false);
    assert_eq!(lens(&trace), [("0.pcap", 3), ("2.pcap", 3)]);
    assert_eq!(trace.left_out(), LeftOut { files: 2, cut: false });
    let trace = collect(&inputs, 6, false);
    assert_eq!(lens(&trace), [("0.pcap", 3), ("2.pcap", 3)]);
    assert_eq!(trace.left_out(), LeftOut { files: 2, cut: false });
    let trace = collect(&inputs, 2, false);
    assert_eq!(lens(&trace), [("0.pcap", 2)]);
    assert_eq!(trace.left_out(), LeftOut { files: 3, cut: true });
}

#[test]
fn parts_of_one_capture_are_one_segment() {
    let (_folder, inputs) = captures(&[3, 3, 3]);
    assert_eq!(lens(&collect(&inputs, 100, true)), [("0.pcap", 9)]);
    let trace = collect(&inputs, 5, true);
    assert_eq!(lens(&trace), [("0.pcap", 5)]);
    assert_eq!(trace.left_out(), LeftOut { files: 1, cut: true });
}

#[test]
fn bytes_are_bounded_too() {
    let (_folder, inputs) = captures(&[100]);
    let whole = collect(&inputs, 100, false);
    let max_bytes = whole.frames().all().iter().take(10).map(|frame| frame.data.len() as u64).sum();
    let trace = Trace::collect(&inputs, &TraceOptions { max_bytes, ..TraceOptions::default() }).unwrap();
    assert_eq!(lens(&trace), [("0.pcap", 10)]);
}

#[test]
fn a_trace_survives_the_disk() {
    let (folder, inputs) = captures(&[3, 1]);
    let trace = collect(&inputs, 100, false);
    let path = folder.path().join("trace");
    trace.save(&path).unwrap();
    let loaded = Trace::load(&path).unwrap();
    assert_eq!(loaded, trace);
    assert_eq!(loaded.hash(), trace.hash());
    assert_ne!(loaded.hash(), collect(&inputs, 3, false).hash());

    let mut bytes = std::fs::read(&path).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(Trace::load(&path), Err(Error::Sealed { .. })));
}

#[test]
fn every_link_layer_has_a_number() {
    let known = [0, 1, 9, 101, 113, 276].map(|number| LinkType::from_capture(number).unwrap());
    for link in known {
        assert_eq!(LinkType::from_capture(link.capture_number()), Some(link));
    }
}

#[test]
fn what_is_no_capture_is_passed_over_in_folders_only() {
    let (folder, inputs) = captures(&[2]);
    std::fs::write(folder.path().join("note.txt"), "not a capture").unwrap();
    let all = Inputs::collect(&[folder.path().to_owned()]).unwrap();
    assert_eq!(collect(&all, 9, false).hash(), collect(&inputs, 9, false).hash());
    let given: PathBuf = folder.path().join("note.txt");
    let given = Inputs::collect(&[given]).unwrap();
    assert!(matches!(Trace::collect(&given, &TraceOptions::default()), Err(Error::Capture { .. })));
}
