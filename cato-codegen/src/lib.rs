//! The compiler of cato: from a declarative spec and a frozen model to Rust source that holds only the operations its
//! features need.
//!
//! The crate is pure: it reads no file, clock, randomness or environment, so an equal spec gives equal bytes on any
//! machine.

pub mod attr;
pub mod catalog;
pub mod diag;
pub mod interp;
pub mod ir;
pub mod model;
pub mod operations;
pub mod record;
pub mod spec;

mod check;
mod compile;
mod emit;
mod explain;
mod lower;
mod passes;
#[cfg(feature = "source")]
mod source;
mod strategy;

pub use compile::compile;
pub use explain::explain;
#[cfg(feature = "source")]
pub use source::SOURCE;

use proc_macro2::TokenStream;

use attr::Item;
use diag::Diagnostics;
use model::Model;
use spec::Spec;

/// Compiles a spec, with a model for each of its stages in order where it names models, to an implementation of the runtime's `Pipeline` for the struct `item`, which is part of the result.
///
/// # Errors
/// Every mistake in the spec, why the models do not fit it, and where the fields of `item` are not its features.
pub fn expand(spec: &Spec, models: &[&Model], item: &Item) -> Result<TokenStream, Diagnostics> {
    let pipeline = compile(spec, models)?;
    let fields = item.columns(pipeline.features())?;
    Ok(emit::expansion(&pipeline, item, &fields))
}

/// Compiles a spec to the formatted text of a module that defines the unit struct `name` and implements `Pipeline` for
/// it. The module's parent has the runtime as its child `rt`.
///
/// # Errors
/// Every mistake in the spec, and why the models do not fit it.
///
/// # Panics
/// Where `name` is not an identifier.
pub fn render(spec: &Spec, models: &[&Model], name: &str) -> Result<String, Diagnostics> {
    compile(spec, models).map(|pipeline| emit::file(&pipeline, name))
}
