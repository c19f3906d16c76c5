//! The attribute `#[cato_pipeline]`: a pipeline compiled from its spec where it stands.

mod files;

use proc_macro::TokenStream;

/// Implements `cato_runtime::Pipeline` for a struct.
///
/// A spec is named or written in place, and the struct has no fields or one for each feature:
///
/// ```ignore
/// /// A spec in a file, and the model that it names. The path starts at the folder of Cargo.toml, the model's at the spec.
/// #[cato_pipeline(spec = "pipelines/office.toml")]
/// pub struct Office;
///
/// /// A spec in place: `depth` is a number of packets, or "all" to wait for the end of the flow.
/// #[cato_pipeline(depth = 10, features = ["dur", "s_bytes_mean"])]
/// pub struct Sizes;
///
/// /// A spec in place with a model, how its trees are written, and the classes that this crate counts on; the last two
/// /// may be left out.
/// #[cato_pipeline(
///     depth = 10,
///     features = ["dur", "s_bytes_mean"],
///     model = "models/office.json",
///     strategy = "auto",
///     classes = ["camera", "plug"],
/// )]
/// pub struct Devices;
///
/// /// Features as fields, in any order, each called as its feature or marked with its name.
/// #[cato_pipeline(depth = 10, model = "models/office.json")]
/// #[derive(Clone, Copy, Debug)]
/// pub struct Session {
///     #[feature(name = "s_bytes_mean")]
///     pub size: f32,
///     #[feature]
///     pub dur: f32,
/// }
/// ```
///
/// # What is made
///
/// * The implementation of `Pipeline`. Features are `[f32; N]` in *column order*, which is the catalogue's and not the
///   one they are written in; `Pipeline::FEATURES` has their names.
/// * A name for the pipeline's state: `OfficeState` for `Office`, as visible as that.
/// * For a struct with fields, `From<[f32; N]>` from a row in column order, `From<Session> for [f32; N]` back to one,
///   and `From<&SessionState>`, which extracts the features of a flow: `Session::from(&state).size`. The verdict on them
///   is `Session::predict(&session.into())`.
/// * Documentation, added to what the author wrote: the columns with their units, what is kept of a flow, the model and
///   its classes.
///
/// The crate is compiled again when a file that the attribute names has changed. All mistakes in the attribute, the
/// struct, the spec and the model are reported at once, or up to the first file that cannot be read, each at its token;
/// those in a file at the name of that file, with line and column.
#[proc_macro_attribute]
pub fn cato_pipeline(arguments: TokenStream, item: TokenStream) -> TokenStream {
    files::expand(arguments.into(), item.into()).into()
}
