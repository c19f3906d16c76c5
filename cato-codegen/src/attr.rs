//! The attribute `#[cato_pipeline(...)]`: from its tokens, and those of the struct below it, to a spec, with the place of
//! every part kept.

mod arguments;
mod item;

use std::collections::BTreeMap;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;

pub use item::Item;

use crate::diag::{Diagnostic, Diagnostics, Mistake, Subject};
use crate::spec::Spec;

/// Where the spec stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// In a file, by its path as written.
    File(String),
    /// In the attribute, and where the struct has fields, in their names.
    Inline(Spec),
}

/// An attribute on a struct.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Where the spec stands.
    pub source: Source,
    /// The struct.
    pub item: Item,
    /// Where in the source code all of it is.
    pub places: Places,
}

/// Where in the source code the parts of a spec are.
#[derive(Clone, Debug)]
pub struct Places {
    whole: Span,
    parts: BTreeMap<Subject, Span>,
}

impl Invocation {
    /// Reads the tokens between the attribute's parentheses, and those of the item below.
    ///
    /// # Errors
    /// A `compile_error!` for every mistake, each at its token, and the item.
    pub fn parse(arguments: TokenStream, item: TokenStream) -> Result<Self, TokenStream> {
        let mut found = Report::new(arguments.span());
        let mut in_item = Report::new(Span::call_site());
        let item = Item::read(item, &mut in_item);
        let source = arguments::read(arguments, &item, &mut found);
        found.places.parts.extend(in_item.places.parts);
        found.errors.extend(in_item.errors);
        match (source, item) {
            (Some(source), item::Read::Sound(item)) if found.errors.is_empty() => {
                Ok(Self { source, item, places: found.places })
            }
            (_, item) => {
                let errors = found.errors;
                Err(quote!(#(#errors)* #item))
            }
        }
    }
}

impl Places {
    /// A `compile_error!` for every mistake, each at the token that it is about.
    #[must_use]
    pub fn compile_errors(&self, diagnostics: &Diagnostics) -> TokenStream {
        let errors = diagnostics.iter().zip(diagnostics.lines()).map(|(diagnostic, text)| {
            let span = self.parts.get(&diagnostic.subject).copied().unwrap_or(self.whole);
            error_at(span, &text)
        });
        errors.collect()
    }
}

/// What was found wrong so far, and where things are.
struct Report {
    errors: Vec<TokenStream>,
    places: Places,
}

impl Report {
    fn new(whole: Span) -> Self {
        Self { errors: Vec::new(), places: Places { whole, parts: BTreeMap::new() } }
    }

    /// Notes the mistake, and gives `None` for what could not be read.
    fn mistake<T>(&mut self, mistake: Mistake, span: Span) -> Option<T> {
        // The subject only serves to find a place, and here it is.
        self.errors.push(error_at(span, &Diagnostic::new(mistake, Subject::Spec).to_string()));
        None
    }

    fn place(&mut self, subject: Subject, span: Span) {
        self.places.parts.insert(subject, span);
    }
}

fn error_at(span: Span, text: &str) -> TokenStream {
    syn::Error::new(span, text).to_compile_error()
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;

    use super::{Invocation, Source};
    use crate::spec::{Depth, ModelSpec, Spec, Strategy};

    fn parse(arguments: TokenStream, item: TokenStream) -> Result<Source, String> {
        Invocation::parse(arguments, item).map(|invocation| invocation.source).map_err(|errors| errors.to_string())
    }

    fn on_unit(arguments: TokenStream) -> Result<Source, String> {
        parse(
            arguments,
            quote!(
                struct Example;
            ),
        )
    }

    fn inline(depth: Depth, features: &[&str], model: Option<ModelSpec>) -> Result<Source, String> {
        let features = features.iter().map(|&name| name.to_owned()).collect();
        Ok(Source::Inline(Spec { version: 1, name: None, early: vec![], depth, features, model }))
    }

    #[test]
    fn a_path_or_a_spec_in_place() {
        assert_eq!(on_unit(quote!(spec = "a.toml")), Ok(Source::File("a.toml".to_owned())));
        let found = on_unit(quote!(features = ["fin_cnt", "dur"], depth = "all",));
        assert_eq!(found, inline(Depth::All, &["fin_cnt", "dur"], None));
        let found = on_unit(quote!(depth = 3, features = ["dur"], model = "m.json", strategy = "const-table"));
        assert_eq!(found, inline(Depth::Packets(3), &["dur"], Some(ModelSpec::new("m.json", Strategy::ConstTable))));
        let found = on_unit(quote!(depth = 3, features = ["dur"], classes = ["a", "b"], model = "m.json"));
        let classes = Some(vec!["a".to_owned(), "b".to_owned()]);
        let model = ModelSpec { classes, ..ModelSpec::new("m.json", Strategy::Auto) };
        assert_eq!(found, inline(Depth::Packets(3), &["dur"], Some(model)));
    }

    #[test]
    fn fields_are_features() {
        let item = quote! {
            pub struct Example {
                /// In bytes.
                #[feature(name = "s_bytes_mean")]
                pub size: f32,
                #[feature]
                dur: f32,
            }
        };
        let found = parse(quote!(depth = 5), item.clone());
        assert_eq!(found, inline(Depth::Packets(5), &["s_bytes_mean", "dur"], None));
        assert_eq!(parse(quote!(spec = "a.toml"), item), Ok(Source::File("a.toml".to_owned())));
    }

    #[test]
    fn every_mistake_is_an_error_of_its_own() {
        let errors = on_unit(quote!(depth = 0, features = ["durr", "dur", "dur"], dept = 3)).unwrap_err();
        assert_eq!(errors.matches("compile_error").count(), 4, "{errors}");
        for part in ["unknown key `dept`", "depth is 0", "did you mean `dur`?", "stands twice"] {
            assert!(errors.contains(part), "{part} in {errors}");
        }
        let item = quote! {
            struct Example {
                #[feature]
                durr: f32,
                other: u8,
            }
        };
        let errors = parse(quote!(depth = 0), item).unwrap_err();
        assert_eq!(errors.matches("compile_error").count(), 3, "{errors}");
    }

    #[test]
    fn what_is_missing_or_too_much_is_named() {
        for (tokens, part) in [
            (quote!(depth = 1), "`features` is missing"),
            (quote!(features = ["dur"]), "`depth` is missing"),
            (quote!(), "either a spec"),
            (quote!(spec = "a", depth = 1), "`depth` stands beside a spec file"),
            (quote!(spec = "a", strategy = "auto"), "`strategy` stands beside a spec file"),
            (quote!(spec = 3), "found an integer, wanted a string"),
            (quote!(depth = true, features = ["dur"]), "found a boolean"),
            (quote!(depth = 1, features = "dur"), "found a string, wanted a list of names"),
            (quote!(depth 3), "expected"),
            (quote!(a::b = 3), "unknown key `a::b`"),
            (quote!(depth = 1, features = ["dur"], strategy = "auto"), "`strategy` without a model"),
            (quote!(depth = 1, features = ["dur"], classes = ["a"]), "`classes` without a model"),
            (
                quote!(depth = 1, features = ["dur"], model = "m", strategy = "nested"),
                "did you mean \\\"nested-if\\\"?",
            ),
        ] {
            let errors = on_unit(tokens).unwrap_err();
            assert!(errors.contains(part), "{part} in {errors}");
            assert_eq!(errors.matches("compile_error").count(), 1, "{errors}");
        }
    }

    #[test]
    fn an_item_that_cannot_be_a_pipeline_is_kept_and_not_blamed_twice() {
        for (item, part) in [
            (
                quote!(
                    enum Example {}
                ),
                "stands on an enum",
            ),
            (quote!(union Example { a: u8 }), "stands on a union"),
            (
                quote!(
                    fn example() {}
                ),
                "stands on a function",
            ),
            (
                quote!(
                    trait Example {}
                ),
                "stands on something else",
            ),
            (
                quote!(
                    struct Example<T>;
                ),
                "type parameters",
            ),
            (
                quote!(
                    struct Example(f32);
                ),
                "without names",
            ),
            (
                quote!(
                    struct Example {}
                ),
                "no fields",
            ),
        ] {
            let errors = parse(quote!(depth = 3, features = ["dur"]), item.clone()).unwrap_err();
            assert!(errors.contains(part), "{part} in {errors}");
            assert!(errors.ends_with(&item.to_string()), "{errors}");
            assert_eq!(errors.matches("compile_error").count(), 1, "{errors}");
        }
    }

    #[test]
    fn attributes_of_fields_are_not_left_to_the_compiler() {
        let item = quote! {
            struct Example {
                #[feature]
                durr: f32,
            }
        };
        let errors = parse(quote!(depth = 1), item).unwrap_err();
        assert!(!errors.contains("feature ]"), "{errors}");
    }
}
