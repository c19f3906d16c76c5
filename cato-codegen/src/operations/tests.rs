use proptest::prelude::*;

use super::{CodeKey, Kind, Operation, Operations, Scope, code_key, operations};
use crate::catalog::FeatureId;
use crate::compile::compile;
use crate::spec::{Depth, Spec};

fn ids(names: &[&str]) -> Vec<FeatureId> {
    names.iter().map(|name| FeatureId::by_name(name).unwrap()).collect()
}

fn of(names: &[&str], packets: u16) -> Operations {
    operations(&ids(names), Depth::Packets(packets))
}

/// How many of a kind there are in all scopes.
fn number(operations: &Operations, kind: Kind) -> u32 {
    Scope::ALL.into_iter().map(|scope| operations.count(Operation { kind, scope })).sum()
}

fn in_words(operations: &Operations) -> Vec<String> {
    operations
        .iter()
        .map(|(operation, n)| format!("{n} {} {}", operation.scope.name(), operation.kind.name()))
        .collect()
}

#[test]
fn kinds_have_names_of_their_own_and_places_in_order() {
    for (place, operation) in Operation::all().enumerate() {
        assert_eq!(operation.index(), place);
        assert_eq!(Kind::by_name(operation.kind.name()), Some(operation.kind));
    }
    assert_eq!(Operation::all().count(), Operation::COUNT);
}

#[test]
fn operations_are_what_the_code_does() {
    assert_eq!(
        in_words(&of(&["s_bytes_mean"], 10)),
        [
            "1 packet direction",
            "1 source read_bytes",
            "1 source count_packet",
            "1 source add",
            "1 flow state_line",
            "2 flow reset",
            "1 flow test_packets",
            "1 flow divide"
        ]
    );
    assert_eq!(
        in_words(&of(&["dur"], 10)),
        ["1 packet read_time", "1 packet store_time", "1 flow state_line", "1 flow convert_word"]
    );
    assert_eq!(
        in_words(&of(&["ack_dat"], 10)),
        [
            "1 packet direction",
            "1 packet read_time",
            "1 packet read_flags",
            "1 destination watch_syn_ack",
            "1 source watch_ack",
            "1 flow state_line",
            "1 flow reset",
            "1 flow convert_word",
            "1 flow ack_delay"
        ]
    );
    assert_eq!(in_words(&of(&["dur", "s_iat_mean", "tcp_rtt"], 1)), Vec::<String>::new());
    // 0 for TCP and -1 for all else is a value that has to be computed.
    assert_eq!(number(&of(&["s_winsize_std"], 1), Kind::TestTcp), 1);
}

#[test]
fn statistics_of_a_field_share_what_they_keep() {
    let [mean, sum, std] = ["s_bytes_mean", "s_bytes_sum", "s_bytes_std"].map(|name| of(&[name], 10));
    let all = of(&["s_bytes_mean", "s_bytes_sum", "s_bytes_std"], 10);
    for kind in [Kind::Add, Kind::ReadBytes, Kind::Direction] {
        assert_eq!([&mean, &sum, &std, &all].map(|operations| number(operations, kind)), [1; 4], "{kind:?}");
    }
    assert_eq!((number(&all, Kind::CountPacket), number(&all, Kind::AddSquare)), (1, 1));
    assert_eq!((number(&all, Kind::Divide), number(&all, Kind::Deviation)), (1, 1));
    assert_eq!((number(&mean, Kind::AddSquare), number(&sum, Kind::CountPacket)), (0, 0));
}

#[test]
fn medians_of_few_packets_are_other_operations_than_those_of_many() {
    let names = ["s_iat_med", "s_bytes_med", "s_bytes_max"];
    let (few, many) = (of(&names, 10), of(&names, 50));
    let sorted = [Kind::Insert, Kind::InsertWide, Kind::SortedMedian];
    assert_eq!(sorted.map(|kind| number(&few, kind)), [1, 1, 2]);
    assert_eq!(sorted.map(|kind| number(&many, kind)), [0; 3]);
    let windows = [Kind::Append, Kind::AppendWide, Kind::Select, Kind::SelectWide, Kind::WindowMedian, Kind::Max];
    assert_eq!(windows.map(|kind| number(&few, kind)), [0; 6]);
    assert_eq!(windows.map(|kind| number(&many, kind)), [1; 6]);
}

