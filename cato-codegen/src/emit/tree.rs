//! Trees as nested `if`.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::names;
use crate::ir::Pipeline;
use crate::model::{Leaf, Model, Node, winner};

/// A decision tree: no items, and the body of `predict`.
pub(super) fn nested(pipeline: &Pipeline, model: &Model) -> (TokenStream, TokenStream) {
    let tree = model.trees.first().map_or(&[][..], Vec::as_slice);
    let call = quote!(tree(features));
    let function = function(pipeline, tree, "tree", &quote!(rt::Verdict), &|leaf| {
        model.leaves.get(leaf as usize).map(verdict).unwrap_or_default()
    });
    let at_most = at_most();
    (quote!(#function #at_most), call)
}

/// The function `name` that walks `tree` to a value of type `answer`, written by `leaf`.
pub(super) fn function(
    pipeline: &Pipeline,
    tree: &[Node],
    name: &str,
    answer: &TokenStream,
    leaf: &dyn Fn(u32) -> TokenStream,
) -> TokenStream {
    let name = names::ident(name);
    let count = super::number(pipeline.features.len());
    let used: Vec<bool> = (0..pipeline.features.len())
        .map(|index| {
            tree.iter().any(|node| matches!(node, Node::Split { feature, .. } if usize::from(*feature) == index))
        })
        .collect();
    let read = |feature: u16| {
        let name = pipeline.features.get(usize::from(feature)).copied().map(names::feature);
        quote!(#name)
    };
    let body = walk(tree, 0, &read, leaf);
    if !used.contains(&true) {
        return quote! {
            /// Walks a tree to its answer.
            #[inline]
            fn #name(_features: &[f32; #count]) -> #answer { #body }
        };
    }
    let bindings = pipeline.features.iter().zip(&used).map(|(&feature, used)| {
        let name = names::feature(feature);
        if *used { quote!(#name) } else { quote!(_) }
    });
    quote! {
        /// Walks a tree to its answer.
        #[inline]
        fn #name(features: &[f32; #count]) -> #answer {
            let [#(#bindings),*] = *features;
            #body
        }
    }
}

/// The comparison of every split. It is faster than that of numbers, and needs no constant in memory.
pub(super) fn at_most() -> TokenStream {
    quote! {
        /// Whether a value is at most a threshold, neither of them NaN, and the threshold not -0.
        #[inline(always)]
        fn at_most(value: f32, threshold: f32) -> bool {
            let (value, threshold) = (value.to_bits(), threshold.to_bits());
            // As signed integers all numbers below zero come first, in whatever order; of these, the one with the larger
            // bits is the smaller.
            if threshold.cast_signed() >= 0 {
                value.cast_signed() <= threshold.cast_signed()
            } else {
                value >= threshold
            }
        }
    }
}

/// The node at `at` and all below it, where `read` is how a split reads a feature, by its number. Recursion is bounded by
/// the depth up to which nested `if` may be chosen.
fn walk(tree: &[Node], at: usize, read: &dyn Fn(u16) -> TokenStream, leaf: &dyn Fn(u32) -> TokenStream) -> TokenStream {
    match tree.get(at) {
        Some(&Node::Split { feature, threshold, right }) => {
            let value = read(feature);
            let below = walk(tree, at + 1, read, leaf);
            let above = walk(tree, right as usize, read, leaf);
            split(&value, threshold, &below, &above)
        }
        Some(&Node::Leaf { leaf: number }) => leaf(number),
        None => quote!(),
    }
}

/// A split of a value: what is at most the threshold goes `below`.
pub(super) fn split(value: &TokenStream, threshold: f32, below: &TokenStream, above: &TokenStream) -> TokenStream {
    let threshold = float(threshold);
    quote!(if at_most(#value, #threshold) { #below } else { #above })
}

/// The verdict of a leaf that decides alone.
pub(super) fn verdict(leaf: &Leaf) -> TokenStream {
    let (class, confidence) = winner(leaf.iter().copied());
    let (class, confidence) = (super::number(class), super::number(confidence));
    quote!(rt::Verdict { class: #class, confidence: #confidence })
}

/// A finite float that reads back as the same number; -0 is 0.
fn float(value: f32) -> TokenStream {
    let magnitude = Literal::f32_unsuffixed(value.abs());
    if value < 0.0 { quote!(-#magnitude) } else { quote!(#magnitude) }
}
