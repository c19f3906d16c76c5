//! The attribute `#[cato_pipeline]`: a pipeline compiled from its spec where it stands.

mod files;

use proc_macro::TokenStream;

/// Implements `cato_runtime::Pipeline` for a unit struct.
///
/// `#[cato_pipeline(spec = "path.toml")]` reads a spec, and the model that it names, from files; the path is relative
/// to the folder of the crate's `Cargo.toml`, the model's to its spec. `#[cato_pipeline(depth = 10, features = ["dur",
/// "s_bytes_mean"])]` is a spec without a model, written in place; `depth = "all"` waits for the end of the flow.
#[proc_macro_attribute]
pub fn cato_pipeline(arguments: TokenStream, item: TokenStream) -> TokenStream {
    files::expand(arguments.into(), item.into()).into()
}
