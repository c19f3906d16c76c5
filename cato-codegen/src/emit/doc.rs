//! What the documentation of a pipeline says of it, so that it can be read where its users look.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use crate::catalog::{Feature, FeatureId};
use crate::explain;
use crate::ir::{Classifier, EarlyStage, Pipeline};

/// Of the pipeline itself, whose state is the type `state`.
pub(super) fn pipeline(compiled: &Pipeline, state: &Ident) -> Vec<String> {
    let mut lines = vec![explain::headline(compiled), String::new()];
    lines.push("| column | feature | unit | what it is |".to_owned());
    lines.push("|---|---|---|---|".to_owned());
    for (column, feature) in compiled.features().iter().enumerate() {
        let Feature { name, unit, definition, .. } = *feature.row();
        lines.push(format!("| {column} | `{name}` | {unit} | {} |", definition.words()));
    }
    lines.push(String::new());
    let bytes = compiled.state_bytes();
    lines.push(format!("An undefined feature is -1. Between packets, [`{state}`] keeps {bytes} bytes of a flow."));
    for stage in compiled.early() {
        lines.push(String::new());
        lines.push(early(stage));
    }
    if let Some(classifier) = compiled.classifier() {
        lines.push(String::new());
        lines.push(decision(classifier));
    }
    lines
}

/// Of its state.
pub(super) fn state(compiled: &Pipeline, pipeline: &Ident) -> String {
    format!("What [`{pipeline}`] keeps of one flow between its packets: {} bytes.", compiled.state_bytes())
}

/// Of a field that holds a feature.
pub(super) fn column(column: usize, feature: FeatureId) -> String {
    let Feature { name, unit, definition, .. } = *feature.row();
    let unit = if unit == "-" { String::new() } else { format!(" ({unit})") };
    format!("Column {column}, `{name}`: {}{unit}.", definition.words())
}

/// Lines as the attributes that documentation is.
pub(super) fn attributes(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// Of a stage before the last.
fn early(EarlyStage { depth, classifier, thresholds }: &EarlyStage) -> String {
    let (kind, written) = (explain::kind(classifier), explain::written(classifier.emission));
    let never = thresholds.iter().filter(|&&least| least > u32::from(u16::MAX)).count();
    let never = if never > 0 { format!("; {never} of its classes it never gives") } else { String::new() };
    format!("At packet {depth} decided, where it is sure, by {kind}, written {written}{never}.")
}

fn decision(classifier: &Classifier) -> String {
    let classes =
        classifier.model.classes.iter().enumerate().map(|(number, label)| format!("{number} {}", code(label)));
    let classes: Vec<_> = classes.collect();
    let (kind, written) = (explain::kind(classifier), explain::written(classifier.emission));
    format!("Decided by {kind}, written {written}. Classes by number: {}.", classes.join(", "))
}

/// Any text as inline code on one line.
fn code(text: &str) -> String {
    let shown = text.escape_debug().to_string();
    let fence = (1..).map(|length| "`".repeat(length)).find(|fence| !shown.contains(fence.as_str()));
    let fence = fence.unwrap_or_default();
    // Within one backtick of a fence, a space sets the text apart, and is not shown.
    if fence.len() == 1 && !shown.is_empty() {
        format!("{fence}{shown}{fence}")
    } else {
        format!("{fence} {shown} {fence}")
    }
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn any_label_is_inline_code() {
        assert_eq!(code("plug"), "`plug`");
        assert_eq!(code("<b>"), "`<b>`");
        assert_eq!(code("a\nb"), "`a\\nb`");
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(code(""), "`  `");
    }
}
