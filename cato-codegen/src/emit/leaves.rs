//! The leaf distributions of a forest that votes softly, as a table.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::number;
use super::table::table;
use crate::model::{Leaf, Model};

const SPARSE_BYTES: usize = 4;
const DENSE_BYTES: usize = 2;
/// Up to so many classes leaves are written densely, whatever the room.
const DENSE_CLASSES: usize = 64;
/// Shares in a cache line.
const LINE_SHARES: usize = 32;

/// The distinct distributions, one after the other.
pub(super) struct Leaves {
    layout: Layout,
    bytes: Vec<u8>,
    numbers: BTreeMap<Leaf, usize>,
}

/// How distributions are written.
enum Layout {
    /// As pairs of class and share. Of each leaf and of the end: which pair is its first.
    Sparse { firsts: Vec<u32> },
    /// As the shares of so many classes, zeros included; the last ones may belong to no class, so that no leaf has more
    /// cache lines than it needs.
    Dense { shares: usize },
}

impl Leaves {
    /// Dense where that takes little room: it needs no loop of unknown length, whose end is foreseen wrongly as often as
    /// not.
    pub(super) fn for_model(model: &Model) -> Self {
        let classes = model.classes.len();
        let shares =
            if classes <= LINE_SHARES { classes.next_power_of_two() } else { classes.next_multiple_of(LINE_SHARES) };
        let pairs: usize = model.leaves.iter().map(Vec::len).sum();
        let dense = model.leaves.len() * shares * DENSE_BYTES;
        let layout = if classes <= DENSE_CLASSES || dense <= 2 * pairs * SPARSE_BYTES {
            Layout::Dense { shares }
        } else {
            Layout::Sparse { firsts: vec![0] }
        };
        Self { layout, bytes: Vec::new(), numbers: BTreeMap::new() }
    }

    /// The number of a leaf, by which emitted code finds it.
    pub(super) fn number(&mut self, leaf: &Leaf) -> usize {
        if let Some(&number) = self.numbers.get(leaf) {
            return number;
        }
        let number = self.numbers.len();
        self.numbers.insert(leaf.clone(), number);
        match &mut self.layout {
            Layout::Sparse { firsts } => {
                for (class, share) in leaf {
                    self.bytes.extend(class.to_le_bytes());
                    self.bytes.extend(share.to_le_bytes());
                }
                firsts.push(u32::try_from(self.bytes.len() / SPARSE_BYTES).unwrap_or(u32::MAX));
            }
            Layout::Dense { shares: count } => {
                let mut shares = vec![0u16; *count];
                for &(class, share) in leaf {
                    if let Some(place) = shares.get_mut(usize::from(class)) {
                        *place = share;
                    }
                }
                self.bytes.extend(shares.into_iter().flat_map(u16::to_le_bytes));
            }
        }
        number
    }

    /// How many sums the votes are counted in, where there are `classes` classes.
    pub(super) fn sums(&self, classes: usize) -> usize {
        match self.layout {
            Layout::Sparse { .. } => classes,
            Layout::Dense { shares } => shares,
        }
    }

    /// The tables.
    pub(super) fn items(&self) -> TokenStream {
        let leaves = table(&self.bytes);
        match &self.layout {
            Layout::Sparse { firsts } => {
                let firsts = table(&firsts.iter().flat_map(|first| first.to_le_bytes()).collect::<Vec<_>>());
                quote! {
                    /// Four bytes for each class of each leaf: the class, and its share in 65535ths.
                    static LEAVES: #leaves;

                    /// Which entry is the first of each leaf, four bytes each, and how many there are.
                    static FIRSTS: #firsts;
                }
            }
            Layout::Dense { .. } => quote! {
                /// The shares of all classes in 65535ths, two bytes each, leaf by leaf.
                static LEAVES: #leaves;
            },
        }
    }

    /// Adds the distribution of `leaf` to `votes`.
    pub(super) fn count_votes(&self) -> TokenStream {
        match self.layout {
            Layout::Sparse { .. } => quote! {
                let (entries, _) = LEAVES.0.as_chunks::<4>();
                let (firsts, _) = FIRSTS.0.as_chunks::<4>();
                if let Some(&[first, end]) = firsts.get(leaf..).and_then(|firsts| firsts.first_chunk::<2>()) {
                    let (first, end) = (u32::from_le_bytes(first) as usize, u32::from_le_bytes(end) as usize);
                    for &[c0, c1, s0, s1] in entries.get(first..end).unwrap_or(&[]) {
                        if let Some(sum) = votes.get_mut(usize::from(u16::from_le_bytes([c0, c1]))) {
                            *sum = sum.wrapping_add(u32::from(u16::from_le_bytes([s0, s1])));
                        }
                    }
                }
            },
            Layout::Dense { shares } => {
                let row = number(shares * DENSE_BYTES);
                quote! {
                    let (rows, _) = LEAVES.0.as_chunks::<#row>();
                    if let Some(row) = rows.get(leaf) {
                        let (shares, _) = row.as_chunks::<2>();
                        for (sum, share) in votes.iter_mut().zip(shares) {
                            *sum = sum.wrapping_add(u32::from(u16::from_le_bytes(*share)));
                        }
                    }
                }
            }
        }
    }
}

/// Adds the whole vote of `leaf` to `votes`.
pub(super) fn count_hard_vote() -> TokenStream {
    quote! {
        if let Some(sum) = votes.get_mut(leaf) {
            *sum = sum.wrapping_add(65535);
        }
    }
}
