//! The two ways in which emitted items are placed: around a user's struct, and as a file.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, ItemStruct};

use super::{names, pipeline};
use crate::explain;
use crate::ir::Pipeline;

/// The user's struct, and the items in a scope of their own in which `rt` is the crate `cato-runtime`.
pub(crate) fn expansion(compiled: &Pipeline, item: &ItemStruct) -> TokenStream {
    let items = pipeline::items(compiled, &item.ident);
    quote! {
        #item

        const _: () = {
            use ::cato_runtime as rt;

            #items
        };
    }
}

/// The text of a module whose parent has the runtime as its child `rt`.
pub(crate) fn file(compiled: &Pipeline, name: &str) -> String {
    let name: Ident = names::ident(name);
    let items = pipeline::items(compiled, &name);
    let documentation = format!(" {}", explain::headline(compiled));
    let tokens = quote! {
        use super::rt;

        #[doc = #documentation]
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
