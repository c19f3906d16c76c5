//! What stands between the attribute's parentheses.

use std::collections::BTreeMap;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprArray, ExprLit, Lit, MetaNameValue, Path, Token};

use super::item::Read;
use super::{Item, Report, Source};
use crate::check;
use crate::diag::{Diagnostic, Mistake, Subject, nearest};
use crate::spec::{Depth, ModelSpec, SPEC_VERSION, Spec, Strategy};

const FILE: &str = "spec";
const INLINE: [&str; 5] = ["depth", "features", "model", "strategy", "classes"];

/// A key as written, and its value.
type Entries<'a> = BTreeMap<&'static str, (&'a Path, &'a Expr)>;

/// The spec, or where it is; the fields of `item` name its features where there are any.
pub(super) fn read(tokens: TokenStream, item: &Read, report: &mut Report) -> Option<Source> {
    let entries = match Punctuated::<MetaNameValue, Token![,]>::parse_terminated.parse2(tokens) {
        Ok(entries) => entries,
        Err(error) => {
            report.errors.push(error.to_compile_error());
            return None;
        }
    };
    let entries = by_key(&entries, report);
    match entries.get(FILE) {
        Some((_, path)) => from_file(path, &entries, report),
        // What was mistyped has been said already.
        None if entries.is_empty() && !report.errors.is_empty() => None,
        None if entries.is_empty() => report.mistake(Mistake::NeitherFileNorInline, report.places.whole),
        None => inline(&entries, item, report).map(Source::Inline),
    }
}

fn by_key<'a>(entries: &'a Punctuated<MetaNameValue, Token![,]>, report: &mut Report) -> Entries<'a> {
    let mut values = Entries::new();
    for MetaNameValue { path, value, .. } in entries {
        let key = written(path);
        let known = [FILE].into_iter().chain(INLINE);
        match known.clone().find(|known| *known == key) {
            None => {
                let nearest = nearest(&key, known);
                report.mistake::<()>(Mistake::UnknownKey { key, nearest }, path.span());
            }
            Some(key) if values.contains_key(key) => {
                report.mistake::<()>(Mistake::RepeatedKey { key: key.to_owned() }, path.span());
            }
            Some(key) => {
                values.insert(key, (path, ungrouped(value)));
            }
        }
    }
    values
}

fn from_file(path: &Expr, entries: &Entries<'_>, report: &mut Report) -> Option<Source> {
    for (key, (path, _)) in entries.iter().filter(|(key, _)| **key != FILE) {
        report.mistake::<()>(Mistake::BesideSpecFile { key }, path.span());
    }
    // Whatever is wrong in the file can only be shown at its path.
    report.places.whole = path.span();
    string(FILE, path, report).map(Source::File)
}

fn inline(entries: &Entries<'_>, item: &Read, report: &mut Report) -> Option<Spec> {
    let depth = match entries.get("depth") {
        Some((_, value)) => self::depth(value, report),
        None => report.mistake(Mistake::MissingKey { key: "depth" }, report.places.whole),
    };
    let features = match (entries.get("features"), item) {
        (Some((_, value)), Read::Other(_)) => features(value, report),
        (Some((_, value)), Read::Sound(item)) if item.fields.is_empty() => features(value, report),
        (Some((path, _)), Read::Sound(_)) => report.mistake(Mistake::FeaturesBesideFields, path.span()),
        (None, Read::Sound(item)) if item.fields.is_empty() => {
            report.mistake(Mistake::MissingKey { key: "features" }, report.places.whole)
        }
        (None, Read::Sound(item)) => features_of_fields(item, report),
        // What the item lacks is said of the item.
        (_, Read::Struct(_) | Read::Other(_)) => None,
    };
    let model = model(entries, report);
    Some(Spec {
        version: SPEC_VERSION,
        name: None,
        early: Vec::new(),
        depth: depth?,
        features: features?,
        model: model?,
    })
}

fn depth(value: &Expr, report: &mut Report) -> Option<Depth> {
    report.place(Subject::Depth, value.span());
    let depth = match value {
        Expr::Lit(ExprLit { lit: Lit::Str(word), .. }) => check::depth_word(&word.value()),
        Expr::Lit(ExprLit { lit: Lit::Int(packets), .. }) => check::depth_packets(packets.base10_digits()),
        _ => Err(Mistake::WrongType {
            key: "depth",
            wanted: "a number of packets or \"all\"",
            found: kind(value).to_owned(),
        }),
    };
    depth.map_or_else(|mistake| report.mistake(mistake, value.span()), Some)
}

