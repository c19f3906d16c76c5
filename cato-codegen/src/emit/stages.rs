//! The stages before the last: what each of them says, and when its answer is given.
//!
//! A stage is one function, and all that its model needs lies within: so no name of one stage meets that of another.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::{lazy, model, number};
use crate::ir::{EarlyStage, Pipeline};

/// A whole vote in fixed point.
const WHOLE: u32 = u16::MAX as u32;

/// What stages are written as; nothing where there are none.
#[derive(Default)]
pub(super) struct Parts {
    /// Their inference points.
    pub(super) early: TokenStream,
    /// The function `decide`.
    pub(super) decide: TokenStream,
    /// The functions that it uses.
    pub(super) functions: TokenStream,
}

/// Writes the stages of the pipeline `name`.
pub(super) fn parts(pipeline: &Pipeline, name: &Ident) -> Parts {
    if pipeline.early.is_empty() {
        return Parts::default();
    }
    let depths = pipeline.early.iter().map(|stage| number(stage.depth));
    let functions = pipeline.early.iter().enumerate().map(|(index, stage)| function(pipeline, name, index, stage));
    let asked = pipeline.early.iter().enumerate().map(|(index, stage)| asked(index, stage));
    Parts {
        early: quote!(const EARLY: &'static [u32] = &[#(#depths),*];),
        decide: quote! {
            #[inline]
            fn decide(state: &State, stage: u8, ended: bool) -> Option<rt::Verdict> {
                #(#asked)*
                Some(Self::classify(state))
            }
        },
        functions: quote!(#(#functions)*),
    }
}

/// A stage that answers where it is sure, and otherwise leaves a flow that has ended to the next one.
fn asked(index: usize, stage: &EarlyStage) -> TokenStream {
    let number = number(index);
    // A flow that has ended may come here from an earlier stage.
    let turn = if index == 0 { quote!(stage == 0) } else { quote!(stage <= #number) };
    let name = name(index);
    let sure = sure(&stage.thresholds);
    quote! {
        if #turn {
            let verdict = #name(state);
            let sure = #sure;
            if sure {
                return Some(verdict);
            }
            if !ended {
                return None;
            }
        }
    }
}

/// Whether the verdict's vote is enough. There is nothing to compare where none is, or any.
fn sure(thresholds: &[u32]) -> TokenStream {
    let first = thresholds.first().copied().unwrap_or(WHOLE + 1);
    if thresholds.iter().any(|threshold| *threshold != first) {
        let count = number(thresholds.len());
        let thresholds = thresholds.iter().map(|threshold| number(*threshold));
        return quote! {{
            const ENOUGH: [u32; #count] = [#(#thresholds),*];
            ENOUGH.get(usize::from(verdict.class)).is_some_and(|enough| u32::from(verdict.confidence) >= *enough)
        }};
    }
    match first {
        0 => quote!(true),
        1..=WHOLE => {
            let enough = number(first);
            quote!(verdict.confidence >= #enough)
        }
        _ => quote!(false),
    }
}

fn name(index: usize) -> Ident {
    format_ident!("stage_{index}")
}

/// The function that says what a stage's model says.
fn function(pipeline: &Pipeline, name: &Ident, index: usize, stage: &EarlyStage) -> TokenStream {
    let documentation = format!(" What stage {index} says, after {} packets or at the end of the flow.", stage.depth);
    let function = self::name(index);
    let model::Parts { items, predict } = model::parts(pipeline, Some(&stage.classifier));
    let (state, body, finishers) = match lazy::decided(pipeline, &stage.classifier, &quote!(predict)) {
        Some((body, finishers)) => (quote!(state), body, finishers),
        None if stage.classifier.model.features_read().is_empty() => {
            let count = number(pipeline.features.len());
            (quote!(_state), quote!(predict(&[-1.0; #count])), quote!())
        }
        None => (quote!(state), quote!(predict(&<#name as rt::Pipeline>::extract(state))), quote!()),
    };
    quote! {
        #[doc = #documentation]
        #[inline]
        #[allow(dead_code)]
        fn #function(#state: &State) -> rt::Verdict {
            #items
            #predict
            #finishers
            #body
        }
    }
}
