//! The struct that the attribute stands on: without fields, or with a field for each feature.

use std::collections::BTreeMap;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Field, Fields, Ident, ItemStruct, Lit, Meta, MetaNameValue, Type};

use super::Report;
use crate::catalog::FeatureId;
use crate::diag::{Diagnostic, Diagnostics, Mistake, Subject, nearest};

const MARK: &str = "feature";
const NAME: &str = "name";

/// A struct that is a pipeline, or will be.
#[derive(Clone, Debug)]
pub struct Item {
    /// Without the attributes that mark features.
    pub(crate) item: ItemStruct,
    /// In order of declaration; none for a unit struct.
    pub(crate) fields: Vec<FeatureField>,
}

/// A field and the feature that it holds.
#[derive(Clone, Debug)]
pub(crate) struct FeatureField {
    pub(crate) field: Ident,
    pub(crate) feature: String,
    /// Where the feature is named.
    pub(crate) span: Span,
}

/// How far an item could be read.
pub(super) enum Read {
    Sound(Item),
    /// A struct with mistakes, which are reported.
    Struct(ItemStruct),
    /// Something else, which is reported.
    Other(TokenStream),
}

impl Item {
    pub(super) fn read(tokens: TokenStream, report: &mut Report) -> Read {
        let mut item = match syn::parse2(tokens.clone()) {
            Ok(syn::Item::Struct(item)) => item,
            other => {
                let (found, span) = kind(other.ok().as_ref(), &tokens);
                report.mistake::<()>(Mistake::NotAStruct { found }, span);
                return Read::Other(tokens);
            }
        };
        report.place(Subject::Item, item.ident.span());
        match fields(&mut item, report) {
            Some(fields) => Read::Sound(Self { item, fields }),
            None => Read::Struct(item),
        }
    }

    /// The field of each of the `features`, in their order; none where there are no fields at all.
    pub(crate) fn columns(&self, features: &[FeatureId]) -> Result<Vec<&Ident>, Diagnostics> {
        if self.fields.is_empty() {
            return Ok(Vec::new());
        }
        let mut columns = BTreeMap::new();
        let mut mistakes = Vec::new();
        for (index, FeatureField { field, feature, .. }) in self.fields.iter().enumerate() {
            let known = features.iter().find(|known| known.name() == feature);
            let mistake = match known {
                None => {
                    let nearest = nearest(feature, features.iter().map(|known| known.name()));
                    Mistake::FieldNotInSpec { name: feature.clone(), nearest }
                }
                Some(&known) if columns.insert(known, field).is_some() => {
                    Mistake::RepeatedFeature { name: feature.clone() }
                }
                Some(_) => continue,
            };
            mistakes.push(Diagnostic::new(mistake, Subject::Field(index)));
        }
        let missing = features.iter().filter(|feature| !columns.contains_key(feature));
        let names: Vec<_> = missing.map(|feature| feature.name()).collect();
        if !names.is_empty() {
            mistakes.push(Diagnostic::new(Mistake::FieldsMissing { names }, Subject::Item));
        }
        Diagnostics::none_of(mistakes)?;
        Ok(columns.into_values().collect())
    }
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.item.to_tokens(tokens);
    }
}

impl ToTokens for Read {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Sound(item) => item.to_tokens(tokens),
            Self::Struct(item) => item.to_tokens(tokens),
            Self::Other(other) => other.to_tokens(tokens),
        }
    }
}

/// What an item is, and the token that says so.
fn kind(item: Option<&syn::Item>, tokens: &TokenStream) -> (&'static str, Span) {
    match item {
        Some(syn::Item::Enum(item)) => ("an enum", item.enum_token.span),
        Some(syn::Item::Union(item)) => ("a union", item.union_token.span),
        Some(syn::Item::Fn(item)) => ("a function", item.sig.fn_token.span),
        _ => ("something else", tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span())),
    }
}

/// The fields with their features; takes the marks off.
fn fields(item: &mut ItemStruct, report: &mut Report) -> Option<Vec<FeatureField>> {
    let parameters = item.generics.lt_token.filter(|_| !item.generics.params.is_empty());
    let plain = match parameters {
        Some(bracket) => report.mistake(Mistake::TypeParameters, bracket.span),
        None => Some(()),
    };
    let fields = match &mut item.fields {
        Fields::Unit => Some(Vec::new()),
        Fields::Unnamed(fields) => report.mistake(Mistake::UnnamedFields, fields.paren_token.span.join()),
        Fields::Named(fields) if fields.named.is_empty() => {
            report.mistake(Mistake::NoFields, fields.brace_token.span.join())
        }
        Fields::Named(fields) => {
            let read: Vec<_> = fields.named.iter_mut().map(|field| feature(field, report)).collect();
            for (index, field) in read.iter().enumerate() {
                field.iter().for_each(|field| report.place(Subject::Field(index), field.span));
            }
            read.into_iter().collect()
        }
    };
    plain.and(fields)
}

fn feature(field: &mut Field, report: &mut Report) -> Option<FeatureField> {
    let name = field.ident.clone()?;
    let is_mark = |attribute: &Attribute| attribute.path().is_ident(MARK);
    let marks: Vec<_> = field.attrs.extract_if(.., |attribute| is_mark(attribute)).collect();
    let typed = match ungrouped(&field.ty) {
        Type::Path(path) if path.path.is_ident("f32") => Some(()),
        other => report.mistake(Mistake::FieldType { field: name.to_string() }, other.span()),
    };
    let conditional = field.attrs.iter().find(|attribute| attribute.path().is_ident("cfg"));
    let always = match conditional {
        Some(attribute) => {
            report.mistake(Mistake::ConditionalField { field: name.to_string() }, attribute.path().span())
        }
        None => Some(()),
    };
    let feature = match marks.as_slice() {
        [] => report.mistake(Mistake::UnmarkedField { field: name.to_string() }, name.span()),
        [mark] => mark_text(mark, &name, report),
        [_, second, ..] => report.mistake(Mistake::RepeatedKey { key: format!("#[{MARK}]") }, second.path().span()),
    };
    let (feature, span) = feature?;
    typed.and(always)?;
    Some(FeatureField { field: name, feature, span })
}

/// The type inside the invisible group that a `macro_rules` variable comes in.
fn ungrouped(mut ty: &Type) -> &Type {
    while let Type::Group(group) = ty {
        ty = &group.elem;
    }
    ty
}

/// The feature that a mark names, or else its field, and where.
fn mark_text(mark: &Attribute, field: &Ident, report: &mut Report) -> Option<(String, Span)> {
    let entry = match &mark.meta {
        Meta::Path(_) => return Some((syn::ext::IdentExt::unraw(field).to_string(), field.span())),
        Meta::List(list) => list.parse_args::<MetaNameValue>().ok(),
        Meta::NameValue(_) => None,
    };
    let Some(MetaNameValue { path, value, .. }) = entry else {
        return report.mistake(Mistake::FeatureMark, mark.path().span());
    };
    if !path.is_ident(NAME) {
        let key = super::arguments::written(&path);
        let nearest = nearest(&key, [NAME]);
        return report.mistake(Mistake::UnknownKey { key, nearest }, path.span());
    }
    match super::arguments::ungrouped(&value) {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some((text.value(), text.span())),
        _ => report.mistake(Mistake::FeatureMark, value.span()),
    }
}