#[test]
fn what_both_ends_do_is_counted_for_each_end() {
    let operations = of(&["s_ttl_sum", "d_ttl_sum", "d_ttl_max"], 10);
    let count = |kind, scope| operations.count(Operation { kind, scope });
    assert_eq!((count(Kind::ReadTtl, Scope::EachPacket), number(&operations, Kind::ReadTtl)), (1, 1));
    assert_eq!(count(Kind::Add, Scope::SourcePacket), 1);
    assert_eq!(count(Kind::Max, Scope::DestinationPacket), 1);
    let runs = operations.runs(3.0, 2.5);
    assert_eq!((runs[Kind::Add as usize], runs[Kind::Max as usize], runs[Kind::ReadTtl as usize]), (5.5, 2.5, 5.5));
}

#[test]
fn features_can_be_finished_one_by_one() {
    let pipeline = compiled(&ids(&["s_bytes_mean", "s_bytes_std", "dur"]), Depth::Packets(10));
    assert_eq!(in_words(&Operations::finishing(&pipeline, 0)), ["1 flow convert_word"]);
    assert_eq!(in_words(&Operations::finishing(&pipeline, 2)), ["1 flow test_packets", "1 flow deviation"]);
    assert_eq!(in_words(&Operations::finishing(&pipeline, 3)), Vec::<String>::new());
    let keeping = Operations::keeping(&pipeline);
    assert_eq!((number(&keeping, Kind::AddSquare), number(&keeping, Kind::Divide)), (1, 0));
    // What they are defined under is tested once where all of them are wanted.
    let test = Operation { kind: Kind::TestPackets, scope: Scope::Flow };
    assert_eq!(Operations::of(&pipeline).count(test), 1);
}

#[test]
fn constants_change_no_key() {
    let one = Depth::Packets(1);
    let port = ids(&["d_port"]);
    assert_eq!(code_key(&port, one), code_key(&ids(&["d_port", "s_iat_mean", "dur"]), one));
    assert_ne!(code_key(&port, one), code_key(&port, Depth::Packets(2)));
    assert_ne!(code_key(&port, one), code_key(&ids(&["s_port"]), one));
    assert!(code_key(&ids(&["dur"]), one).is_constant() && !code_key(&port, one).is_constant());
}

/// A set of features, each drawn with the same chance.
fn features() -> impl Strategy<Value = Vec<FeatureId>> {
    (1..=FeatureId::ALL.len()).prop_flat_map(|most| {
        prop::collection::btree_set(prop::sample::select(FeatureId::ALL.to_vec()), 1..=most)
            .prop_map(|set| set.into_iter().collect())
    })
}

fn depths() -> impl Strategy<Value = Depth> {
    prop_oneof![(1u16..=60).prop_map(Depth::Packets), Just(Depth::Packets(300)), Just(Depth::All)]
}

fn compiled(features: &[FeatureId], depth: Depth) -> crate::ir::Pipeline {
    let features = features.iter().map(|feature| feature.name().to_owned()).collect();
    compile(&Spec { version: 1, name: None, early: vec![], depth, features, model: None }, &[]).unwrap()
}

proptest! {
    #[test]
    fn features_lead_to_what_their_spec_leads_to(features in features(), depth in depths()) {
        let pipeline = compiled(&features, depth);
        prop_assert_eq!(Operations::of(&pipeline), operations(&features, depth));
        prop_assert_eq!(CodeKey::of(&pipeline), code_key(&features, depth));
    }

    #[test]
    fn a_union_runs_no_more_than_its_parts(
        one in features(), other in features(), depth in depths(), source in 1u16..200, destination in 1u16..200,
    ) {
        let runs = |features: &[FeatureId]| -> f64 {
            operations(features, depth).runs(source.into(), destination.into()).iter().sum()
        };
        let union: Vec<FeatureId> = one.iter().chain(&other).copied().collect();
        prop_assert!(runs(&union) <= runs(&one) + runs(&other));
        prop_assert!(runs(&union) >= runs(&one).max(runs(&other)) * 0.3);
    }

    #[test]
    fn sets_that_differ_in_constants_only_are_the_same_code(features in features(), more in features()) {
        let one = Depth::Packets(1);
        let constants = more.into_iter().filter(|&feature| code_key(&[feature], one).is_constant());
        let with: Vec<FeatureId> = features.iter().copied().chain(constants).collect();
        prop_assert_eq!(code_key(&features, one), code_key(&with, one));
        prop_assert_eq!(operations(&features, one), operations(&with, one));
    }

    #[test]
    fn equal_keys_have_equal_operations(one in features(), other in features(), depth in depths()) {
        if code_key(&one, depth) == code_key(&other, depth) {
            prop_assert_eq!(operations(&one, depth), operations(&other, depth));
        }
    }
}
