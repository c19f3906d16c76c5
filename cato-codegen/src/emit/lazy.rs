//! Extraction and prediction in one step, which finishes only what the decision needs.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::finish::{condition, delays, value};
use super::{extract, names, tree};
use crate::ir::{Classifier, Column, Emission, Pipeline};
use crate::model::{Model, ModelKind, Node, Tree};

/// The function `classify`, and the functions that it uses; nothing where every feature is needed for every decision.
///
/// A tree of nested `if` finishes a feature at the first split on a path that reads it. Other models read features by
/// number, so those that no split reads are left out.
pub(super) fn classify(pipeline: &Pipeline) -> (TokenStream, TokenStream) {
    let decided =
        pipeline.classifier.as_ref().and_then(|classifier| decided(pipeline, classifier, &quote!(Self::predict)));
    let Some((body, functions)) = decided else { return (quote!(), quote!()) };
    let classify = quote! {
        #[inline]
        fn classify(state: &State) -> rt::Verdict {
            #body
        }
    };
    (classify, functions)
}

/// What turns `state` into a verdict of the model, which `predict` applies to features, and the functions that this uses;
/// `None` where every feature is needed for every decision, or none is.
pub(super) fn decided(
    pipeline: &Pipeline,
    classifier: &Classifier,
    predict: &TokenStream,
) -> Option<(TokenStream, TokenStream)> {
    let Classifier { model, emission, .. } = classifier;
    let read = model.features_read();
    match (model.kind, emission, model.trees.first()) {
        _ if read.is_empty() => None,
        (ModelKind::DecisionTree, Emission::NestedIf, Some(tree)) => {
            let functions = read.iter().filter_map(|&feature| pipeline.columns.get(usize::from(feature)));
            let functions = functions.map(|column| function(pipeline, column));
            let body = walk(pipeline, model, tree, 0, &BTreeSet::new());
            Some((body, quote!(#(#functions)*)))
        }
        _ if read.len() == pipeline.columns.len() => None,
        _ => {
            let body = extract::body(pipeline, &|place| u16::try_from(place).is_ok_and(|place| read.contains(&place)));
            let body = quote! {
                let features = { #body };
                #predict(&features)
            };
            Some((body, quote!()))
        }
    }
}

/// A function that finishes one feature.
fn function(pipeline: &Pipeline, column: &Column) -> TokenStream {
    let name = finisher(column);
    let documentation = format!(" Finishes `{}`.", column.feature.name());
    let delays = delays(std::iter::once(column.formula));
    let value = value(pipeline, column);
    let body = if column.conditions.is_empty() {
        quote!(#delays #value)
    } else {
        let conditions = column.conditions.iter().map(|&condition| self::condition(condition));
        quote!(#delays if #(#conditions)&&* { #value } else { -1.0 })
    };
    let state = if column.needs().is_empty() { quote!(_state) } else { quote!(state) };
    quote! {
        #[doc = #documentation]
        #[inline]
        fn #name(#state: &State) -> f32 {
            #body
        }
    }
}

fn finisher(column: &Column) -> syn::Ident {
    format_ident!("finish_{}", column.feature.name())
}

/// The node at `at` and all below it, where the features in `known` are finished.
fn walk(pipeline: &Pipeline, model: &Model, tree: &Tree, at: usize, known: &BTreeSet<u16>) -> TokenStream {
    let (feature, threshold, right) = match tree.get(at) {
        Some(&Node::Split { feature, threshold, right }) => (feature, threshold, right),
        Some(&Node::Leaf { leaf }) => return model.leaves.get(leaf as usize).map(tree::verdict).unwrap_or_default(),
        None => return quote!(),
    };
    let Some(column) = pipeline.columns.get(usize::from(feature)) else { return quote!() };
    let name = names::feature(column.feature);
    let mut below_known = known.clone();
    let finish = below_known.insert(feature).then(|| {
        let finisher = finisher(column);
        quote!(let #name = #finisher(state);)
    });
    let below = walk(pipeline, model, tree, at + 1, &below_known);
    let above = walk(pipeline, model, tree, right as usize, &below_known);
    let split = tree::split(&quote!(#name), threshold, &below, &above);
    quote!(#finish #split)
}

#[cfg(test)]
mod tests {
    use super::classify;
    use crate::compile::compile;
    use crate::model::{Model, ModelKind, Node};
    use crate::spec::{Depth, ModelSpec, Spec, Strategy};

    /// Decides by the first feature alone, by the first and the second, or by all but the last; three in all are read.
    fn code(strategy: Strategy) -> (String, String) {
        let features = ["dur", "s_bytes_mean", "d_bytes_mean", "s_ttl_std"].map(str::to_owned).to_vec();
        let split = |feature, right| Node::Split { feature, threshold: 7.5, right };
        let leaf = |leaf| Node::Leaf { leaf };
        let model = Model {
            kind: ModelKind::DecisionTree,
            features: features.clone(),
            classes: ["a", "b"].map(str::to_owned).to_vec(),
            leaves: vec![vec![(0, u16::MAX)], vec![(1, u16::MAX)]],
            trees: vec![vec![
                split(0, 2),
                leaf(0),
                split(1, 6),
                split(2, 5),
                leaf(0),
                leaf(1),
                split(0, 8),
                leaf(0),
                leaf(1),
            ]],
        };
        let model_spec = Some(ModelSpec::new("model.json", strategy));
        let spec =
            Spec { version: 1, name: None, early: vec![], depth: Depth::Packets(10), features, model: model_spec };
        let (body, functions) = classify(&compile(&spec, &[&model]).unwrap());
        (body.to_string(), functions.to_string())
    }

    #[test]
    fn a_path_finishes_what_it_reads_and_once() {
        let (body, functions) = code(Strategy::NestedIf);
        let finished = |name: &str| body.matches(&format!("finish_{name} (state)")).count();
        assert_eq!(
            [finished("dur"), finished("s_bytes_mean"), finished("d_bytes_mean"), finished("s_ttl_std")],
            [1, 1, 1, 0]
        );
        let place = |text: &str| body.find(text).unwrap();
        assert!(place("finish_dur") < place("else") && place("else") < place("finish_s_bytes_mean"), "{body}");
        // Three functions, for the three features that are read, of four.
        assert_eq!(functions.matches("fn finish_").count(), 3);
    }

    #[test]
    fn a_table_leaves_out_what_no_split_reads() {
        let (body, functions) = code(Strategy::ConstTable);
        assert_eq!((body.matches("features [").count(), functions.as_str()), (3, ""), "{body}");
    }
}
