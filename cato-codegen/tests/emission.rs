//! What emitted code holds, and what it does not.

use cato_codegen::attr::{Invocation, Item};
use cato_codegen::catalog::{Definition, FeatureId, Field, Statistic};
use cato_codegen::model::{Model, ModelKind, Node, Vote};
use cato_codegen::spec::{Confidence, Depth, ModelSpec, Spec, Stage, Strategy, Threshold};
use cato_codegen::{expand, explain, render};

fn spec(depth: Depth, features: &[&str]) -> Spec {
    let features = features.iter().map(|&name| name.to_owned()).collect();
    Spec { version: 1, name: None, early: vec![], depth, features, model: None }
}

fn with_model(spec: Spec, strategy: Strategy) -> Spec {
    Spec { model: Some(ModelSpec::new("model.json", strategy)), ..spec }
}

fn text(spec: &Spec, model: Option<&Model>) -> String {
    render(spec, model.as_slice(), "Example").expect("a sound spec")
}

/// The struct that [`text`] defines too.
fn item() -> Item {
    let arguments = quote::quote!(spec = "spec.toml");
    let item = "pub struct Example;".parse().expect("it is Rust");
    Invocation::parse(arguments, item).expect("a sound attribute").item
}

/// A model on two features that tells three classes apart.
fn model(kind: ModelKind, features: [&str; 2]) -> Model {
    let tree = vec![
        Node::Split { feature: 0, threshold: 1_500.5, right: 4 },
        Node::Split { feature: 1, threshold: -1.0, right: 3 },
        Node::Leaf { leaf: 0 },
        Node::Leaf { leaf: 1 },
        Node::Leaf { leaf: 2 },
    ];
    let trees = if kind == ModelKind::DecisionTree { vec![tree] } else { vec![tree.clone(), tree] };
    Model {
        kind,
        features: features.map(str::to_owned).to_vec(),
        classes: ["camera", "hub", "plug"].map(str::to_owned).to_vec(),
        leaves: vec![vec![(0, 65_535)], vec![(0, 20_000), (1, 45_535)], vec![(2, 65_535)]],
        trees,
    }
}

#[test]
fn a_pipeline_without_a_model() {
    let spec =
        spec(Depth::Packets(10), &["s_load", "d_iat_max", "s_bytes_std", "s_bytes_mean", "d_bytes_med", "ack_cnt"]);
    insta::assert_snapshot!(text(&spec, None));
}

#[test]
fn a_decision_tree_as_nested_if() {
    let spec = with_model(spec(Depth::All, &["tcp_rtt", "s_iat_mean"]), Strategy::NestedIf);
    insta::assert_snapshot!(text(&spec, Some(&model(ModelKind::DecisionTree, ["s_iat_mean", "tcp_rtt"]))));
}

#[test]
fn a_forest_as_a_table() {
    let spec = with_model(spec(Depth::Packets(1), &["dur", "s_bytes_sum"]), Strategy::ConstTable);
    let model = model(ModelKind::RandomForest { vote: Vote::Soft }, ["dur", "s_bytes_sum"]);
    insta::assert_snapshot!(text(&spec, Some(&model)));
}

#[test]
fn stages_answer_in_turn() {
    let confidence = Confidence::Each(vec![Threshold::Share(0.75), Threshold::Never, Threshold::Share(0.5)]);
    let first = Stage {
        depth: 3,
        features: ["s_bytes_sum", "dur"].map(str::to_owned).to_vec(),
        model: ModelSpec::new("stage-1.json", Strategy::NestedIf),
        confidence,
    };
    let last = with_model(spec(Depth::Packets(10), &["dur", "s_iat_mean"]), Strategy::NestedIf);
    let spec = Spec { early: vec![first], ..last };
    let models = [["dur", "s_bytes_sum"], ["dur", "s_iat_mean"]].map(|names| model(ModelKind::DecisionTree, names));
    insta::assert_snapshot!(render(&spec, &[&models[0], &models[1]], "Example").expect("a sound spec"));
}

#[test]
fn the_plan() {
    let spec = with_model(spec(Depth::All, &["tcp_rtt", "s_bytes_med"]), Strategy::Auto);
    let model = model(ModelKind::RandomForest { vote: Vote::Hard }, ["tcp_rtt", "s_bytes_med"]);
    insta::assert_snapshot!(explain(&cato_codegen::compile(&spec, &[&model]).expect("they fit")));
}

