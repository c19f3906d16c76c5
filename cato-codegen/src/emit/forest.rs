//! How the trees of a forest vote.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{number, tree};
use crate::ir::Pipeline;
use crate::model::{Model, Node, Vote, winner};

/// A forest of nested `if`: one function for each tree, and the body of `predict`.
pub(super) fn nested(pipeline: &Pipeline, model: &Model, vote: Vote) -> (TokenStream, TokenStream) {
    let names: Vec<_> = (0..model.trees.len()).map(|number| format_ident!("tree_{number}")).collect();
    let (leaves, answer, count) = match vote {
        Vote::Soft => {
            (leaf_constants(model), quote!(&'static [(u16, u16)]), count_soft(&quote!(#(#names(features)),*)))
        }
        Vote::Hard => (quote!(), quote!(u16), count_hard(&quote!(#(#names(features)),*))),
    };
    let functions = model.trees.iter().zip(&names).map(|(tree, name)| {
        tree::function(pipeline, tree, &name.to_string(), &answer, &|leaf| match vote {
            Vote::Soft => {
                let leaf = format_ident!("LEAF_{leaf}");
                quote!(#leaf)
            }
            Vote::Hard => {
                let class = model.leaves.get(leaf as usize).map_or(0, |leaf| winner(leaf.iter().copied()).0);
                let class = number(class);
                quote!(#class)
            }
        })
    });
    let winner = winner_function(model, model.classes.len());
    let at_most = tree::at_most();
    (quote!(#winner #(#functions)* #at_most #leaves), count_votes(model.classes.len(), &count))
}

/// The body of `predict` around the counting of votes in so many sums.
pub(super) fn count_votes(sums: usize, count: &TokenStream) -> TokenStream {
    let sums = number(sums);
    quote! {
        let mut votes = [0u32; #sums];
        #count
        winner(&votes)
    }
}

/// The function that turns votes into a verdict; there may be more sums than classes.
pub(super) fn winner_function(model: &Model, sums: usize) -> TokenStream {
    let sums = number(sums);
    let trees = number(model.trees.len());
    quote! {
        /// The class with the most votes, the lowest of equals.
        ///
        /// It is called, so that the votes stay together in memory and are counted several at a time.
        #[inline(never)]
        fn winner(votes: &[u32; #sums]) -> rt::Verdict {
            let mut class = 0usize;
            let mut most = 0u32;
            for (candidate, &sum) in votes.iter().enumerate() {
                if sum > most {
                    class = candidate;
                    most = sum;
                }
            }
            rt::Verdict { class: class as u16, confidence: (most / #trees) as u16 }
        }
    }
}

fn count_soft(leaves: &TokenStream) -> TokenStream {
    quote! {
        for leaf in [#leaves] {
            for &(class, share) in leaf {
                if let Some(sum) = votes.get_mut(usize::from(class)) {
                    *sum = sum.wrapping_add(u32::from(share));
                }
            }
        }
    }
}

fn count_hard(classes: &TokenStream) -> TokenStream {
    quote! {
        for class in [#classes] {
            if let Some(sum) = votes.get_mut(usize::from(class)) {
                *sum = sum.wrapping_add(65535);
            }
        }
    }
}

/// The distributions that some tree ends in.
fn leaf_constants(model: &Model) -> TokenStream {
    let used: BTreeSet<u32> = model
        .trees
        .iter()
        .flatten()
        .filter_map(|node| if let Node::Leaf { leaf } = node { Some(*leaf) } else { None })
        .collect();
    let constants =
        used.into_iter().filter_map(|leaf| Some((leaf, model.leaves.get(leaf as usize)?))).map(|(leaf, shares)| {
            let name = format_ident!("LEAF_{leaf}");
            let shares = shares.iter().map(|&(class, share)| {
                let (class, share) = (number(class), number(share));
                quote!((#class, #share))
            });
            quote!(const #name: &[(u16, u16)] = &[#(#shares),*];)
        });
    quote!(#(#constants)*)
}
