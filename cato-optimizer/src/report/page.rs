//! The page: plot, tables, settings.

use std::fmt::{self, Display, Formatter};

use super::figure::rate;
use super::scatter::Scatter;
use super::text::{Escaped, bytes, nanoseconds, seconds};
use super::{Member, ReportInput};
use super::{baselines, evaluations, forecasts};
use crate::cost::CostMetric;
use crate::pick::{self, Pick};
use crate::search::{Evaluation, Outcome};
use crate::spending::{Spending, Work};

const STYLE: &str = include_str!("style.css");

/// The whole document.
pub(super) struct Page<'a>(pub &'a ReportInput<'a>);

impl Display for Page<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let title = Escaped(self.0.title);
        write!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{title} - cato</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
             <h1>{title}</h1>\n<p>{}</p>\n",
            Escaped(self.0.subject)
        )?;
        let spending = Spending::of(self.0.evaluations);
        summary(out, self.0, &spending)?;
        front(out, self.0)?;
        members(out, self.0)?;
        if let Some(comparison) = self.0.comparison {
            baselines::table(out, comparison, self.0.members, self.0.counted)?;
        }
        classes(out, self.0.members)?;
        forecasts::section(out, self.0.evaluations, self.0.metric)?;
        times(out, &spending)?;
        failures(out, self.0.evaluations)?;
        evaluations::table(out, self.0.evaluations, self.0.metric)?;
        settings(out, self.0.settings)?;
        out.write_str("</main>\n</body>\n</html>\n")
    }
}

fn summary(out: &mut Formatter<'_>, input: &ReportInput<'_>, spending: &Spending) -> fmt::Result {
    let failed = failed(input.evaluations).count();
    let best = input.members.last().map_or("none".to_owned(), |member| format!("{:.3}", member.validation_f1()));
    let fastest = input.members.first().map_or("none".to_owned(), |member| input.metric.text(member.cost.objective()));
    out.write_str("<ul class=\"figures\">\n")?;
    for (value, name) in [
        (input.evaluations.len().to_string(), "evaluations"),
        (failed.to_string(), "of them failed"),
        (input.members.len().to_string(), "members of the front"),
        (best, "best F1, validation"),
        (fastest, least(input.metric)),
        (spending.turnaround_seconds.map_or("unknown".to_owned(), seconds), "median from candidate to cost"),
    ] {
        writeln!(out, "<li><b>{value}</b> {name}</li>")?;
    }
    out.write_str("</ul>\n")
}

fn least(metric: CostMetric) -> &'static str {
    match metric {
        CostMetric::ExecutionTime => "least time per flow",
        CostMetric::Latency => "least latency",
        CostMetric::Throughput => "packets, highest rate without loss",
    }
}

fn front(out: &mut Formatter<'_>, input: &ReportInput<'_>) -> fmt::Result {
    out.write_str("<h2>Front</h2>\n")?;
    if input.evaluations.iter().all(|evaluation| evaluation.measured().is_none()) {
        return out.write_str("<p>No evaluation was measured.</p>\n");
    }
    writeln!(
        out,
        "<figure>{}<figcaption>Every dot is an evaluation. The line joins the front: no evaluation was both faster and \
         better than one of its members. Up and to the left is better. {} {}.{}</figcaption></figure>",
        Scatter(input),
        match input.metric {
            CostMetric::ExecutionTime => "Execution time, from raw packet bytes to verdict, is",
            CostMetric::Latency => {
                "Latency, from the first packet of a flow to its verdict, is the waiting for packets, as captured, and \
                 execution, which is"
            }
            CostMetric::Throughput => "The highest rate of packets at which none is lost and no flow, on one core, is",
        },
        if input.counted { "not measured but counted, in operations times what each takes" } else { "measured" },
        if input.comparison.is_some() { " Diamonds are baselines, each at the depths 10, 50 and all." } else { "" }
    )
}

fn members(out: &mut Formatter<'_>, input: &ReportInput<'_>) -> fmt::Result {
    if input.members.is_empty() {
        return Ok(());
    }
    figures(out, input)?;
    picks(out, input.members)?;
    representations(out, input.members)
}

/// Columns of the metric that the search went by, beyond those of every front: heads and cells.
fn columns(metric: CostMetric) -> &'static [&'static str] {
    match metric {
        CostMetric::ExecutionTime => &[],
        CostMetric::Latency => &["latency", "median", "p99", "waiting", "extraction", "prediction"],
        CostMetric::Throughput => &["packets", "seen", "bits", "verdicts"],
    }
}

