//! The state of a flow and its start.

use proc_macro2::TokenStream;
use quote::quote;

use super::{integer_type, names, number};
use crate::ir::{Accumulator, Pipeline, Slot};

/// The state's type.
pub(super) fn definition(pipeline: &Pipeline) -> TokenStream {
    let fields = pipeline.slots.iter().filter(|slot| !slot.shared).map(|slot| {
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
    let fields = pipeline.slots.iter().filter(|slot| !slot.shared).map(|slot| {
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

/// The function `reset`: sets back what a packet adds to; what packets write before anything reads it stays.
pub(super) fn reset(pipeline: &Pipeline) -> TokenStream {
    let steps: Vec<TokenStream> = pipeline.slots.iter().filter_map(reset_step).collect();
    let state = if steps.is_empty() { quote!(_state) } else { quote!(state) };
    quote! {
        #[inline]
        fn reset(#state: &mut State) {
            #(#steps)*
        }
    }
}

fn reset_step(slot: &Slot) -> Option<TokenStream> {
    let name = names::field(slot.accumulator);
    let value = initial(slot);
    match slot.accumulator {
        // Each packet writes them.
        Accumulator::Protocol | Accumulator::Port(_) | Accumulator::Duration => None,
        // Read only where the count of packets or the course of the handshake says that they are written.
        Accumulator::FirstTime(_)
        | Accumulator::LastTime(_)
        | Accumulator::SynAckTime
        | Accumulator::AckTime
        | Accumulator::Sorted(..) => None,
        Accumulator::Window(..) => Some(quote!(state.#name.clear();)),
        _ => Some(quote!(state.#name = #value;)),
    }
}

fn slot_type(slot: &Slot) -> TokenStream {
    let integer = integer_type(slot.width);
    let len = number(slot.len);
    match slot.accumulator {
        Accumulator::Window(..) => quote!(rt::accumulate::Window<#integer, #len>),
        Accumulator::Sorted(..) => quote!(rt::accumulate::Sorted<#integer, #len>),
        Accumulator::Flags => quote!(rt::accumulate::FlagCounts),
        _ => quote!(#integer),
    }
}

fn initial(slot: &Slot) -> TokenStream {
    match slot.accumulator {
        Accumulator::Min(..) => {
            let integer = integer_type(slot.width);
            quote!(#integer::MAX)
        }
        Accumulator::Window(..) => quote!(rt::accumulate::Window::new()),
        Accumulator::Sorted(..) => quote!(rt::accumulate::Sorted::new()),
        Accumulator::Flags => quote!(rt::accumulate::FlagCounts::new()),
        _ => quote!(0),
    }
}
