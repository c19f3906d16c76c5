//! From state to features.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::finish::{condition, delays, value};
use super::number;
use crate::ir::{Column, Condition, Pipeline};

/// The function `extract`.
pub(super) fn extract(pipeline: &Pipeline) -> TokenStream {
    let state = if pipeline.slots.is_empty() { quote!(_state) } else { quote!(state) };
    let features = number(pipeline.columns.len());
    let body = body(pipeline, &|_| true);
    quote! {
        #[inline]
        fn extract(#state: &State) -> [f32; #features] {
            #body
        }
    }
}

/// Conditions, and the columns that are defined under them.
type Group<'a> = (&'a [Condition], Vec<(usize, &'a Column)>);

/// Features from `state`, those of the columns that are `wanted`; the others are undefined.
///
/// Features that are defined together are computed together, behind one test of their condition.
pub(super) fn body(pipeline: &Pipeline, wanted: &dyn Fn(usize) -> bool) -> TokenStream {
    let count = number(pipeline.columns.len());
    let wanted: Vec<(usize, &Column)> =
        pipeline.columns.iter().enumerate().filter(|(place, _)| wanted(*place)).collect();
    if wanted.is_empty() {
        return quote!([-1.0; #count]);
    }
    // In the order in which conditions are first met.
    let mut places: BTreeMap<&[Condition], usize> = BTreeMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (place, column) in wanted {
        let group = *places.entry(&column.conditions).or_insert_with(|| {
            groups.push((&column.conditions, Vec::new()));
            groups.len() - 1
        });
        groups[group].1.push((place, column));
    }
    let delays = delays(groups.iter().flat_map(|(_, columns)| columns).map(|(_, column)| column.formula));
    let blocks = groups.iter().map(|(conditions, columns)| {
        let places = columns.iter().map(|(place, _)| number(*place));
        let values = columns.iter().map(|(_, column)| value(pipeline, column));
        let block = quote!(#(features[#places] = #values;)*);
        if conditions.is_empty() {
            return block;
        }
        let conditions = conditions.iter().map(|&condition| self::condition(condition));
        quote!(if #(#conditions)&&* { #block })
    });
    quote! {
        #delays
        let mut features = [-1.0; #count];
        #(#blocks)*
        features
    }
}
