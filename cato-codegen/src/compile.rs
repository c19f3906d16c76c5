//! The whole compiler: each stage takes the type of the one before it.

use crate::check::{Checked, check};
use crate::diag::{Diagnostics, Subject};
use crate::ir::{EarlyStage, Pipeline};
use crate::lower::lower;
use crate::model::Model;
use crate::passes::{close, fold, narrow, order, share, strength};
use crate::spec::Spec;
use crate::strategy;

/// Compiles a spec, with a model for each of its stages where it names models, up to what emission and the interpreter run on.
///
/// # Errors
/// Every mistake in the spec, and why the models do not fit it.
pub fn compile(spec: &Spec, models: &[&Model]) -> Result<Pipeline, Diagnostics> {
    let checked = check(spec, models)?;
    let early = checked.early.iter().enumerate().map(|(index, stage)| {
        let classifier = strategy::choose(&stage.model, stage.strategy, Subject::Stage(index))?;
        Ok(EarlyStage { depth: stage.depth, classifier, thresholds: stage.thresholds.clone() })
    });
    let early = early.collect::<Result<_, Diagnostics>>()?;
    let chosen = checked.model.as_ref().map(|(model, strategy)| strategy::choose(model, *strategy, Subject::Model));
    Ok(Pipeline { classifier: chosen.transpose()?, early, ..plan(&checked) })
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
