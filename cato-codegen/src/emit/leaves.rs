//! The leaf distributions of a forest that votes softly, as a table.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::number;
use crate::model::{Leaf, Model};

const SPARSE_BYTES: usize = 4;
const DENSE_BYTES: usize = 2;

/// The distinct distributions, one after the other.
pub(super) struct Leaves {
    layout: Layout,
    bytes: Vec<u8>,
    places: BTreeMap<Leaf, u64>,
}

/// How a distribution is written.
enum Layout {
    /// As pairs of class and share; a leaf says which is its first and how many it has.
    Sparse,
    /// As the shares of all classes, zeros included; a leaf says which is its first.
    Dense { classes: usize },
}

impl Leaves {
    /// Dense where that takes no more than twice the room: it needs no loop of unknown length.
    pub(super) fn for_model(model: &Model) -> Self {
        let pairs: usize = model.leaves.iter().map(Vec::len).sum();
        let dense = model.leaves.len() * model.classes.len() * DENSE_BYTES;
        let layout = if dense <= 2 * pairs * SPARSE_BYTES {
            Layout::Dense { classes: model.classes.len() }
        } else {
            Layout::Sparse
        };
        Self { layout, bytes: Vec::new(), places: BTreeMap::new() }
    }

    /// What a node says of its leaf.
    pub(super) fn place(&mut self, leaf: &Leaf) -> u64 {
        if let Some(&place) = self.places.get(leaf) {
            return place;
        }
        let place = match self.layout {
            Layout::Sparse => {
                let first = self.bytes.len() / SPARSE_BYTES;
                for (class, share) in leaf {
                    self.bytes.extend(class.to_le_bytes());
                    self.bytes.extend(share.to_le_bytes());
                }
                first as u64 | (leaf.len() as u64) << 32
            }
            Layout::Dense { classes } => {
                let first = self.bytes.len() / DENSE_BYTES;
                let mut shares = vec![0u16; classes];
                for &(class, share) in leaf {
                    if let Some(place) = shares.get_mut(usize::from(class)) {
                        *place = share;
                    }
                }
                self.bytes.extend(shares.into_iter().flat_map(u16::to_le_bytes));
                first as u64
            }
        };
        self.places.insert(leaf.clone(), place);
        place
    }

    /// The table.
    pub(super) fn items(&self) -> TokenStream {
        let documentation = match self.layout {
            Layout::Sparse => " Four bytes for each class of each leaf: the class, and its share in 65535ths.",
            Layout::Dense { .. } => " The shares of all classes in 65535ths, two bytes each, leaf by leaf.",
        };
        let len = number(self.bytes.len());
        let bytes = Literal::byte_string(&self.bytes);
        quote! {
            #[doc = #documentation]
            static LEAVES: &[u8; #len] = #bytes;
        }
    }

    /// Adds the distribution of `leaf` to `votes`.
    pub(super) fn count_votes(&self) -> TokenStream {
        match self.layout {
            Layout::Sparse => quote! {
                let (entries, _) = LEAVES.as_chunks::<4>();
                let first = leaf as u32 as usize;
                let count = (leaf >> 32) as usize & 0x00ff_ffff;
                for &[c0, c1, s0, s1] in entries.get(first..first.wrapping_add(count)).unwrap_or(&[]) {
                    if let Some(sum) = votes.get_mut(usize::from(u16::from_le_bytes([c0, c1]))) {
                        *sum = sum.wrapping_add(u32::from(u16::from_le_bytes([s0, s1])));
                    }
                }
            },
            Layout::Dense { classes } => {
                let classes = number(classes);
                quote! {
                    let (shares, _) = LEAVES.as_chunks::<2>();
                    let first = leaf as u32 as usize;
                    for (sum, share) in votes.iter_mut().zip(shares.get(first..first.wrapping_add(#classes)).unwrap_or(&[])) {
                        *sum = sum.wrapping_add(u32::from(u16::from_le_bytes(*share)));
                    }
                }
            }
        }
    }
}

/// Adds the whole vote of `leaf` to `votes`.
pub(super) fn count_hard_vote() -> TokenStream {
    quote! {
        if let Some(sum) = votes.get_mut(leaf as u32 as usize) {
            *sum = sum.wrapping_add(65535);
        }
    }
}
