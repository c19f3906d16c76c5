//! The conversions of a struct whose fields are the features.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::number;

/// Between the struct `name`, rows in column order, and its `state`; `columns` are its fields in that order.
pub(super) fn conversions(name: &Ident, state: &Ident, columns: &[&Ident]) -> TokenStream {
    let count = number(columns.len());
    quote! {
        /// From a row in column order.
        #[automatically_derived]
        impl ::core::convert::From<[f32; #count]> for #name {
            #[inline]
            fn from([#(#columns),*]: [f32; #count]) -> Self {
                Self { #(#columns),* }
            }
        }

        /// To a row in column order.
        #[automatically_derived]
        impl ::core::convert::From<#name> for [f32; #count] {
            #[inline]
            fn from(features: #name) -> Self {
                [#(features.#columns),*]
            }
        }

        /// The features of a flow at its inference point.
        #[automatically_derived]
        impl ::core::convert::From<&#state> for #name {
            #[inline]
            fn from(state: &#state) -> Self {
                Self::from(<Self as rt::Pipeline>::extract(state))
            }
        }
    }
}
