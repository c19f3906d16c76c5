//! The whole compiler: each stage takes the type of the one before it.

use crate::check::{Checked, check};
use crate::diag::Diagnostics;
use crate::ir::Pipeline;
use crate::lower::lower;
use crate::model::Model;
use crate::passes::{close, fold, narrow, order, share, strength};
use crate::spec::Spec;
use crate::strategy;

/// Compiles a spec, with its model where it names one, up to what emission and the interpreter run on.
///
/// # Errors
/// Every mistake in the spec, and why the model does not fit it.
pub fn compile(spec: &Spec, model: Option<&Model>) -> Result<Pipeline, Diagnostics> {
    let checked = check(spec, model)?;
    let classifier = checked.model.map(strategy::choose).transpose()?;
    Ok(Pipeline { classifier, ..plan(&checked) })
}

/// What is kept and computed, whatever the model.
pub(crate) fn plan(checked: &Checked<'_>) -> Pipeline {
    let lowered = lower(checked);
    let folded = fold(lowered);
    let shared = share(folded);
    let closed = close(shared);
    let narrowed = narrow(closed);
    let cheap = strength(narrowed);
    order(cheap)
}
