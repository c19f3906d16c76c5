//! Baselines beside the front, as a table.

use std::fmt::{self, Formatter};

use super::Member;
use super::text::Escaped;
use crate::baseline::Method;
use crate::study::{BaselineOutcome, Comparison};

/// The style of a method's marks.
pub(super) fn class(method: Method) -> &'static str {
    match method {
        Method::All => "b-all",
        Method::Rfe10 => "b-rfe10",
        Method::Mi10 => "b-mi10",
        Method::Pc => "b-pc",
        Method::PcPt => "b-pcpt",
        Method::PcPtTc => "b-pcpttc",
    }
}

/// The section of the baselines.
pub(super) fn table(
    out: &mut Formatter<'_>,
    comparison: &Comparison,
    members: &[Member],
    counted: bool,
) -> fmt::Result {
    out.write_str(
        "<h2>Baselines</h2>\n<div class=\"wide\"><table>\n<thead><tr><th>baseline</th><th class=\"n\">features</th>\
         <th class=\"n\">F1 validation</th><th class=\"n\">F1 test</th><th class=\"n\">cost</th><th>beside</th>\
         <th class=\"n\">cost ratio</th><th class=\"n\">F1 gain</th><th class=\"n\">test gain</th><th></th></tr></thead>\n\
         <tbody>\n",
    )?;
    for (baseline, figures, beside) in comparison.measured() {
        writeln!(
            out,
            "<tr><th scope=\"row\">{baseline}</th><td class=\"n\">{}</td><td class=\"n\">{:.3}</td><td class=\"n\">{:.3}</td>\
             <td class=\"n\">{}</td><td>{}</td><td class=\"n\">{:.2}</td><td class=\"n\">{:+.3}</td><td class=\"n\">{:+.3}</td>\
             <td class=\"no\">{}</td></tr>",
            baseline.features.len(),
            figures.validation_f1(),
            figures.test_f1(),
            figures.cost.metric.text(figures.cost.objective()),
            Escaped(&beside.member),
            beside.cost_ratio,
            beside.validation_difference,
            beside.test_difference,
            match (beside.no_worse, beside.as_good) {
                (true, _) => "",
                (false, true) => "as good only at a higher cost",
                (false, false) => "no member is as good",
            },
        )?;
    }
    for baseline in &comparison.baselines {
        if let BaselineOutcome::Failed { reason } = &baseline.outcome {
            writeln!(
                out,
                "<tr><th scope=\"row\">{baseline}</th><td class=\"n\">{}</td><td class=\"no\" colspan=\"8\">failed: {}</td></tr>",
                baseline.features.len(),
                Escaped(reason)
            )?;
        }
    }
    let costs = match comparison.measurements {
        _ if counted => "with their costs counted as the front's".to_owned(),
        1 => "measured in turn with the front, once each".to_owned(),
        times => format!("measured in turn with the front, {times} times each"),
    };
    writeln!(
        out,
        "</tbody>\n</table></div>\n<p class=\"note\">Trained on the same flows, {costs}. \
         Beside each baseline stands the cheapest member of the front whose F1 on the validation part is \
         no lower, or the best member where there is none: what the baseline costs in relation to it, and what the member's F1 \
         is above the baseline's. {}</p>",
        if comparison.unmatched.is_empty() {
            "For each baseline there is a member with F1 no lower and cost no higher.".to_owned()
        } else {
            format!("No member has F1 no lower and cost no higher for: {}.", comparison.unmatched.join(", "))
        }
    )?;
    let then: Vec<_> = comparison.front.iter().map(|member| member.id.as_str()).collect();
    if members.iter().any(|member| !then.contains(&member.id.as_str())) || members.len() != then.len() {
        out.write_str("<p class=\"note\">The front was another one then: compare again.</p>\n")?;
    }
    Ok(())
}
