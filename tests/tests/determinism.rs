//! Equal specs give equal bytes: in one process and in another, from the macro and as a file.

use std::path::PathBuf;
use std::process::Command;

use cato_codegen::attr::Invocation;
use cato_codegen::{expand, render};
use cato_tests::specs::{self, Golden};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, ExprBlock, File, Item, ItemConst, Stmt};

const GENERATIONS: usize = 10;

#[test]
fn generations_are_equal() {
    for golden in ["link", "run"].into_iter().flat_map(specs::in_every_strategy) {
        let generate = || (file(&golden), expansion(&golden).to_string());
        let first = generate();
        for _ in 1..GENERATIONS {
            assert!(generate() == first, "{}", golden.name);
        }
    }
}

/// The other process runs elsewhere, in another language and time zone, and hashes with other keys.
#[test]
fn another_process_generates_the_same() {
    let files: Vec<PathBuf> = ["link", "run"].into_iter().flat_map(specs::files).collect();
    let sources = files.iter().flat_map(|path| specs::sound(path).in_every_strategy());
    let expected: String = sources.map(|golden| file(&golden)).collect();
    let mut other = Command::new(env!("CARGO_BIN_EXE_emit"));
    other.args(&files).current_dir(std::env::temp_dir()).env("LANG", "tr_TR.UTF-8").env("TZ", "Asia/Kathmandu");
    let output = other.output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout == expected.as_bytes(), "the source differs");
}

/// The same items, formatted the same way: the file's after its `use` and its struct, the macro's within their scope.
#[test]
fn the_macro_and_the_file_hold_the_same_items() {
    for golden in ["link", "run"].into_iter().flat_map(specs::in_every_strategy) {
        let file: File = syn::parse_str(&file(&golden)).expect("it is Rust");
        let expansion: File = syn::parse2(expansion(&golden)).expect("it is Rust");
        let scope = expansion.items.into_iter().find_map(|item| match item {
            Item::Const(ItemConst { expr, .. }) => Some(*expr),
            _ => None,
        });
        let Some(Expr::Block(ExprBlock { block, .. })) = scope else { panic!("{}: a scope", golden.name) };
        let items = block.stmts.into_iter().filter_map(|statement| match statement {
            Stmt::Item(Item::Use(_)) => None,
            Stmt::Item(item) => Some(item),
            _ => panic!("{}: nothing but items", golden.name),
        });
        assert_eq!(formatted(items), formatted(file.items.into_iter().skip(2)), "{}", golden.name);
    }
}

fn file(golden: &Golden) -> String {
    render(&golden.spec, &golden.models(), "Example").unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn expansion(golden: &Golden) -> TokenStream {
    let arguments = quote!(spec = "spec.toml");
    let item = quote!(
        pub struct Example;
    );
    let Ok(Invocation { item, .. }) = Invocation::parse(arguments, item) else { panic!("a sound attribute") };
    expand(&golden.spec, &golden.models(), &item).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn formatted(items: impl Iterator<Item = Item>) -> String {
    let empty: File = syn::parse_quote!();
    prettyplease::unparse(&File { items: items.collect(), ..empty })
}
