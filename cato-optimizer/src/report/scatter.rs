//! The front as a scatter plot: cost against validation macro-F1.

use std::fmt::{self, Display, Formatter};

use super::axis::Axis;
use super::figure::rate;
use super::text::{Escaped, nanoseconds};
use super::{Member, ReportInput, baselines};
use crate::baseline::Method;
use crate::cost::CostMetric;
use crate::search::{Evaluation, Objectives};
use crate::study::{Baseline, Comparison, Figures};

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 460.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 56.0;

/// The plot as an `<svg>` element; each dot has a tooltip.
pub(super) struct Scatter<'a>(pub &'a ReportInput<'a>);

impl Display for Scatter<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let dots: Vec<_> =
            self.0.evaluations.iter().filter_map(|evaluation| Some((evaluation, evaluation.objectives()?))).collect();
        let baselines: Vec<_> = self.0.comparison.into_iter().flat_map(Comparison::measured).collect();
        let metric = self.0.metric;
        let costs = dots
            .iter()
            .map(|(_, at)| at.cost)
            .chain(self.0.members.iter().map(|member| member.cost.objective()))
            .chain(baselines.iter().map(|(_, figures, _)| figures.cost.objective()));
        let shares = dots
            .iter()
            .map(|(_, at)| at.quality)
            .chain(self.0.members.iter().map(Member::validation_f1))
            .chain(baselines.iter().map(|(_, figures, _)| figures.validation_f1()));
        let x = CostAxis::new(metric, costs, LEFT, WIDTH - RIGHT);
        let y = Axis::share(shares, HEIGHT - BOTTOM, TOP);
        write!(
            out,
            "<svg class=\"scatter\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
             aria-label=\"{} against macro-F1: {} evaluations, {} on the front\">",
            metric.title(),
            dots.len(),
            self.0.members.len()
        )?;
        grid(out, &x, &y)?;
        for (evaluation, at) in &dots {
            dot(out, evaluation, *at, &x, &y)?;
        }
        for &(baseline, figures, _) in &baselines {
            diamond(out, baseline, figures, &x, &y)?;
        }
        if !baselines.is_empty() {
            legend(out)?;
        }
        staircase(out, self.0.members, &x, &y)?;
        members(out, self.0.members, &x, &y)?;
        out.write_str("</svg>\n")
    }
}

/// The axis of costs: better to the left, whatever number is shown.
struct CostAxis {
    metric: CostMetric,
    axis: Axis,
}

impl CostAxis {
    fn new(metric: CostMetric, costs: impl Iterator<Item = f64>, left: f64, right: f64) -> Self {
        let (from, to) = if metric.falls() { (right, left) } else { (left, right) };
        Self { metric, axis: Axis::log(costs.map(|cost| metric.shown(cost)), from, to) }
    }

    fn place(&self, cost_ns: f64) -> f64 {
        self.axis.place(self.metric.shown(cost_ns))
    }
}

fn dot(out: &mut Formatter<'_>, evaluation: &Evaluation, at: Objectives, x: &CostAxis, y: &Axis) -> fmt::Result {
    writeln!(
        out,
        "<circle class=\"dot\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\"><title>{}: {}\nF1 {:.3}, {}</title></circle>",
        x.place(at.cost),
        y.place(at.quality),
        evaluation.id(),
        Escaped(&evaluation.candidate.to_string()),
        at.quality,
        x.metric.text(at.cost),
    )
}

/// A baseline; the class names its method, and so its colour.
fn diamond(out: &mut Formatter<'_>, baseline: &Baseline, figures: &Figures, x: &CostAxis, y: &Axis) -> fmt::Result {
    let cost = figures.cost.objective();
    writeln!(
        out,
        "<path class=\"baseline {}\" d=\"M{:.1} {:.1}l5.5 5.5l-5.5 5.5l-5.5 -5.5z\"><title>{baseline}: {} features\n\
         F1 {:.3} validation, {:.3} test, {}</title></path>",
        baselines::class(baseline.method),
        x.place(cost),
        y.place(figures.validation_f1()) - 5.5,
        baseline.features.len(),
        figures.validation_f1(),
        figures.test_f1(),
        x.metric.text(cost),
    )
}

/// What the shapes stand for, from the right end of the line above the plot.
fn legend(out: &mut Formatter<'_>) -> fmt::Result {
    let mut right = WIDTH - RIGHT;
    for method in Method::EVERY.into_iter().rev() {
        let name = method.name();
        let left = right - 14.0 - Labels::CHARACTER * name.len() as f64;
        writeln!(
            out,
            "<path class=\"baseline {}\" d=\"M{left:.1} 4l5.5 5.5l-5.5 5.5l-5.5 -5.5z\"/>\
             <text class=\"tick\" x=\"{:.1}\" y=\"14\">{name}</text>",
            baselines::class(method),
            left + 9.0,
        )?;
        right = left - 14.0;
    }
    Ok(())
}

