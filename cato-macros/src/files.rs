//! What the compiler may not do itself: read the files that an attribute names.

use std::path::{Path, PathBuf};

use cato_codegen::attr::{Arguments, Source};
use cato_codegen::diag::{Diagnostic, Diagnostics, Mistake, Subject};
use cato_codegen::model::Model;
use cato_codegen::spec::Spec;
use proc_macro2::{Span, TokenStream};
use quote::quote;

/// The expansion, or an error for every mistake and the item as it was.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let Arguments { source, places } = match Arguments::parse(arguments) {
        Ok(arguments) => arguments,
        Err(errors) => return quote!(#errors #item),
    };
    let place = item.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span());
    let expanded = match source {
        Source::Inline(spec) => cato_codegen::expand(&spec, None, item.clone()),
        Source::File(path) => expand_file(&path, item.clone()),
    };
    expanded.unwrap_or_else(|mistakes| {
        let errors = places.compile_errors(&mistakes, place);
        quote!(#errors #item)
    })
}

fn expand_file(path: &str, item: TokenStream) -> Result<TokenStream, Diagnostics> {
    let path = folder_of_crate().join(path);
    let text = read(&path, Subject::Spec)?;
    let shown = path.display().to_string();
    let spec = Spec::from_toml(&text).map_err(|mistakes| mistakes.in_file(&shown))?;
    let mut read_from = vec![path.clone()];
    let model = match &spec.model {
        None => None,
        Some(model) => {
            let path = path.with_file_name(&model.file);
            let text = read(&path, Subject::Model)?;
            let model = Model::from_json(&text).map_err(|error| {
                let mistake = Mistake::ModelInvalid { reason: error.to_string() };
                Diagnostics::from(Diagnostic::new(mistake, Subject::Model)).in_file(path.display().to_string())
            })?;
            read_from.push(path);
            Some(model)
        }
    };
    let expanded = cato_codegen::expand(&spec, model.as_ref(), item).map_err(|mistakes| mistakes.in_file(&shown))?;
    let dependencies = read_from.iter().map(|path| dependency(path));
    Ok(quote!(#expanded #(#dependencies)*))
}

/// The folder of the crate that is being compiled; the current one where rustc is called without cargo.
fn folder_of_crate() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default()
}

fn read(path: &Path, subject: Subject) -> Result<String, Diagnostics> {
    std::fs::read_to_string(path).map_err(|error| {
        let mistake = Mistake::UnreadableFile { path: path.display().to_string(), reason: error.to_string() };
        Diagnostic::new(mistake, subject).into()
    })
}

/// A constant that makes the compiler depend on the file, so that cargo builds again when it changes.
fn dependency(path: &Path) -> TokenStream {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string();
    quote!(
        const _: &[u8] = ::core::include_bytes!(#path);
    )
}
