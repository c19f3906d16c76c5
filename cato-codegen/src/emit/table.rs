//! Trees as tables of nodes that a loop walks, many trees side by side.
//!
//! A node is eight bytes, little endian. The lowest four are its threshold, as an integer that is ordered as the number
//! is; then come a byte for the feature and three for the place of the child to which values up to the threshold go. The
//! child for larger values is the next one, so a step is a comparison whose carry is added, without a branch that could
//! be foreseen wrongly. A leaf is its own child, and its threshold, above that of any finite number, also says which leaf
//! it is: walks that are at their end stay there, until those beside them are too.
//!
//! One step waits for the memory of the one before it. Side by side, [`LANES`] walks fill that time.

mod layout;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::leaves::{self, Leaves};
use super::{forest, number};
use crate::ir::Pipeline;
use crate::model::{Model, Vote, winner};
use layout::{LEAF_BITS, Layout};

/// The most nodes that a table can number, those that fill up its last group of trees included.
pub(crate) const MOST_NODES: usize = 16_000_000;

/// At most so many trees are walked at once. With more, the compiler no longer writes the walks one after the other.
const LANES: usize = 20;

/// A decision tree as a table: its items, and the body of `predict`.
pub(super) fn tree(pipeline: &Pipeline, model: &Model) -> (TokenStream, TokenStream) {
    let mut verdicts = Vec::new();
    let layout = Layout::of(model, 1, |leaf| {
        let (class, confidence) = winner(leaf.iter().copied());
        verdicts.extend([class, confidence].map(u16::to_le_bytes).concat());
        verdicts.len() / VERDICT_BYTES - 1
    });
    let steps = number(layout.groups.first().map_or(0, |group| group.depth));
    let nodes = node_items(pipeline, &layout);
    let verdicts = table(&verdicts);
    let items = quote! {
        #nodes

        /// The class and the confidence of each leaf, two bytes each.
        static VERDICTS: #verdicts;
    };
    let body = quote! {
        let keys = keys(features);
        let mut at = 0usize;
        for _ in 0..#steps {
            let child = child(&keys, at);
            if child == at {
                break;
            }
            at = child;
        }
        let (verdicts, _) = VERDICTS.0.as_chunks::<4>();
        let [c0, c1, s0, s1] = verdicts.get(leaf(at)).copied().unwrap_or_default();
        rt::Verdict { class: u16::from_le_bytes([c0, c1]), confidence: u16::from_le_bytes([s0, s1]) }
    };
    (items, body)
}

const VERDICT_BYTES: usize = 4;

/// A forest as a table: its items, and the body of `predict`.
pub(super) fn forest(pipeline: &Pipeline, model: &Model, vote: Vote) -> (TokenStream, TokenStream) {
    // As few groups as can be, and as equal.
    let lanes = model.trees.len().div_ceil(model.trees.len().div_ceil(LANES));
    let classes = model.classes.len();
    let (layout, leaf_items, count, sums) = match vote {
        Vote::Soft => {
            let mut leaves = Leaves::for_model(model);
            let layout = Layout::of(model, lanes, |leaf| leaves.number(leaf));
            (layout, leaves.items(), leaves.count_votes(), leaves.sums(classes))
        }
        Vote::Hard => {
            let layout = Layout::of(model, lanes, |leaf| usize::from(winner(leaf.iter().copied()).0));
            (layout, quote!(), leaves::count_hard_vote(), classes)
        }
    };
    let winner = forest::winner_function(model, sums);
    let nodes = node_items(pipeline, &layout);
    let groups = group_items(&layout, lanes);
    let count = quote! {
        let keys = keys(features);
        for group in &GROUPS {
            for leaf in walk(&keys, group) {
                #count
            }
        }
    };
    (quote!(#winner #groups #nodes #leaf_items), forest::count_votes(sums, &count))
}

/// The walks of a group of trees.
fn group_items(layout: &Layout, lanes: usize) -> TokenStream {
    let keys = number(key_count(layout.features));
    let lanes = number(lanes);
    let count = number(layout.groups.len());
    let groups = layout.groups.iter().map(|group| {
        let steps = number(group.depth);
        let roots = group.roots.iter().map(|&root| number(root));
        quote!((#steps, [#(#roots),*]))
    });
    quote! {
        /// Walks the trees of a group to their leaves, side by side, so that none has to wait for another's memory.
        #[inline]
        fn walk(keys: &[u32; #keys], &(steps, roots): &(u32, [usize; #lanes])) -> [usize; #lanes] {
            let mut places = roots;
            for _ in 0..steps {
                for place in &mut places {
                    *place = child(keys, *place);
                }
            }
            places.map(leaf)
        }

        /// How deep the trees of a group are, and the root of each.
        static GROUPS: [(u32, [usize; #lanes]); #count] = [#(#groups),*];
    }
}

/// The nodes, and the ways to read them.
fn node_items(pipeline: &Pipeline, layout: &Layout) -> TokenStream {
    let features = number(pipeline.features.len());
    let key_count = key_count(layout.features);
    let (keys, last_key) = (number(key_count), number(key_count - 1));
    let last_node = number(layout.nodes.len() - 1);
    let leaf_mask = number((1u32 << LEAF_BITS) - 1);
    let bytes: Vec<u8> = layout.nodes.iter().flat_map(|node| node.to_le_bytes()).collect();
    let nodes = table(&bytes);
    quote! {
        /// The features as integers that are ordered as they are.
        #[inline]
        fn keys(features: &[f32; #features]) -> [u32; #keys] {
            let mut keys = [0u32; #keys];
            for (key, value) in keys.iter_mut().zip(features) {
                let bits = value.to_bits();
                // Of numbers below zero, the one with the larger bits is the smaller.
                let below_zero = (bits.cast_signed() >> 31).cast_unsigned();
                *key = bits ^ (below_zero | 0x8000_0000);
            }
            keys
        }

        /// Where a walk goes on from a node: at the child on its way, or still there, if it is a leaf.
        #[inline]
        fn child(keys: &[u32; #keys], place: usize) -> usize {
            let node = node(place);
            let key = keys.get((node >> 32) as usize & #last_key).copied().unwrap_or(0);
            ((node >> 40) as usize).wrapping_add(usize::from(key > node as u32))
        }

        /// Which leaf it is that a walk has come to.
        #[inline]
        fn leaf(place: usize) -> usize {
            node(place) as usize & #leaf_mask
        }

        /// The node at a place; the table is as long as a power of two, so that no place is beyond it.
        #[inline]
        fn node(place: usize) -> u64 {
            let (nodes, _) = NODES.0.as_chunks::<8>();
            nodes.get(place & #last_node).map_or(0, |node| u64::from_le_bytes(*node))
        }

        /// A table that begins with a cache line.
        #[repr(align(64))]
        struct Lines<T>(T);

        /// Nodes of eight bytes: threshold, feature, place of the first child.
        static NODES: #nodes;
    }
}

/// The type and the value of a static table of bytes.
pub(super) fn table(bytes: &[u8]) -> TokenStream {
    let len = number(bytes.len());
    let bytes = Literal::byte_string(bytes);
    quote!(Lines<[u8; #len]> = Lines(*#bytes))
}

/// Places for keys: a power of two, so that a feature number that is cut to its bits is one of them.
fn key_count(features: usize) -> usize {
    features.next_power_of_two()
}
