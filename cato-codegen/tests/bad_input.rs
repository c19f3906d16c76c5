//! Damaged specs and models are refused, and never more than that.

use std::str::FromStr as _;

use cato_codegen::attr::Invocation;
use cato_codegen::catalog::FeatureId;
use cato_codegen::model::{Model, ModelKind, Node, Vote};
use cato_codegen::spec::{Depth, ModelSpec, Spec, Strategy as Emission};
use proc_macro2::TokenStream;
use proptest::prelude::*;

fn any_spec() -> impl Strategy<Value = Spec> {
    let depth = prop_oneof![Just(Depth::All), (1..=u16::MAX).prop_map(Depth::Packets)];
    let names: Vec<String> = FeatureId::ALL.iter().map(|feature| feature.name().to_owned()).collect();
    let features = proptest::sample::subsequence(names, 1..=67).prop_shuffle();
    let strategy = proptest::sample::select(Emission::ALL.to_vec());
    let classes = proptest::option::of(proptest::collection::vec(any::<String>(), 0..4));
    let model = proptest::option::of(
        (any::<String>(), strategy, classes)
            .prop_map(|(file, strategy, classes)| ModelSpec { classes, ..ModelSpec::new(file, strategy) }),
    );
    (proptest::option::of(any::<String>()), depth, features, model).prop_map(|(name, depth, features, model)| Spec {
        version: 1,
        name,
        early: vec![],
        depth,
        features,
        model,
    })
}

/// A piece of `text` replaced by other characters.
fn damaged(text: String) -> impl Strategy<Value = String> {
    let len = text.chars().count();
    (0..len, 0..4usize, "[-0-9a-z\\[\\]{}\",.= \n]{0,4}").prop_map(move |(at, cut, put)| {
        let kept = text.chars().take(at).chain(put.chars()).chain(text.chars().skip(at + cut));
        kept.collect()
    })
}

fn model() -> Model {
    let tree = vec![
        Node::Split { feature: 0, threshold: 1_500.5, right: 4 },
        Node::Split { feature: 1, threshold: -1.0, right: 3 },
        Node::Leaf { leaf: 0 },
        Node::Leaf { leaf: 1 },
        Node::Leaf { leaf: 1 },
    ];
    Model {
        kind: ModelKind::RandomForest { vote: Vote::Soft },
        features: vec!["dur".to_owned(), "s_load".to_owned()],
        classes: vec!["a".to_owned(), "b".to_owned()],
        leaves: vec![vec![(0, 65_535)], vec![(0, 20_000), (1, 45_535)]],
        trees: vec![tree.clone(), tree],
    }
}

const ARGUMENTS: &str =
    "depth = 10, features = [\"dur\", \"s_load\"], model = \"m.json\", strategy = \"auto\", classes = [\"a\", \"b\"]";
const ITEM: &str =
    "#[derive(Debug)] pub struct Session { #[feature(name = \"s_load\")] pub load: f32, #[feature] dur: f32 }";

proptest! {
    #[test]
    fn specs_survive_being_written_and_read(spec in any_spec()) {
        prop_assert_eq!(Spec::from_toml(&spec.to_toml()), Ok(spec));
    }

    #[test]
    fn a_damaged_spec_is_read_or_refused_with_a_place(text in any_spec().prop_flat_map(|spec| damaged(spec.to_toml()))) {
        if let Err(mistakes) = Spec::from_toml(&text) {
            for mistake in mistakes.iter() {
                let position = mistake.position.expect("every mistake in a text has a place");
                prop_assert!(position.line <= text.lines().count().max(1) + 1);
            }
        }
    }

    #[test]
    fn a_damaged_attribute_is_read_or_refused(
        arguments in damaged(ARGUMENTS.to_owned()),
        item in damaged(ITEM.to_owned()),
    ) {
        // What is no tokens never comes to a macro.
        if let (Ok(arguments), Ok(item)) = (TokenStream::from_str(&arguments), TokenStream::from_str(&item))
            && let Err(errors) = Invocation::parse(arguments, item)
        {
            prop_assert!(errors.to_string().contains("compile_error"));
        }
    }

    #[test]
    fn a_damaged_model_is_read_or_refused(text in damaged(model().to_json())) {
        if let Ok(model) = Model::from_json(&text) {
            let row = vec![0.0; model.features.len()];
            prop_assert!(usize::from(model.predict(&row).class) < model.classes.len());
        }
    }
}
