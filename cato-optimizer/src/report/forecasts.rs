//! What the search expected of candidates beside what was measured of them.

use std::fmt::{self, Formatter};

use super::axis::Axis;
use super::scatter::{round_cost, round_share};
use super::text::Escaped;
use crate::cost::CostMetric;
use crate::repeat::median;
use crate::search::{Evaluation, Prediction};

const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 50.0;

/// A figure that was predicted and then measured.
struct Foreseen {
    name: String,
    predicted: Prediction,
    measured: f64,
}

impl Foreseen {
    /// The same in the numbers that an axis shows.
    fn shown(self, metric: CostMetric) -> Self {
        let Prediction { mean, deviation } = self.predicted;
        let shown = metric.shown(mean);
        Self {
            predicted: Prediction { mean: shown, deviation: shown * deviation / mean },
            measured: metric.shown(self.measured),
            ..self
        }
    }
}

/// The section of predictions; nothing where the search predicted nothing.
pub(super) fn section(out: &mut Formatter<'_>, evaluations: &[Evaluation], metric: CostMetric) -> fmt::Result {
    let (mut quality, mut cost) = (Vec::new(), Vec::new());
    for evaluation in evaluations {
        let (Some(forecast), Some(measured)) = (evaluation.choice.forecast, evaluation.objectives()) else { continue };
        let name = format!("{}: {}", evaluation.id(), evaluation.candidate);
        quality.push(Foreseen { name: name.clone(), predicted: forecast.quality, measured: measured.quality });
        cost.push(Foreseen { name, predicted: forecast.cost, measured: measured.cost });
    }
    if quality.is_empty() {
        return Ok(());
    }
    out.write_str("<h2>Predicted and measured</h2>\n<div class=\"pair\">\n")?;
    let values =
        |all: &[Foreseen]| -> Vec<f64> { all.iter().flat_map(|one| [one.predicted.mean, one.measured]).collect() };
    let shares = values(&quality).into_iter().map(|share| share.clamp(0.0, 1.0)).collect::<Vec<_>>();
    let share = |from, to| Axis::share(shares.iter().copied(), from, to);
    plot(out, "macro-F1, validation", &quality, &share, &round_share)?;
    let cost: Vec<Foreseen> = cost.into_iter().map(|one| one.shown(metric)).collect();
    let costs = values(&cost);
    let axis = |from, to| Axis::log(costs.iter().copied(), from, to);
    let tick = |tick: f64| round_cost(metric, tick);
    plot(out, &format!("{} (log scales)", metric.title()), &cost, &axis, &tick)?;
    out.write_str("</div>\n")?;
    writeln!(
        out,
        "<p class=\"note\">Each dot is a candidate that was chosen by what was expected of it: from left to right what was \
         measured, upwards what had been predicted, with one standard deviation to each side. On the dashed line the two are \
         the same. F1: {}. Cost: {}.</p>",
        accuracy(&quality),
        accuracy(&cost)
    )
}

/// How near the predictions came, and how often as near as they claimed.
fn accuracy(all: &[Foreseen]) -> String {
    let relative = all.iter().map(|one| (one.predicted.mean - one.measured).abs() / one.measured);
    let error = median(relative.filter(|error| error.is_finite()));
    let error = error.map_or_else(|| "unknown".to_owned(), |error| format!("{:.1} %", error * 100.0));
    let covered =
        all.iter().filter(|one| (one.predicted.mean - one.measured).abs() <= 2.0 * one.predicted.deviation).count();
    format!("median relative error {error}, {covered} of {} within two standard deviations", all.len())
}

fn plot(
    out: &mut Formatter<'_>,
    name: &str,
    all: &[Foreseen],
    axis: &dyn Fn(f64, f64) -> Axis,
    tick_text: &dyn Fn(f64) -> String,
) -> fmt::Result {
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    let (x, y) = (axis(LEFT, right), axis(bottom, TOP));
    write!(
        out,
        "<svg class=\"scatter\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{name}: measured and predicted\">"
    )?;
    // The same ticks on both axes; of a narrow log axis every other one, since its names stand side by side.
    let ticks = x.ticks();
    for tick in ticks.iter().step_by(ticks.len() / 7 + 1) {
        let (across, up, text) = (x.place(*tick), y.place(*tick), tick_text(*tick));
        writeln!(
            out,
            "<line class=\"grid\" x1=\"{across:.1}\" y1=\"{TOP}\" x2=\"{across:.1}\" y2=\"{bottom}\"/>\
             <line class=\"grid\" x1=\"{LEFT}\" y1=\"{up:.1}\" x2=\"{right}\" y2=\"{up:.1}\"/>\
             <text class=\"tick\" x=\"{across:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{text}</text>\
             <text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>",
            bottom + 17.0,
            LEFT - 6.0,
            up + 4.0,
        )?;
    }
    writeln!(
        out,
        "<line class=\"equal\" x1=\"{LEFT}\" y1=\"{bottom}\" x2=\"{right}\" y2=\"{TOP}\"/>\
         <text class=\"name\" x=\"{LEFT}\" y=\"14\">predicted {name}</text>\
         <text class=\"name\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">measured</text>",
        (LEFT + right) / 2.0,
        HEIGHT - 12.0
    )?;
    for Foreseen { name, predicted: Prediction { mean, deviation }, measured } in all {
        let across = x.place_inside(*measured);
        writeln!(
            out,
            "<g><title>{}\npredicted {} ± {}, measured {}</title>\
             <line class=\"spread\" x1=\"{across:.1}\" y1=\"{:.1}\" x2=\"{across:.1}\" y2=\"{:.1}\"/>\
             <circle class=\"foreseen\" cx=\"{across:.1}\" cy=\"{:.1}\" r=\"3.5\"/></g>",
            Escaped(name),
            digits(*mean),
            digits(*deviation),
            digits(*measured),
            y.place_inside(mean - deviation),
            y.place_inside(mean + deviation),
            y.place_inside(*mean),
        )?;
    }
    out.write_str("</svg>\n")
}

/// A share with three decimals, a time with one.
fn digits(value: f64) -> String {
    if value.abs() < 10.0 { format!("{value:.3}") } else { format!("{value:.1}") }
}
