//! Trees as tables of nodes that a loop walks.
//!
//! A node is eight bytes, little endian. The first four hold a threshold, or what a leaf says; the top byte of the last
//! four a feature, or [`LEAF`]; the 24 bits below it how far beyond the left child, which is the next node, the right
//! one lies. So a walk only ever goes forward, and ends.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{forest, number};
use crate::ir::Pipeline;
use crate::model::{Leaf, Model, Node, Vote, winner};

/// Stands for the feature in a leaf; no pipeline has so many.
const LEAF: u8 = u8::MAX;
const NODE_BYTES: usize = 8;
const ENTRY_BYTES: usize = 4;

/// A decision tree as a table: its items, and the body of `predict`.
pub(super) fn tree(pipeline: &Pipeline, model: &Model) -> (TokenStream, TokenStream) {
    let nodes = Nodes::of(model, |leaf| {
        let (class, confidence) = winner(leaf.iter().copied());
        (u32::from(class) | u32::from(confidence) << 16, 0)
    });
    let body = quote! {
        let (answer, _) = walk(features, 0);
        rt::Verdict { class: answer as u16, confidence: (answer >> 16) as u16 }
    };
    (nodes.items(pipeline), body)
}

/// A forest as a table: its items, and the body of `predict`.
pub(super) fn forest(pipeline: &Pipeline, model: &Model, vote: Vote) -> (TokenStream, TokenStream) {
    let mut entries = Entries::default();
    let nodes = Nodes::of(model, |leaf| match vote {
        Vote::Soft => entries.place(leaf),
        Vote::Hard => (u32::from(winner(leaf.iter().copied()).0), 0),
    });
    let node_items = nodes.items(pipeline);
    let entry_items = (vote == Vote::Soft).then(|| entries.items());
    let trees = number(nodes.roots.len());
    let roots = nodes.roots.iter().map(|&root| number(root));
    let winner = forest::winner_function(model);
    let count = match vote {
        Vote::Soft => quote! {
            let (entries, _) = LEAVES.as_chunks::<4>();
            for &root in &ROOTS {
                let (first, count) = walk(features, root);
                let first = first as usize;
                for &[c0, c1, s0, s1] in entries.get(first..first.wrapping_add(count as usize)).unwrap_or(&[]) {
                    if let Some(sum) = votes.get_mut(usize::from(u16::from_le_bytes([c0, c1]))) {
                        *sum = sum.wrapping_add(u32::from(u16::from_le_bytes([s0, s1])));
                    }
                }
            }
        },
        Vote::Hard => quote! {
            for &root in &ROOTS {
                let (class, _) = walk(features, root);
                if let Some(sum) = votes.get_mut(class as usize) {
                    *sum = sum.wrapping_add(65535);
                }
            }
        },
    };
    let items = quote! {
        #winner
        #node_items
        /// The first node of each tree.
        const ROOTS: [usize; #trees] = [#(#roots),*];
        #entry_items
    };
    (items, forest::count_votes(model, &count))
}

/// The nodes of all trees, one after the other.
struct Nodes {
    bytes: Vec<u8>,
    roots: Vec<usize>,
}

impl Nodes {
    /// `answer` gives the two numbers, of 32 and of 24 bits, that a leaf holds.
    fn of(model: &Model, mut answer: impl FnMut(&Leaf) -> (u32, u32)) -> Self {
        let answers: Vec<_> = model.leaves.iter().map(&mut answer).collect();
        let mut nodes = Self { bytes: Vec::with_capacity(model.nodes() * NODE_BYTES), roots: Vec::new() };
        for tree in &model.trees {
            nodes.roots.push(nodes.bytes.len() / NODE_BYTES);
            for (at, node) in tree.iter().enumerate() {
                let (low, feature, rest) = match *node {
                    Node::Split { feature, threshold, right } => {
                        // Beyond the left child, so that 0 would still lead forward.
                        let skip = (right as usize).saturating_sub(at + 1);
                        (threshold.to_bits(), feature as u8, skip as u32)
                    }
                    Node::Leaf { leaf } => {
                        let (low, rest) = answers.get(leaf as usize).copied().unwrap_or_default();
                        (low, LEAF, rest)
                    }
                };
                nodes.bytes.extend(low.to_le_bytes());
                nodes.bytes.extend((u32::from(feature) << 24 | rest).to_le_bytes());
            }
        }
        nodes
    }

    fn items(&self, pipeline: &Pipeline) -> TokenStream {
        let features = number(pipeline.features.len());
        let len = number(self.bytes.len());
        let bytes = Literal::byte_string(&self.bytes);
        quote! {
            /// Walks from the node `at` to a leaf, and gives the two numbers that it holds.
            #[inline]
            fn walk(features: &[f32; #features], mut at: usize) -> (u32, u32) {
                let (nodes, _) = NODES.as_chunks::<8>();
                while let Some(&node) = nodes.get(at) {
                    let node = u64::from_le_bytes(node);
                    let rest = (node >> 32) as u32 & 0x00ff_ffff;
                    // The feature of a leaf is none of the pipeline's.
                    let Some(&value) = features.get((node >> 56) as usize) else {
                        return (node as u32, rest);
                    };
                    let skip = if value <= f32::from_bits(node as u32) { 0 } else { rest };
                    at = at.wrapping_add(1).wrapping_add(skip as usize);
                }
                (0, 0)
            }

            /// Nodes of eight bytes, in preorder: threshold, distance of the right child, feature.
            const NODES: &[u8; #len] = #bytes;
        }
    }
}

/// The distinct leaf distributions, one after the other.
#[derive(Default)]
struct Entries {
    bytes: Vec<u8>,
    places: BTreeMap<Leaf, (u32, u32)>,
}

impl Entries {
    /// First entry and number of entries of a leaf.
    fn place(&mut self, leaf: &Leaf) -> (u32, u32) {
        if let Some(&place) = self.places.get(leaf) {
            return place;
        }
        let place = ((self.bytes.len() / ENTRY_BYTES) as u32, leaf.len() as u32);
        for (class, share) in leaf {
            self.bytes.extend(class.to_le_bytes());
            self.bytes.extend(share.to_le_bytes());
        }
        self.places.insert(leaf.clone(), place);
        place
    }

    fn items(&self) -> TokenStream {
        let len = number(self.bytes.len());
        let bytes = Literal::byte_string(&self.bytes);
        quote! {
            /// Entries of four bytes: a class and its share of the leaf, in 65535ths.
            const LEAVES: &[u8; #len] = #bytes;
        }
    }
}
