//! Trees as tables of nodes that a loop walks, several trees at once.
//!
//! A node is eight bytes, little endian. The top byte is a feature, or [`LEAF`]. Of a split, the lowest four bytes are
//! the threshold and the 24 bits in between say how far beyond the left child, which is the next node, the right one
//! lies. Of a leaf, they are what the leaf says. So a walk only ever goes forward, and ends.
//!
//! One step waits for the one before it, for a dozen cycles or so. Walking [`LANES`] trees side by side fills that time,
//! and was twice as fast as one after the other on forests of 100 trees.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::leaves::{self, Leaves};
use super::{forest, number};
use crate::ir::Pipeline;
use crate::model::{Leaf, Model, Node, Vote, winner};

/// How many trees are walked at once.
const LANES: usize = 8;
/// Stands for the feature in a leaf; no pipeline has so many.
const LEAF: u8 = u8::MAX;
/// A leaf of no class and no distribution, for lanes without a tree.
const VOID: u64 = u64::MAX;

/// A decision tree as a table: its items, and the body of `predict`.
pub(super) fn tree(pipeline: &Pipeline, model: &Model) -> (TokenStream, TokenStream) {
    let table = Table::of(model, 1, |leaf| {
        let (class, confidence) = winner(leaf.iter().copied());
        u64::from(class) | u64::from(confidence) << 16
    });
    let body = quote! {
        let [leaf] = walk(features, [0]);
        rt::Verdict { class: leaf as u16, confidence: (leaf >> 16) as u16 }
    };
    (table.items(pipeline), body)
}

/// A forest as a table: its items, and the body of `predict`.
pub(super) fn forest(pipeline: &Pipeline, model: &Model, vote: Vote) -> (TokenStream, TokenStream) {
    let lanes = LANES.min(model.trees.len());
    let (table, leaf_items, count) = match vote {
        Vote::Soft => {
            let mut leaves = Leaves::for_model(model);
            let table = Table::of(model, lanes, |leaf| leaves.place(leaf));
            (table, leaves.items(), leaves.count_votes())
        }
        Vote::Hard => {
            let table = Table::of(model, lanes, |leaf| u64::from(winner(leaf.iter().copied()).0));
            (table, quote!(), leaves::count_hard_vote())
        }
    };
    let winner = forest::winner_function(model);
    let table_items = table.items(pipeline);
    let root_items = table.root_items();
    let count = quote! {
        for roots in ROOTS {
            for leaf in walk(features, roots) {
                #count
            }
        }
    };
    (quote!(#winner #table_items #root_items #leaf_items), forest::count_votes(model, &count))
}

/// The nodes of all trees, one tree after the other.
struct Table {
    nodes: Vec<u64>,
    roots: Vec<usize>,
    lanes: usize,
}

impl Table {
    /// `answer` gives the 56 bits that a leaf holds.
    fn of(model: &Model, lanes: usize, mut answer: impl FnMut(&Leaf) -> u64) -> Self {
        let mut table = Self { nodes: Vec::with_capacity(model.nodes() + 1), roots: Vec::new(), lanes };
        // Leaves are numbered by the model, and those that no tree ends in are left out.
        let mut answers: Vec<Option<u64>> = vec![None; model.leaves.len()];
        for tree in &model.trees {
            table.roots.push(table.nodes.len());
            for (at, node) in tree.iter().enumerate() {
                table.nodes.push(match *node {
                    Node::Split { feature, threshold, right } => {
                        let beyond = u64::from(right).saturating_sub(at as u64 + 1);
                        u64::from(threshold.to_bits()) | beyond << 32 | u64::from(feature) << 56
                    }
                    Node::Leaf { leaf } => {
                        let leaf = leaf as usize;
                        let answer = answers[leaf].get_or_insert_with(|| answer(&model.leaves[leaf]));
                        *answer | u64::from(LEAF) << 56
                    }
                });
            }
        }
        if !table.roots.len().is_multiple_of(lanes) {
            let void = table.nodes.len();
            table.nodes.push(VOID);
            table.roots.resize(table.roots.len().next_multiple_of(lanes), void);
        }
        table
    }

    fn items(&self, pipeline: &Pipeline) -> TokenStream {
        let features = number(pipeline.features.len());
        let lanes = number(self.lanes);
        let bytes: Vec<u8> = self.nodes.iter().flat_map(|node| node.to_le_bytes()).collect();
        let len = number(bytes.len());
        let bytes = Literal::byte_string(&bytes);
        quote! {
            /// Walks from each of the nodes `at` to a leaf.
            ///
            /// The walks go on together, so that one need not wait for the other's memory; each only ever goes forward.
            #[inline]
            fn walk(features: &[f32; #features], mut at: [usize; #lanes]) -> [u64; #lanes] {
                loop {
                    let steps = at.map(|at| step(features, at));
                    if steps.iter().fold(0, |any, (_, distance)| any | distance) == 0 {
                        return steps.map(|(leaf, _)| leaf);
                    }
                    for (at, (_, distance)) in at.iter_mut().zip(steps) {
                        *at = at.wrapping_add(distance);
                    }
                }
            }

            /// The node `at`, and how far on its child on the way lies: 0 for a leaf, whose feature is none of the
            /// pipeline's.
            #[inline]
            fn step(features: &[f32; #features], at: usize) -> (u64, usize) {
                let (nodes, _) = NODES.as_chunks::<8>();
                let node = nodes.get(at).map_or(u64::MAX, |node| u64::from_le_bytes(*node));
                let beyond = (node >> 32) as usize & 0x00ff_ffff;
                let distance = match features.get((node >> 56) as usize) {
                    Some(&value) => {
                        let skipped = if value <= f32::from_bits(node as u32) { 0 } else { beyond };
                        skipped.wrapping_add(1)
                    }
                    None => 0,
                };
                (node, distance)
            }

            /// Nodes of eight bytes, in preorder: threshold, distance of the right child beyond the left, feature.
            static NODES: &[u8; #len] = #bytes;
        }
    }

    fn root_items(&self) -> TokenStream {
        let lanes = number(self.lanes);
        let groups = self.roots.chunks(self.lanes).map(|group| {
            let roots = group.iter().map(|&root| number(root));
            quote!([#(#roots),*])
        });
        let count = number(self.roots.len() / self.lanes);
        quote! {
            /// The first node of each tree, in groups that are walked at once.
            static ROOTS: [[usize; #lanes]; #count] = [#(#groups),*];
        }
    }
}