fn cells(metric: CostMetric, member: &Member) -> Vec<String> {
    let Member { cost, noise, .. } = member;
    let objective = cost.objective();
    let first = format!("{} ± {}", metric.text(objective), metric.noise_text(objective, noise.cost_ns));
    match (metric, &cost.latency, &cost.throughput) {
        (CostMetric::Latency, Some(latency), _) => {
            let times = [
                latency.total.median_ns,
                latency.total.p99_ns,
                latency.waiting.mean_ns,
                latency.extraction.mean_ns,
                latency.prediction_ns,
            ];
            std::iter::once(first).chain(times.map(nanoseconds)).collect()
        }
        (CostMetric::Throughput, _, Some(throughput)) => {
            let [low, high] = throughput.spread_packets_per_s.map(rate);
            let (bits, verdicts) = (rate(throughput.bits_per_s), rate(throughput.classifications_per_s));
            let first = if throughput.generator_bound { format!("at least {first}") } else { first };
            vec![first, format!("{low} to {high}"), bits, verdicts]
        }
        _ => columns(metric).iter().map(|_| "-".to_owned()).collect(),
    }
}

fn figures(out: &mut Formatter<'_>, input: &ReportInput<'_>) -> fmt::Result {
    let metric = input.metric;
    out.write_str(
        "<h2>Members</h2>\n<div class=\"wide\"><table>\n<thead><tr><th>id</th><th>depth</th><th class=\"n\">features</th>\
         <th class=\"n\">F1 validation</th><th class=\"n\">F1 test</th><th class=\"n\">accuracy test</th>",
    )?;
    for column in columns(metric) {
        write!(out, "<th class=\"n\">{column}</th>")?;
    }
    out.write_str(
        "<th class=\"n\">per flow</th><th class=\"n\">p99</th><th class=\"n\">per packet</th><th class=\"n\">reference</th>\
         <th class=\"n\">state</th><th class=\"n\">code</th><th>within noise of</th></tr></thead>\n<tbody>\n",
    )?;
    for member in input.members {
        let Member { test, cost, noise, .. } = member;
        write!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{:.3} ± {:.3}</td>\
             <td class=\"n\">{:.3}</td><td class=\"n\">{:.3}</td>",
            Escaped(&member.id),
            Escaped(&member.depth),
            member.features.len(),
            member.validation_f1(),
            noise.macro_f1,
            test.macro_f1,
            test.accuracy,
        )?;
        for cell in cells(metric, member) {
            write!(out, "<td class=\"n\">{cell}</td>")?;
        }
        let per_flow = match metric {
            CostMetric::ExecutionTime => {
                format!("{} ± {}", nanoseconds(cost.execution_time_ns), nanoseconds(noise.cost_ns))
            }
            _ => nanoseconds(cost.execution_time_ns),
        };
        writeln!(
            out,
            "<td class=\"n\">{per_flow}</td><td class=\"n\">{}</td>\
             <td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td></tr>",
            nanoseconds(cost.p99_ns),
            nanoseconds(cost.per_packet_ns),
            nanoseconds(cost.reference_ns),
            bytes(cost.state_bytes),
            bytes(cost.code_bytes),
            Escaped(&member.within_noise_of.join(", ")),
        )?;
    }
    let time = if input.counted {
        "Time per flow is counted, and p99 is the same."
    } else {
        "Time per flow is the median of the samples, p99 their 99th percentile, both in relation to one fixed reference \
         pipeline that is measured in turn with each member; the column says what the reference took meanwhile."
    };
    let own = match metric {
        CostMetric::ExecutionTime => "",
        CostMetric::Latency => {
            " Latency is the mean over flows, of which waiting, extraction and prediction are the parts; median and p99 are \
             over flows too."
        }
        CostMetric::Throughput => {
            " Rates are medians of several searches; between which the rates of single searches lay is beside them. A rate is at \
             least so much where no more packets could be offered."
        }
    };
    writeln!(
        out,
        "</tbody>\n</table></div>\n<p class=\"note\">The search chose by the validation part. The test part was scored once, \
         after the search. {time}{own} Behind F1 stands its standard error, behind the cost how far single measurements lie \
         apart. Members are within noise of each other where neither differs by more than that.</p>"
    )
}

/// Which members the names that `cato vendor --pick` knows stand for.
fn picks(out: &mut Formatter<'_>, members: &[Member]) -> fmt::Result {
    let points: Vec<_> = members
        .iter()
        .map(|member| pick::Point { id: &member.id, quality: member.validation_f1(), cost: member.cost.objective() })
        .collect();
    let id = |pick: Pick| pick.choose(&points).ok().and_then(|at| members.get(at)).map_or("none", |member| &member.id);
    writeln!(
        out,
        "<p class=\"note\">Of these, <code>fastest</code> is {}, <code>knee</code> is {}, <code>best</code> is {}.</p>",
        Escaped(id(Pick::Fastest)),
        Escaped(id(Pick::Knee)),
        Escaped(id(Pick::Best))
    )
}

