//! `remeasured.jsonl`: measurements made again of evaluations that are on the front or close to it, one line each.

use serde::{Deserialize, Serialize};

use super::journal::{DamagedLine, parse_json, whole_lines};
use crate::cost::Cost;
use crate::search::{Evaluation, Outcome};

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    /// The evaluation.
    pub(super) id: String,
    /// What was measured.
    pub(super) cost: Cost,
}

/// By evaluation: its own measurement and those made again, in their order; none where it failed.
pub(super) type Costs = Vec<Vec<Cost>>;

/// Reads the file beside the `evaluations` that it is about; the costs, and the bytes of its whole lines. A last line
/// without its end was being written when the program was stopped, and is left out.
pub(super) fn parse(bytes: &[u8], evaluations: &[Evaluation]) -> Result<(Costs, usize), DamagedLine> {
    let mut costs: Costs = evaluations.iter().map(first).collect();
    let whole = whole_lines(bytes);
    for (index, line) in bytes[..whole].split_inclusive(|&byte| byte == b'\n').enumerate() {
        let damaged = |message: String| DamagedLine { line: index + 1, column: 1, message };
        let Line { id, cost } = parse_json(index, line)?;
        let known = evaluations.iter().position(|evaluation| evaluation.id() == id);
        match known.and_then(|at| costs.get_mut(at)).filter(|costs| !costs.is_empty()) {
            Some(_) if !(cost.objective().is_finite() && cost.objective() > 0.0) => {
                return Err(damaged(format!("{} is {} ns, not a positive number", cost.metric, cost.objective())));
            }
            Some(costs) => costs.push(cost),
            None => return Err(damaged(format!("there is no measured evaluation {id}"))),
        }
    }
    Ok((costs, whole))
}

/// The measurements of an evaluation when it was made.
pub(super) fn first(evaluation: &Evaluation) -> Vec<Cost> {
    match &evaluation.outcome {
        Outcome::Measured(measured) => vec![measured.cost],
        Outcome::Failed { .. } => Vec::new(),
    }
}
