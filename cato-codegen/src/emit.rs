//! Emission: a compiled pipeline as Rust tokens.
//!
//! Emitted code names only `rt::...`, and whoever places it binds `rt`. It has no heap, no `dyn`, no `cfg`, no loop over
//! features, no `unsafe` and no path that panics: state and features are fixed fields, arithmetic says what it does on
//! overflow, and tables are read through `get`.

mod doc;
mod extract;
mod file;
mod finish;
mod forest;
mod lazy;
mod leaves;
mod model;
mod names;
mod pipeline;
mod stages;
mod state;
mod table;
mod tree;
mod typed;
mod update;

pub(crate) use file::{expansion, file};
pub(crate) use table::MOST_NODES;

use proc_macro2::Literal;

use crate::ir::Width;

/// An integer without suffix, so that it takes the type of its place.
fn number(value: impl TryInto<u64>) -> Literal {
    Literal::u64_unsuffixed(value.try_into().unwrap_or(u64::MAX))
}

/// The type of that width.
fn integer_type(width: Width) -> syn::Ident {
    names::ident(width.name())
}