/// Model and feature names of each member.
fn representations(out: &mut Formatter<'_>, members: &[Member]) -> fmt::Result {
    out.write_str(
        "<h2>Models and features</h2>\n<table>\n<thead><tr><th>id</th><th>model</th><th>features</th></tr></thead>\n<tbody>\n",
    )?;
    for member in members {
        write!(
            out,
            "<tr><th scope=\"row\">{}</th><td class=\"model\">{}</td><td class=\"features\">",
            Escaped(&member.id),
            Escaped(&member.model)
        )?;
        for (place, name) in member.features.iter().enumerate() {
            write!(out, "{}<code>{}</code>", if place == 0 { "" } else { " " }, Escaped(name))?;
        }
        out.write_str("</td></tr>\n")?;
    }
    out.write_str("</tbody>\n</table>\n")
}

/// F1 of each class on the test part, one column for each member.
fn classes(out: &mut Formatter<'_>, members: &[Member]) -> fmt::Result {
    let Some(first) = members.first() else { return Ok(()) };
    out.write_str(
        "<h2>F1 by class, test part</h2>\n<div class=\"wide\"><table class=\"heat\">\n<thead><tr><th>class</th>\
         <th class=\"n\">flows</th>",
    )?;
    for member in members {
        write!(out, "<th class=\"n\">{}</th>", Escaped(&member.id))?;
    }
    out.write_str("</tr></thead>\n<tbody>\n")?;
    for (row, class) in first.test.classes.iter().enumerate() {
        write!(out, "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td>", Escaped(&class.class), class.support)?;
        for member in members {
            match member.test.classes.get(row).filter(|class| class.support > 0) {
                Some(class) => {
                    let level = (class.f1.clamp(0.0, 1.0) * 10.0).round() as u8;
                    write!(
                        out,
                        "<td class=\"n f{level}\" title=\"precision {:.3}, recall {:.3}\">{:.3}</td>",
                        class.precision, class.recall, class.f1
                    )?;
                }
                None => out.write_str("<td class=\"n\">-</td>")?,
            }
        }
        out.write_str("</tr>\n")?;
    }
    out.write_str("</tbody>\n</table></div>\n")
}

fn times(out: &mut Formatter<'_>, spending: &Spending) -> fmt::Result {
    if spending.turnaround_seconds.is_none() {
        return Ok(());
    }
    let longest = spending.work.iter().map(|work| work.total_seconds).fold(0.0, f64::max);
    out.write_str(
        "<h2>Where the time went</h2>\n<table>\n<thead><tr><th>work</th><th class=\"n\">in all</th>\
         <th class=\"n\">median of one</th><th></th></tr></thead>\n<tbody>\n",
    )?;
    for Work { name, total_seconds, median_seconds } in &spending.work {
        let share = if longest > 0.0 { total_seconds / longest * 200.0 } else { 0.0 };
        writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td>\
             <td><svg width=\"200\" height=\"10\" aria-hidden=\"true\"><rect class=\"bar\" width=\"{share:.1}\" height=\"10\" rx=\"2\"/></svg></td></tr>",
            name,
            seconds(*total_seconds),
            seconds(*median_seconds),
        )?;
    }
    out.write_str(
        "</tbody>\n</table>\n<p class=\"note\">Work on two cores overlaps, so the rows add up to more than the time that \
         passed.</p>\n",
    )
}

fn failures(out: &mut Formatter<'_>, evaluations: &[Evaluation]) -> fmt::Result {
    if failed(evaluations).next().is_none() {
        return Ok(());
    }
    out.write_str("<h2>Failed evaluations</h2>\n<table>\n<thead><tr><th>evaluation</th><th>candidate</th><th>reason</th></tr></thead>\n<tbody>\n")?;
    for (evaluation, reason) in failed(evaluations) {
        writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>",
            evaluation.id(),
            Escaped(&evaluation.candidate.to_string()),
            Escaped(reason)
        )?;
    }
    out.write_str("</tbody>\n</table>\n")
}

fn failed(evaluations: &[Evaluation]) -> impl Iterator<Item = (&Evaluation, &str)> {
    evaluations.iter().filter_map(|evaluation| match &evaluation.outcome {
        Outcome::Failed { reason } => Some((evaluation, reason.as_str())),
        Outcome::Measured(_) => None,
    })
}

fn settings(out: &mut Formatter<'_>, settings: &[(String, String)]) -> fmt::Result {
    out.write_str("<h2>Settings</h2>\n<table>\n<tbody>\n")?;
    for (name, value) in settings {
        writeln!(out, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>", Escaped(name), Escaped(value))?;
    }
    out.write_str("</tbody>\n</table>\n")
}
