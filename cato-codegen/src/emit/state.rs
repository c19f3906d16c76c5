//! The state of a flow and its start.

use proc_macro2::TokenStream;
use quote::quote;

use super::{integer_type, names, number};
use crate::ir::{Accumulator, Pipeline, Slot};

/// The state's type.
pub(super) fn definition(pipeline: &Pipeline) -> TokenStream {
    let fields = pipeline.slots.iter().map(|slot| {
        let name = names::field(slot.accumulator);
        let ty = slot_type(slot);
        quote!(#name: #ty)
    });
    quote! {
        /// What is kept of one flow between its packets.
        #[derive(Clone, Copy, Debug)]
        #[repr(C)]
        pub struct State {
            #(#fields,)*
        }
    }
}

/// The function `start`.
pub(super) fn start(pipeline: &Pipeline) -> TokenStream {
    let fields = pipeline.slots.iter().map(|slot| {
        let name = names::field(slot.accumulator);
        let value = initial(slot);
        quote!(#name: #value)
    });
    quote! {
        #[inline]
        fn start() -> State {
            State { #(#fields,)* }
        }
    }
}

fn slot_type(slot: &Slot) -> TokenStream {
    let integer = integer_type(slot.width);
    if slot.is_window() {
        let len = number(slot.len);
        quote!(rt::accumulate::Window<#integer, #len>)
    } else {
        quote!(#integer)
    }
}

fn initial(slot: &Slot) -> TokenStream {
    match slot.accumulator {
        Accumulator::Min(..) => {
            let integer = integer_type(slot.width);
            quote!(#integer::MAX)
        }
        Accumulator::Window(..) => quote!(rt::accumulate::Window::new()),
        _ => quote!(0),
    }
}
