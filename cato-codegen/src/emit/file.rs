//! The two ways in which emitted items are placed: around a user's struct, and as a file.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Attribute, Ident, ItemStruct, parse_quote};

use super::{doc, names, pipeline, typed};
use crate::attr::Item;
use crate::catalog::FeatureId;
use crate::ir::Pipeline;

/// The user's struct with documentation of what it has become, a name for its state, and the items in a scope of their
/// own in which `rt` is the crate `cato-runtime`. `fields` has the field of every column, or none.
pub(crate) fn expansion(compiled: &Pipeline, item: &Item, fields: &[&Ident]) -> TokenStream {
    let name = &item.item.ident;
    let visibility = &item.item.vis;
    let state = format_ident!("{name}State", span = Span::call_site());
    let documented = documented(compiled, &item.item, &state, fields);
    let about_state = doc::attributes(&[doc::state(compiled, name)]);
    let items = pipeline::items(compiled, name);
    let conversions = (!fields.is_empty()).then(|| typed::conversions(name, &state, fields));
    quote! {
        #documented

        #about_state
        #[allow(dead_code, unreachable_pub)]
        #visibility type #state = <#name as ::cato_runtime::Pipeline>::State;

        const _: () = {
            use ::cato_runtime as rt;

            #items

            #conversions
        };
    }
}

/// The struct, with what the compiler knows of it and of its fields after what its author says.
fn documented(compiled: &Pipeline, item: &ItemStruct, state: &Ident, columns: &[&Ident]) -> ItemStruct {
    let mut item = item.clone();
    document(&mut item.attrs, doc::pipeline(compiled, state));
    for field in &mut item.fields {
        let column = columns.iter().position(|&column| Some(column) == field.ident.as_ref());
        let described: Option<(usize, FeatureId)> =
            column.and_then(|column| Some((column, *compiled.features().get(column)?)));
        if let Some((column, feature)) = described {
            document(&mut field.attrs, vec![doc::column(column, feature)]);
        }
    }
    item
}

/// Adds a paragraph to the documentation that is there.
fn document(attributes: &mut Vec<Attribute>, mut lines: Vec<String>) {
    if attributes.iter().any(|attribute| attribute.path().is_ident("doc")) {
        lines.insert(0, String::new());
    }
    let lines = doc::attributes(&lines);
    let holder: ItemStruct = parse_quote!(#lines struct Holder;);
    attributes.extend(holder.attrs);
}

/// The text of a module whose parent has the runtime as its child `rt`.
pub(crate) fn file(compiled: &Pipeline, name: &str) -> String {
    let name: Ident = names::ident(name);
    let items = pipeline::items(compiled, &name);
    let documentation = doc::attributes(&doc::pipeline(compiled, &names::ident("State")));
    let tokens = quote! {
        use super::rt;

        #documentation
        #[derive(Clone, Copy, Debug)]
        pub struct #name;

        #items
    };
    let file = syn::parse2(tokens).expect("emitted items are Rust");
    spaced(&prettyplease::unparse(&file))
}

/// Sets items and methods apart by an empty line, as people do.
fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 256);
    let mut previous = "{";
    for line in text.lines() {
        let inner = line.strip_prefix("    ").unwrap_or(line);
        let begins = ["///", "#[", "const DEPTH"].iter().any(|start| inner.starts_with(start));
        let continues = previous.ends_with('{') || previous.trim_start().starts_with(['/', '#']);
        let follows = previous == "}" && !line.is_empty();
        if begins && !continues || follows {
            spaced.push('\n');
        }
        spaced.push_str(line);
        spaced.push('\n');
        previous = line;
    }
    spaced
}
