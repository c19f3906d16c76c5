//! The attribute `#[cato_pipeline(...)]`: from its tokens to a spec, with the place of every part kept.

use std::collections::BTreeMap;

use proc_macro2::{Span, TokenStream};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprArray, ExprLit, Fields, ItemStruct, Lit, MetaNameValue, Token};

use crate::check;
use crate::diag::{Diagnostic, Diagnostics, Mistake, Subject, nearest};
use crate::spec::{Depth, SPEC_VERSION, Spec};

const KEYS: [&str; 3] = ["spec", "depth", "features"];

/// What an attribute names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A spec in a file, by its path as written.
    File(String),
    /// A spec without a model, written in the attribute itself.
    Inline(Spec),
}

/// An attribute's arguments.
#[derive(Clone, Debug)]
pub struct Arguments {
    /// What they name.
    pub source: Source,
    /// Where.
    pub places: Places,
}

/// Where in the source code the parts of a spec are.
#[derive(Clone, Debug)]
pub struct Places {
    whole: Span,
    parts: BTreeMap<Subject, Span>,
}

impl Arguments {
    /// Reads the tokens between the attribute's parentheses.
    ///
    /// # Errors
    /// A `compile_error!` for every mistake, each at its token.
    pub fn parse(tokens: TokenStream) -> Result<Self, TokenStream> {
        let whole = tokens.span();
        let entries = Punctuated::<MetaNameValue, Token![,]>::parse_terminated
            .parse2(tokens)
            .map_err(|error| error.to_compile_error())?;
        let mut reader = Reader { mistakes: Vec::new(), places: Places { whole, parts: BTreeMap::new() } };
        let source = reader.arguments(&entries);
        match source {
            Some(source) if reader.mistakes.is_empty() => Ok(Self { source, places: reader.places }),
            _ => {
                Err(reader.mistakes.iter().map(|(diagnostic, span)| error_at(*span, &diagnostic.to_string())).collect())
            }
        }
    }
}

impl Places {
    /// A `compile_error!` for every mistake, each at the token that it is about; those about the item at `item`.
    #[must_use]
    pub fn compile_errors(&self, diagnostics: &Diagnostics, item: Span) -> TokenStream {
        diagnostics
            .iter()
            .zip(diagnostics.lines())
            .map(|(diagnostic, text)| {
                let span = match diagnostic.subject {
                    Subject::Item => item,
                    subject => self.parts.get(&subject).copied().unwrap_or(self.whole),
                };
                error_at(span, &text)
            })
            .collect()
    }
}

/// The item as a struct without fields and type parameters.
pub(crate) fn unit_struct(item: TokenStream) -> Option<ItemStruct> {
    let item: ItemStruct = syn::parse2(item).ok()?;
    let plain = matches!(item.fields, Fields::Unit) && item.generics.params.is_empty();
    plain.then_some(item)
}

