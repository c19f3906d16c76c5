//! Every evaluation as a row: why it was chosen, what was expected, what came.

use std::fmt::{self, Formatter};

use super::text::Escaped;
use crate::cost::CostMetric;
use crate::search::{Evaluation, Forecast};

/// The table of evaluations, folded up.
pub(super) fn table(out: &mut Formatter<'_>, evaluations: &[Evaluation], metric: CostMetric) -> fmt::Result {
    if evaluations.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "<h2>Evaluations</h2>\n<details>\n<summary>All {} in their order</summary>\n<div class=\"wide\"><table>\n\
         <thead><tr><th>id</th><th>chosen by</th><th>candidate</th><th class=\"n\">F1 predicted</th><th class=\"n\">F1</th>\
         <th class=\"n\">cost predicted</th><th class=\"n\">cost</th><th class=\"n\">acquisition</th></tr></thead>\n<tbody>",
        evaluations.len()
    )?;
    for evaluation in evaluations {
        let [quality, cost, acquisition] = foreseen(evaluation.choice.forecast.as_ref(), metric);
        let (f1, time) = match evaluation.objectives() {
            Some(objectives) => (format!("{:.3}", objectives.quality), metric.text(objectives.cost)),
            None => ("failed".to_owned(), "-".to_owned()),
        };
        writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td class=\"n\">{quality}</td><td class=\"n\">{f1}</td>\
             <td class=\"n\">{cost}</td><td class=\"n\">{time}</td><td class=\"n\">{acquisition}</td></tr>",
            evaluation.id(),
            Escaped(&origin(evaluation)),
            Escaped(&evaluation.candidate.to_string()),
        )?;
    }
    out.write_str("</tbody>\n</table></div>\n</details>\n")
}

/// The word that stands for the origin in `evaluations.jsonl`.
fn origin(evaluation: &Evaluation) -> String {
    let word = serde_json::to_value(evaluation.choice.origin).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Quality, cost and value of the acquisition function, as far as they were predicted.
fn foreseen(forecast: Option<&Forecast>, metric: CostMetric) -> [String; 3] {
    match forecast {
        Some(Forecast { quality, cost, acquisition }) => [
            format!("{:.3} ± {:.3}", quality.mean, quality.deviation),
            format!("{} ± {}", metric.text(cost.mean), metric.noise_text(cost.mean, cost.deviation)),
            format!("{acquisition:.2e}"),
        ],
        None => ["-", "-", "-"].map(str::to_owned),
    }
}
