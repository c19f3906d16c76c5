//! The emitted source of each family of features, and of each kind of model in each strategy.

use std::collections::BTreeSet;

use cato_codegen::attr::{Invocation, Source};
use cato_codegen::catalog::{Definition, FeatureId};
use cato_codegen::model::{Model, ModelKind, Node, Vote};
use cato_codegen::spec::{Depth, ModelSpec, SPEC_VERSION, Spec, Strategy};
use cato_codegen::{expand, render};
use quote::quote;

/// Families of the catalogue, each at a depth that shows most of it.
const FAMILIES: [(&str, Depth, &[&str]); 12] = [
    ("duration", Depth::Packets(10), &["dur"]),
    ("protocol", Depth::Packets(1), &["proto"]),
    ("ports", Depth::Packets(10), &["s_port", "d_port"]),
    ("load", Depth::Packets(10), &["s_load"]),
    ("packets", Depth::All, &["s_pkt_cnt", "d_pkt_cnt"]),
    ("handshake", Depth::Packets(10), &["tcp_rtt", "syn_ack", "ack_dat"]),
    (
        "flags",
        Depth::Packets(10),
        &["cwr_cnt", "ece_cnt", "urg_cnt", "ack_cnt", "psh_cnt", "rst_cnt", "syn_cnt", "fin_cnt"],
    ),
    (
        "bytes",
        Depth::Packets(10),
        &["s_bytes_sum", "s_bytes_mean", "s_bytes_min", "s_bytes_max", "s_bytes_med", "s_bytes_std"],
    ),
    ("iat", Depth::Packets(10), &["s_iat_mean", "s_iat_sum", "s_iat_min", "s_iat_max", "s_iat_med", "s_iat_std"]),
    (
        "winsize",
        Depth::Packets(10),
        &["d_winsize_sum", "d_winsize_mean", "d_winsize_min", "d_winsize_max", "d_winsize_med", "d_winsize_std"],
    ),
    ("ttl", Depth::All, &["d_ttl_sum", "d_ttl_mean", "d_ttl_min", "d_ttl_max", "d_ttl_med", "d_ttl_std"]),
    ("one_packet", Depth::Packets(1), &["dur", "s_load", "s_bytes_std", "d_iat_med", "d_bytes_sum", "s_pkt_cnt"]),
];

const KINDS: [(&str, ModelKind); 3] = [
    ("tree", ModelKind::DecisionTree),
    ("soft_forest", ModelKind::RandomForest { vote: Vote::Soft }),
    ("hard_forest", ModelKind::RandomForest { vote: Vote::Hard }),
];

#[test]
fn families() {
    for (family, depth, features) in FAMILIES {
        let text = render(&spec(depth, features, None), &[], "Example").expect("a sound spec");
        insta::assert_snapshot!(format!("family_{family}"), text);
    }
}

/// What comes after the features: the model alone.
#[test]
fn models() {
    for (name, kind) in KINDS {
        for strategy in Strategy::ALL.into_iter().filter(|&strategy| strategy != Strategy::Auto) {
            let spec = spec(Depth::Packets(10), &["dur", "s_bytes_mean"], Some(strategy));
            let text = render(&spec, &[&model(kind)], "Example").expect("they fit");
            let (_, model) = text.split_once("    #[inline]\n    fn predict").expect("every pipeline predicts");
            insta::assert_snapshot!(format!("model_{name}_{}", strategy.name()), format!("fn predict{model}"));
        }
    }
}

/// What the macro makes of a struct whose fields are the features, in another order than columns.
#[test]
fn fields() {
    let item = quote! {
        /// What a session looks like.
        #[derive(Clone, Copy, Debug)]
        pub struct Session {
            /// How large its packets are.
            #[feature(name = "s_bytes_mean")]
            pub size: f32,
            #[feature]
            dur: f32,
        }
    };
    let invocation = Invocation::parse(quote!(depth = 10, model = "model.json"), item).expect("a sound attribute");
    let Source::Inline(spec) = &invocation.source else { panic!("a spec in place") };
    let tokens = expand(spec, &[&model(ModelKind::DecisionTree)], &invocation.item).expect("they fit");
    let file = syn::parse2(tokens).expect("it is Rust");
    insta::assert_snapshot!(prettyplease::unparse(&file));
}

#[test]
fn every_family_and_statistic_is_among_them() {
    let sort = |feature: FeatureId| match feature.row().definition {
        Definition::Port(_) => "port".to_owned(),
        Definition::Load(_) => "load".to_owned(),
        Definition::Packets(_) => "packets".to_owned(),
        Definition::Statistic(_, field, statistic) => format!("{field:?} {statistic:?}"),
        other => format!("{other:?}"),
    };
    let shown = FAMILIES.iter().flat_map(|(_, _, features)| *features).filter_map(|name| FeatureId::by_name(name));
    let shown: BTreeSet<_> = shown.map(sort).collect();
    assert_eq!(shown, FeatureId::ALL.into_iter().map(sort).collect());
}

fn spec(depth: Depth, features: &[&str], strategy: Option<Strategy>) -> Spec {
    let features = features.iter().map(|&name| name.to_owned()).collect();
    let model = strategy.map(|strategy| ModelSpec::new("model.json", strategy));
    Spec { version: SPEC_VERSION, name: None, early: vec![], depth, features, model }
}

/// Small enough to be read, and with every sort of leaf: pure, mixed, shared.
fn model(kind: ModelKind) -> Model {
    let first = vec![
        Node::Split { feature: 0, threshold: 1_500.5, right: 4 },
        Node::Split { feature: 1, threshold: -1.0, right: 3 },
        Node::Leaf { leaf: 0 },
        Node::Leaf { leaf: 1 },
        Node::Leaf { leaf: 2 },
    ];
    let second =
        vec![Node::Split { feature: 1, threshold: 99.5, right: 2 }, Node::Leaf { leaf: 1 }, Node::Leaf { leaf: 2 }];
    Model {
        kind,
        features: ["dur", "s_bytes_mean"].map(str::to_owned).to_vec(),
        classes: ["camera", "hub", "plug"].map(str::to_owned).to_vec(),
        leaves: vec![vec![(0, 65_535)], vec![(0, 20_000), (1, 45_535)], vec![(2, 65_535)]],
        trees: if kind == ModelKind::DecisionTree { vec![first] } else { vec![first, second] },
    }
}