fn features(value: &Expr, report: &mut Report) -> Option<Vec<String>> {
    report.place(Subject::Features, value.span());
    let (names, spans) = strings("features", value, report)?;
    for (index, span) in spans.into_iter().enumerate() {
        report.place(Subject::Feature(index), span);
    }
    checked(names, report)
}

/// The item is read by then, and has said where its fields are.
fn features_of_fields(item: &Item, report: &mut Report) -> Option<Vec<String>> {
    for (index, field) in item.fields.iter().enumerate() {
        report.place(Subject::Feature(index), field.span);
    }
    checked(item.fields.iter().map(|field| field.feature.clone()).collect(), report)
}

fn checked(names: Vec<String>, report: &mut Report) -> Option<Vec<String>> {
    let mistakes = check::features(&names).err().unwrap_or_default();
    let sound = mistakes.is_empty();
    for Diagnostic { mistake, subject, .. } in mistakes {
        let span = report.places.parts.get(&subject).copied().unwrap_or(report.places.whole);
        report.mistake::<()>(mistake, span);
    }
    sound.then_some(names)
}

/// The model where one is named: `None` for mistakes, which are reported.
fn model(entries: &Entries<'_>, report: &mut Report) -> Option<Option<ModelSpec>> {
    let strategy = entries.get("strategy").map(|(_, value)| strategy(value, report));
    let classes = entries.get("classes").map(|(_, value)| {
        report.place(Subject::Classes, value.span());
        strings("classes", value, report).map(|(names, _)| names)
    });
    let Some((_, file)) = entries.get("model") else {
        let alone: Vec<_> = ["strategy", "classes"].into_iter().filter_map(|key| entries.get_key_value(key)).collect();
        for (key, (path, _)) in &alone {
            report.mistake::<()>(Mistake::WithoutModel { key }, path.span());
        }
        return alone.is_empty().then_some(None);
    };
    report.place(Subject::Model, file.span());
    let file = string("model", file, report);
    let strategy = strategy.unwrap_or(Some(Strategy::default()));
    let classes = classes.map_or(Some(None), |classes| classes.map(Some));
    Some(Some(ModelSpec { file: file?, strategy: strategy?, classes: classes? }))
}

fn strategy(value: &Expr, report: &mut Report) -> Option<Strategy> {
    let name = string("strategy", value, report)?;
    Strategy::by_name(&name).or_else(|| {
        let nearest = nearest(&name, Strategy::ALL.map(Strategy::name));
        report.mistake(Mistake::UnknownStrategy { found: name, nearest }, value.span())
    })
}

fn strings(key: &'static str, value: &Expr, report: &mut Report) -> Option<(Vec<String>, Vec<Span>)> {
    let Expr::Array(ExprArray { elems, .. }) = value else {
        return wrong_type(key, "a list of names", value, report);
    };
    let names: Vec<_> = elems.iter().map(|item| string(key, item, report)).collect();
    let names: Vec<_> = names.into_iter().collect::<Option<_>>()?;
    Some((names, elems.iter().map(Spanned::span).collect()))
}

fn string(key: &'static str, value: &Expr, report: &mut Report) -> Option<String> {
    match ungrouped(value) {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => wrong_type(key, "a string", value, report),
    }
}

fn wrong_type<T>(key: &'static str, wanted: &'static str, value: &Expr, report: &mut Report) -> Option<T> {
    let found = kind(value).to_owned();
    report.mistake(Mistake::WrongType { key, wanted, found }, value.span())
}

/// A path as it is written, without spaces.
pub(super) fn written(path: &Path) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}

/// The expression inside the invisible group that a `macro_rules` variable comes in.
pub(super) fn ungrouped(mut value: &Expr) -> &Expr {
    while let Expr::Group(group) = value {
        value = &group.expr;
    }
    value
}

/// What an expression is, for people.
fn kind(value: &Expr) -> &'static str {
    match ungrouped(value) {
        Expr::Array(_) => "a list",
        Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) => "a string",
        Expr::Lit(ExprLit { lit: Lit::Int(_), .. }) => "an integer",
        Expr::Lit(ExprLit { lit: Lit::Float(_), .. }) => "a number with a fraction",
        Expr::Lit(ExprLit { lit: Lit::Bool(_), .. }) => "a boolean",
        _ => "an expression",
    }
}
