//! What the compiler may not do itself: read the files that an attribute names.

use std::path::{Path, PathBuf};

use cato_codegen::attr::{Invocation, Item, Source};
use cato_codegen::diag::{Diagnostic, Diagnostics, Mistake, Subject};
use cato_codegen::model::Model;
use cato_codegen::spec::Spec;
use proc_macro2::TokenStream;
use quote::quote;

/// The expansion, or an error for every mistake and the item.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let Invocation { source, item, places } = match Invocation::parse(arguments, item) {
        Ok(invocation) => invocation,
        Err(errors) => return errors,
    };
    let expanded = match source {
        Source::Inline(spec) => expand_spec(&spec, Path::new(""), &item),
        Source::File(path) => expand_file(Path::new(&path), &item),
    };
    expanded.unwrap_or_else(|mistakes| {
        let errors = places.compile_errors(&mistakes);
        quote!(#errors #item)
    })
}

/// Paths are shown as they are written, and start at the crate's folder.
fn expand_file(path: &Path, item: &Item) -> Result<TokenStream, Diagnostics> {
    let text = read(path, Subject::Spec)?;
    let shown = path.display().to_string();
    let spec = Spec::from_toml(&text).map_err(|mistakes| mistakes.in_file(&shown))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let expanded =
        expand_spec(&spec, folder, item).map_err(|mistakes| mistakes.at(&Spec::places(&text)).in_file(&shown))?;
    let dependency = dependency(path);
    Ok(quote!(#expanded #dependency))
}

/// The expansion of a spec whose models, where it names some, are relative to `folder`.
fn expand_spec(spec: &Spec, folder: &Path, item: &Item) -> Result<TokenStream, Diagnostics> {
    let mut models = Vec::new();
    let mut dependencies = Vec::new();
    for (stage, named) in spec.models().enumerate() {
        let subject = if stage < spec.early.len() { Subject::Stage(stage) } else { Subject::Model };
        let path = folder.join(&named.file);
        let text = read(&path, subject)?;
        let model = Model::from_json(&text)
            .map_err(|error| Diagnostics::from(Diagnostic::from(error)).in_file(path.display().to_string()))?;
        models.push(model);
        dependencies.push(dependency(&path));
    }
    let models: Vec<&Model> = models.iter().collect();
    let expanded = cato_codegen::expand(spec, &models, item)?;
    Ok(quote!(#expanded #(#dependencies)*))
}

fn read(path: &Path, subject: Subject) -> Result<String, Diagnostics> {
    let path = in_crate(path);
    std::fs::read_to_string(&path).map_err(|error| {
        let mistake = Mistake::UnreadableFile { path: path.display().to_string(), reason: error.to_string() };
        Diagnostic::new(mistake, subject).into()
    })
}

/// A constant that makes the compiler depend on the file, so that cargo builds again when it changes.
fn dependency(path: &Path) -> TokenStream {
    let path = in_crate(path);
    let path = std::path::absolute(&path).unwrap_or(path).display().to_string();
    quote!(
        const _: &[u8] = ::core::include_bytes!(#path);
    )
}

/// The path below the folder of the crate that is being compiled; the current one where rustc is called without cargo.
fn in_crate(path: &Path) -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default().join(path)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use quote::quote;

    /// The expansion of a unit struct for `spec` in a folder with the given files, with the folder's path taken out.
    fn expansion(files: &[(&str, &str)], spec: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let path = folder.path().join(spec).display().to_string();
        let tokens = super::expand(
            quote!(spec = #path),
            quote!(
                pub struct Example;
            ),
        )
        .to_string();
        tokens.replace(&folder.path().display().to_string(), "FOLDER")
    }

    const MODEL: &str = r#"{"version":1,"kind":{"type":"decision-tree"},"features":["dur"],"classes":["a"],
        "leaves":[[[0,65535]]],"trees":[{"feature":[-1],"threshold":[],"leaf":[0]}]}"#;

    fn spec(features: &str) -> String {
        format!("version = 1\ndepth = 3\nfeatures = [{features}]\n[model]\nfile = \"model.json\"\n")
    }

    #[test]
    fn files_are_read_and_become_dependencies() {
        let tokens = expansion(&[("spec.toml", &spec("'dur'")), ("model.json", MODEL)], "spec.toml");
        assert!(tokens.contains("pub struct Example ;"), "{tokens}");
        for file in ["FOLDER/spec.toml", "FOLDER/model.json"] {
            let dependency = format!("include_bytes ! (\"{file}\")");
            assert!(tokens.contains(&dependency), "{dependency} in {tokens}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_an_error_that_says_where() {
        let sound = spec("'dur'");
        let cases: [(&[(&str, &str)], &str); 5] = [
            (&[], "cannot read `FOLDER/spec.toml`"),
            (&[("spec.toml", &sound)], "cannot read `FOLDER/model.json`"),
            (&[("spec.toml", &spec("'dur', 'durr'"))], "FOLDER/spec.toml:3:20: unknown feature `durr`"),
            (
                &[("spec.toml", &sound), ("model.json", "{")],
                "FOLDER/model.json:1:1: not a frozen model: EOF while parsing",
            ),
            (
                &[("spec.toml", &spec("'dur', 's_load'")), ("model.json", MODEL)],
                "FOLDER/spec.toml:5:8: the model does not fit the spec: it was trained without s_load",
            ),
        ];
        for (files, words) in cases {
            let tokens = expansion(files, "spec.toml");
            assert!(tokens.contains("compile_error") && tokens.contains(words), "{words} in {tokens}");
            assert!(tokens.ends_with("pub struct Example ;"), "{tokens}");
        }
    }

    #[test]
    fn paths_are_relative_to_the_crate() {
        let tokens = super::expand(
            quote!(spec = "no/such.toml"),
            quote!(
                struct Example;
            ),
        )
        .to_string();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("no/such.toml").display().to_string();
        assert!(tokens.contains(&path), "{path} in {tokens}");
    }
}
