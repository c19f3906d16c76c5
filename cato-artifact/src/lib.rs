//! From a spec and a frozen model to a loaded pipeline: source, `rustc`, shared object, checked entry points.
//!
//! A [`Kit`] is what candidates are compiled against: the runtime and the macro, built once per source and `rustc`
//! version from the sources that this crate carries, wherever it runs. [`Kit::build`] makes an [`Artifact`], a folder in
//! a cache addressed by content. [`Loaded`] is such an artifact in this process.
//!
//! The cache holds a folder for each kit (some 30 MB) and `artifacts/` with a folder for each artifact (10 KB to a few
//! MB). Kits beyond the latest three and artifacts beyond the latest thousand go once nobody asked for them for a day.
//!
//! What is compiled is `#[cato_pipeline(spec = "spec.toml")]` on a struct, exactly what a user's crate would say, plus
//! one fixed static that exports it. Nothing here reads or edits generated source.

mod artifact;
mod build;
mod cache;
mod code_size;
mod kit;
mod load;
mod process;
mod sources;
mod toolchain;

pub use artifact::Artifact;
pub use build::BuildError;
pub use cache::default_cache;
pub use kit::{Kit, KitError};
pub use load::{LoadError, Loaded};