#[test]
fn equal_specs_give_equal_bytes() {
    let all = FeatureId::ALL.map(FeatureId::name);
    for (spec, model) in [
        (spec(Depth::All, &all), None),
        (
            with_model(spec(Depth::Packets(3), &["dur", "s_ttl_med"]), Strategy::ConstTable),
            Some(model(ModelKind::RandomForest { vote: Vote::Soft }, ["dur", "s_ttl_med"])),
        ),
    ] {
        let item = item();
        let both = || {
            let tokens = expand(&spec, model.as_ref().as_slice(), &item).expect("a sound spec");
            (text(&spec, model.as_ref()), tokens.to_string())
        };
        let first = both();
        for _ in 0..10 {
            assert_eq!(both(), first);
        }
    }
}

#[test]
fn statistics_share_sums_and_counts() {
    let shared = text(&spec(Depth::Packets(9), &["s_bytes_sum", "s_bytes_mean", "s_bytes_std", "s_pkt_cnt"]), None);
    let (update, extract) = shared.split_once("fn extract").expect("both are there");
    assert_eq!(update.matches("wrapping_add").count(), 3, "a sum, a sum of squares and a count\n{update}");
    assert_eq!(update.matches("packet.view.bytes()").count(), 1, "{update}");
    assert!(!extract.contains("wrapping_add"), "{extract}");
}

#[test]
fn nothing_is_read_that_no_feature_needs() {
    for feature in FeatureId::ALL {
        let code = text(&spec(Depth::Packets(9), &[feature.name()]), None);
        let definition = feature.row().definition;
        let is_field = |wanted| matches!(definition, Definition::Statistic(_, field, _) if field == wanted);
        let handshake = matches!(definition, Definition::TcpRtt | Definition::SynAck | Definition::AckDat);
        let load = matches!(definition, Definition::Load(_));
        let gaps = is_field(Field::Iat);
        for (read, needed) in [
            ("packet.view.bytes()", is_field(Field::Bytes) || load),
            ("packet.view.ttl()", is_field(Field::Ttl)),
            ("packet.view.winsize()", is_field(Field::Winsize)),
            ("packet.view.flags()", matches!(definition, Definition::Flag(_)) || handshake),
            ("packet.time_ns", gaps || load || handshake || definition == Definition::Duration),
            ("packet.view.source_port()", matches!(definition, Definition::Port(_))),
            (
                "packet.view.protocol()",
                matches!(definition, Definition::Flag(_) | Definition::Protocol) || is_field(Field::Winsize),
            ),
            ("Sorted", matches!(definition, Definition::Statistic(_, _, Statistic::Med))),
        ] {
            assert_eq!(code.contains(read), needed, "{read} for {feature}\n{code}");
        }
    }
}

#[test]
fn emitted_code_has_none_of_what_it_must_not_have() {
    let all = FeatureId::ALL.map(FeatureId::name);
    let mut codes = vec![text(&spec(Depth::All, &all), None), text(&spec(Depth::Packets(1), &all), None)];
    for strategy in [Strategy::NestedIf, Strategy::ConstTable] {
        for vote in [Vote::Soft, Vote::Hard] {
            let spec = with_model(spec(Depth::Packets(3), &["dur", "s_ttl_med"]), strategy);
            codes.push(text(&spec, Some(&model(ModelKind::RandomForest { vote }, ["dur", "s_ttl_med"]))));
        }
        let spec = with_model(spec(Depth::Packets(3), &["dur", "s_ttl_med"]), strategy);
        codes.push(text(&spec, Some(&model(ModelKind::DecisionTree, ["dur", "s_ttl_med"]))));
    }
    for code in codes {
        for word in
            ["unsafe", "dyn ", "cfg", "Box", "Vec", "alloc", "unwrap()", "expect(", "panic", "std::", "cato_runtime"]
        {
            assert!(!code.contains(word), "{word}\n{code}");
        }
        // Places known to rustc, which refuses those out of bounds, cannot panic.
        let code = (0..FeatureId::ALL.len()).fold(code, |code, place| code.replace(&format!("features[{place}]"), ""));
        // What is in brackets after a value would be any other indexing.
        let indexing = code.split('[').skip(1).zip(code.split('[')).any(|(_, before)| {
            before.ends_with(|last: char| last.is_alphanumeric() || matches!(last, ')' | ']' | '_'))
        });
        assert!(!indexing, "{code}");
    }
}