fn grid(out: &mut Formatter<'_>, x: &CostAxis, y: &Axis) -> fmt::Result {
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    for tick in x.axis.ticks() {
        let place = x.axis.place(tick);
        writeln!(
            out,
            "<line class=\"grid\" x1=\"{place:.1}\" y1=\"{TOP}\" x2=\"{place:.1}\" y2=\"{bottom}\"/>\
             <text class=\"tick\" x=\"{place:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            bottom + 18.0,
            round_cost(x.metric, tick)
        )?;
    }
    for tick in y.ticks() {
        let place = y.place(tick);
        writeln!(
            out,
            "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{place:.1}\" x2=\"{right}\" y2=\"{place:.1}\"/>\
             <text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 8.0,
            place + 4.0,
            round_share(tick)
        )?;
    }
    writeln!(
        out,
        "<text class=\"name\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{} (log scale)</text>\
         <text class=\"name\" x=\"{LEFT}\" y=\"14\">macro-F1, validation</text>",
        (LEFT + right) / 2.0,
        HEIGHT - 12.0,
        x.metric.title(),
    )
}

/// A tick of an axis of shares, with two digits, or three where it needs them.
pub(super) fn round_share(tick: f64) -> String {
    if tick * 100.0 % 1.0 > 0.1 && tick * 100.0 % 1.0 < 0.9 { format!("{tick:.3}") } else { format!("{tick:.2}") }
}

/// A tick of an axis of costs, without the digits that it does not need.
pub(super) fn round_cost(metric: CostMetric, tick: f64) -> String {
    let text = if metric.falls() { rate(tick) } else { nanoseconds(tick) };
    match text.split_once(' ') {
        Some((number, unit)) if number.contains('.') => {
            format!("{} {unit}", number.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => text,
    }
}

/// What is reached at each cost: level from a member to the cost of the next, then up.
fn staircase(out: &mut Formatter<'_>, members: &[Member], x: &CostAxis, y: &Axis) -> fmt::Result {
    let Some(first) = members.first() else { return Ok(()) };
    write!(
        out,
        "<path class=\"front\" d=\"M{:.1} {:.1}",
        x.place(first.cost.objective()),
        y.place(first.validation_f1())
    )?;
    for member in members.iter().skip(1) {
        write!(out, "H{:.1}V{:.1}", x.place(member.cost.objective()), y.place(member.validation_f1()))?;
    }
    out.write_str("\"/>\n")
}

fn members(out: &mut Formatter<'_>, members: &[Member], x: &CostAxis, y: &Axis) -> fmt::Result {
    let mut labels = Labels::default();
    for member in members {
        let (cx, cy) = (x.place(member.cost.objective()), y.place(member.validation_f1()));
        let (label_x, label_y) = labels.put(cx - 7.0, cy - 7.0, member.id.chars().count());
        writeln!(
            out,
            "<g><title>{}: {} features at depth {}\nF1 {:.3} validation, {:.3} test, {}</title>\
             <circle class=\"member\" cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"5.5\"/>\
             <text class=\"label\" x=\"{label_x:.1}\" y=\"{label_y:.1}\" text-anchor=\"end\">{}</text></g>",
            Escaped(&member.id),
            member.features.len(),
            Escaped(&member.depth),
            member.validation_f1(),
            member.test.macro_f1,
            x.metric.text(member.cost.objective()),
            Escaped(&member.id),
        )?;
    }
    Ok(())
}

/// Labels already on the plot, as right end, base line and width.
#[derive(Default)]
struct Labels(Vec<(f64, f64, f64)>);

impl Labels {
    const LINE: f64 = 13.0;
    const CHARACTER: f64 = 7.2;

    /// Finds a free place for a label at or above (`x`, `y`), its right end, and takes it.
    fn put(&mut self, x: f64, mut y: f64, characters: usize) -> (f64, f64) {
        let width = characters as f64 * Self::CHARACTER;
        let taken = |y: f64| {
            self.0
                .iter()
                .any(|&(right, base, other)| (base - y).abs() < Self::LINE && right > x - width && x > right - other)
        };
        while taken(y) && y > Self::LINE {
            y -= Self::LINE / 2.0;
        }
        self.0.push((x, y, width));
        (x, y)
    }
}
