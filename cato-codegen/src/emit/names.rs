//! The names that emitted code gives to what is kept of a flow.

use proc_macro2::Span;
use syn::Ident;

use crate::catalog::{FeatureId, Flag};
use crate::ir::Accumulator;

/// A name as a token.
pub(super) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// The local that holds a feature.
pub(super) fn feature(feature: FeatureId) -> Ident {
    ident(feature.name())
}

/// The field of the state that holds an accumulator.
pub(super) fn field(accumulator: Accumulator) -> Ident {
    ident(&accumulator.name())
}

/// The runtime's constant for a flag.
pub(super) fn flag(flag: Flag) -> Ident {
    ident(flag.name())
}