/// The expression inside the invisible group that a `macro_rules` variable comes in.
fn ungrouped(mut value: &Expr) -> &Expr {
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

fn error_at(span: Span, text: &str) -> TokenStream {
    syn::Error::new(span, text).to_compile_error()
}

struct Reader {
    mistakes: Vec<(Diagnostic, Span)>,
    places: Places,
}

/// Each method gives `None` where something is missing or wrong, and has then reported it.
impl Reader {
    fn arguments(&mut self, entries: &Punctuated<MetaNameValue, Token![,]>) -> Option<Source> {
        let mut values: BTreeMap<String, &Expr> = BTreeMap::new();
        for entry in entries {
            let key = entry.path.get_ident().map_or_else(String::new, ToString::to_string);
            if !KEYS.contains(&key.as_str()) {
                let nearest = nearest(&key, KEYS);
                self.report::<()>(Mistake::UnknownKey { key, nearest }, Subject::Spec, entry.path.span());
            } else if values.insert(key.clone(), ungrouped(&entry.value)).is_some() {
                self.report::<()>(Mistake::RepeatedKey { key }, Subject::Spec, entry.path.span());
            }
        }
        match (values.get("spec"), values.get("depth"), values.get("features")) {
            (Some(path), None, None) => {
                // Whatever is wrong in the file can only be shown at its path.
                self.places.whole = path.span();
                self.string("spec", path, Subject::Spec).map(Source::File)
            }
            (None, Some(depth), Some(features)) => {
                let (depth, features) = (self.depth(depth), self.features(features));
                Some(Source::Inline(Spec {
                    version: SPEC_VERSION,
                    name: None,
                    depth: depth?,
                    features: features?,
                    model: None,
                }))
            }
            (None, Some(_), None) => self.missing("features"),
            (None, None, Some(_)) => self.missing("depth"),
            // What was mistyped has been said already.
            (None, None, None) if !self.mistakes.is_empty() => None,
            _ => {
                let whole = self.places.whole;
                self.report(Mistake::NeitherFileNorInline, Subject::Spec, whole)
            }
        }
    }

    fn depth(&mut self, value: &Expr) -> Option<Depth> {
        let depth = match value {
            Expr::Lit(ExprLit { lit: Lit::Str(word), .. }) => check::depth_word(&word.value()),
            Expr::Lit(ExprLit { lit: Lit::Int(packets), .. }) => check::depth_packets(packets.base10_digits()),
            _ => Err(Mistake::WrongType {
                key: "depth",
                wanted: "a number of packets or \"all\"",
                found: kind(value).to_owned(),
            }),
        };
        self.places.parts.insert(Subject::Depth, value.span());
        depth.map_or_else(|mistake| self.report(mistake, Subject::Depth, value.span()), Some)
    }

    fn features(&mut self, value: &Expr) -> Option<Vec<String>> {
        let Expr::Array(ExprArray { elems, .. }) = value else {
            return self.wrong_type("features", "a list of names", value, Subject::Features);
        };
        self.places.parts.insert(Subject::Features, value.span());
        let names: Vec<_> = elems.iter().map(|item| self.string("features", item, Subject::Features)).collect();
        let names: Vec<_> = names.into_iter().collect::<Option<_>>()?;
        for (index, item) in elems.iter().enumerate() {
            self.places.parts.insert(Subject::Feature(index), item.span());
        }
        let mistakes = check::features(&names).err().unwrap_or_default();
        let sound = mistakes.is_empty();
        for Diagnostic { mistake, subject, .. } in mistakes {
            let span = self.places.parts.get(&subject).copied().unwrap_or_else(|| value.span());
            self.report::<()>(mistake, subject, span);
        }
        sound.then_some(names)
    }

    fn string(&mut self, key: &'static str, value: &Expr, subject: Subject) -> Option<String> {
        match ungrouped(value) {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                self.places.parts.insert(subject, value.span());
                Some(text.value())
            }
            _ => self.wrong_type(key, "a string", value, subject),
        }
    }

    fn missing(&mut self, key: &'static str) -> Option<Source> {
        let whole = self.places.whole;
        self.report(Mistake::MissingKey { key }, Subject::Spec, whole)
    }

    fn wrong_type<T>(&mut self, key: &'static str, wanted: &'static str, value: &Expr, subject: Subject) -> Option<T> {
        let found = kind(value).to_owned();
        self.report(Mistake::WrongType { key, wanted, found }, subject, value.span())
    }

    fn report<T>(&mut self, mistake: Mistake, subject: Subject, span: Span) -> Option<T> {
        self.mistakes.push((Diagnostic::new(mistake, subject), span));
        None
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{Arguments, Source, unit_struct};
    use crate::spec::{Depth, Spec};

    #[test]
    fn a_path_or_an_inline_spec() {
        assert_eq!(Arguments::parse(quote!(spec = "a.toml")).unwrap().source, Source::File("a.toml".to_owned()));
        let inline = Arguments::parse(quote!(features = ["fin_cnt", "dur"], depth = "all",)).unwrap().source;
        let features = vec!["fin_cnt".to_owned(), "dur".to_owned()];
        assert_eq!(inline, Source::Inline(Spec { version: 1, name: None, depth: Depth::All, features, model: None }));
    }

    #[test]
    fn every_mistake_is_an_error_of_its_own() {
        let errors = Arguments::parse(quote!(depth = 0, features = ["durr", "dur", "dur"], dept = 3)).unwrap_err();
        let errors = errors.to_string();
        assert_eq!(errors.matches("compile_error").count(), 4, "{errors}");
        for part in ["unknown key `dept`", "depth is 0", "did you mean `dur`?", "stands twice"] {
            assert!(errors.contains(part), "{part} in {errors}");
        }
    }

    #[test]
    fn half_an_inline_spec_is_not_enough() {
        for (tokens, part) in [
            (quote!(depth = 1), "`features` is missing"),
            (quote!(features = ["dur"]), "`depth` is missing"),
            (quote!(), "either a spec"),
            (quote!(spec = "a", depth = 1), "either a spec"),
            (quote!(spec = 3), "found an integer, wanted a string"),
            (quote!(depth = true, features = "dur"), "found a boolean"),
            (quote!(depth 3), "expected"),
        ] {
            let errors = Arguments::parse(tokens).unwrap_err().to_string();
            assert!(errors.contains(part), "{part} in {errors}");
        }
    }

    #[test]
    fn only_unit_structs_are_pipelines() {
        assert!(
            unit_struct(quote!(
                pub struct Pipeline;
            ))
            .is_some()
        );
        for other in [
            quote!(
                enum Pipeline {}
            ),
            quote!(
                struct P {
                    a: u8,
                }
            ),
            quote!(
                struct P<T>;
            ),
            quote!(
                fn f() {}
            ),
        ] {
            assert!(unit_struct(other).is_none());
        }
    }
}
