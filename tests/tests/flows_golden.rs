//! The flows of the golden captures: keys, sources, lengths, and what became of every packet.

use cato_codegen::spec::Depth;
use cato_runtime::Skip;
use cato_tests::golden::{GoldenCounts, Manifest, key};

#[test]
fn flows_are_those_of_the_reference() {
    for capture in Manifest::read().capture {
        let records = capture.records();
        let keys: Vec<_> = records.flows.iter().map(|flow| key(flow, flow.packets)).collect();
        let golden: Vec<_> = capture.flows(Depth::All).into_iter().map(|flow| flow.key).collect();
        assert_eq!(keys, golden, "{}: {}", capture.name, capture.about);
    }
}

#[test]
fn every_packet_is_counted_under_its_reason() {
    for capture in Manifest::read().capture {
        let counts = capture.records().counts;
        let [no_flow, fragments] = [Skip::NoFlowStart, Skip::Fragment].map(|reason| counts.skipped(reason));
        let found = GoldenCounts {
            frames: counts.frames,
            in_flows: counts.in_flows,
            after_end: counts.absorbed,
            no_flow,
            fragments,
            passed_over: counts.skipped_in_all() - no_flow - fragments,
        };
        assert_eq!(found, capture.counts(), "{}: {}", capture.name, capture.about);
    }
}
