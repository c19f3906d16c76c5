//! The C API of a vendored crate: its Rust, from templates, and its header, which cbindgen writes from that Rust.
//!
//! The API is the same for every crate but for names and numbers. In a template, a word between two `@` stands for one
//! of those.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cato_codegen::spec::Depth;

use super::{Plan, VendorError};

/// Path in the crate and text of every template, in the order of the header's declarations.
const TEMPLATES: [(&str, &str); 3] = [
    ("src/capi.rs", include_str!("capi.rs.in")),
    ("src/capi/flows.rs", include_str!("flows.rs.in")),
    ("src/capi/driver.rs", include_str!("driver.rs.in")),
];

const CBINDGEN: &str = include_str!("cbindgen.toml");

/// What C knows under the crate's name: types in lower case, constants in capitals.
const TYPES: [&str; 12] = [
    "Status", "State", "Packet", "Verdict", "Driver", "Settings", "Frame", "End", "Skip", "Eviction", "Flow",
    "Counters",
];
const SINK: &str = "Sink";
const CONSTANTS: [&str; 11] = [
    "STATE_BYTES",
    "STATE_ALIGN",
    "DEPTH",
    "FEATURES",
    "CLASSES",
    "NO_CLASS",
    "FROM_SOURCE",
    "FROM_DESTINATION",
    "MAX_FLOWS",
    "SKIPS",
    "EVICTIONS",
];

/// Paths and texts of the modules that make up the API.
pub(super) fn modules(plan: &Plan<'_>) -> BTreeMap<String, String> {
    let words = words(plan);
    TEMPLATES.iter().map(|(path, template)| ((*path).to_owned(), filled(template, &words))).collect()
}

/// Path in the crate of the header.
pub(super) fn header_file(plan: &Plan<'_>) -> String {
    format!("include/{}.h", plan.crate_name())
}

/// The text of the header, which begins with the comment `origin`.
///
/// # Errors
/// Where cbindgen cannot read the modules, or they cannot be given to it.
pub(super) fn header(plan: &Plan<'_>, origin: &str, modules: &BTreeMap<String, String>) -> Result<String, VendorError> {
    // cbindgen reads files only, and says nothing of where they were.
    let folder = tempfile::tempdir().map_err(|source| io(Path::new("a temporary folder"), source))?;
    let mut builder = cbindgen::Builder::new().with_config(settings(plan, origin)?);
    for (number, (path, _)) in TEMPLATES.iter().enumerate() {
        let file = folder.path().join(format!("{number}.rs"));
        let text = modules.get(*path).map(String::as_str).unwrap_or_default();
        fs::write(&file, text).map_err(|source| io(&file, source))?;
        builder = builder.with_src(file);
    }
    let bindings = builder.generate().map_err(|error| VendorError::Header(error.to_string()))?;
    let mut header = Vec::new();
    bindings.write(&mut header);
    String::from_utf8(header).map_err(|error| VendorError::Header(error.to_string()))
}

fn io(path: &Path, source: std::io::Error) -> VendorError {
    VendorError::Io { path: path.to_owned(), source }
}

fn settings(plan: &Plan<'_>, origin: &str) -> Result<cbindgen::Config, VendorError> {
    let mut settings: cbindgen::Config =
        toml::from_str(CBINDGEN).map_err(|error| VendorError::Header(error.to_string()))?;
    let lower = plan.crate_name();
    let upper = lower.to_uppercase();
    settings.header = Some(format!("/*\n * {}\n */", origin.trim_end().replace('\n', "\n * ")));
    settings.include_guard = Some(format!("{upper}_H"));
    settings.layout.aligned_n = Some(format!("{upper}_ALIGNED"));
    settings.after_includes = Some(alignment(&upper));
    settings.export.rename = TYPES
        .iter()
        .chain([&SINK])
        .map(|name| ((*name).to_owned(), format!("{lower}_{}", name.to_lowercase())))
        .chain(CONSTANTS.iter().map(|name| ((*name).to_owned(), format!("{upper}_{name}"))))
        .collect();
    Ok(settings)
}

/// How a type is aligned, in the languages that may read the header.
fn alignment(upper: &str) -> String {
    format!(
        "#if defined(__cplusplus)\n\
         #define {upper}_ALIGNED(bytes) alignas(bytes)\n\
         #elif defined(_MSC_VER)\n\
         #define {upper}_ALIGNED(bytes) __declspec(align(bytes))\n\
         #else\n\
         #define {upper}_ALIGNED(bytes) __attribute__((aligned(bytes)))\n\
         #endif"
    )
}

/// What the words of the templates stand for.
fn words(plan: &Plan<'_>) -> BTreeMap<&'static str, String> {
    let name = plan.crate_name();
    let depth = match plan.pipeline.depth() {
        Depth::Packets(packets) => u32::from(packets),
        Depth::All => 0,
    };
    let features: Vec<_> = plan.pipeline.features().iter().map(|feature| feature.name()).collect();
    let classes: Vec<_> = plan.classes().iter().map(String::as_str).collect();
    BTreeMap::from([
        ("NAME", name.to_uppercase()),
        ("name", name),
        ("STRUCT", plan.item().to_owned()),
        ("state_bytes", plan.pipeline.state_bytes().to_string()),
        ("state_align", plan.pipeline.state_align().to_string()),
        ("depth", depth.to_string()),
        ("features", features.len().to_string()),
        ("classes", classes.len().to_string()),
        ("feature_names", literals(&features)),
        ("class_names", literals(&classes)),
    ])
}

/// C string literals, one a line.
fn literals(texts: &[&str]) -> String {
    // What ends a string in C cannot be part of one.
    let literal = |text: &&str| format!("\n    c{:?},", text.replace('\0', "\u{fffd}"));
    let lines: String = texts.iter().map(literal).collect();
    if lines.is_empty() { lines } else { lines + "\n" }
}

/// The template with every word replaced. A word that stands for nothing is left as it is, and does not compile.
fn filled(template: &str, words: &BTreeMap<&'static str, String>) -> String {
    let pieces = template.split('@').enumerate();
    let piece = |(number, piece): (usize, &str)| match words.get(piece) {
        Some(meaning) if number % 2 == 1 => meaning.clone(),
        None if number % 2 == 1 => format!("@{piece}@"),
        _ => piece.to_owned(),
    };
    pieces.map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::{CONSTANTS, SINK, TEMPLATES, TYPES};

    #[test]
    fn everything_that_c_sees_has_the_name_of_the_crate() {
        let lines = || TEMPLATES.iter().flat_map(|(_, text)| text.lines());
        let declared = |keyword: &str| -> Vec<&str> {
            let names = lines().filter_map(|line| line.strip_prefix(keyword));
            names.filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()).collect()
        };
        let types = [declared("pub struct "), declared("pub enum ")].concat();
        assert_eq!(sorted(types), sorted(TYPES.to_vec()));
        assert_eq!(declared("pub type "), [SINK]);
        assert_eq!(sorted(declared("pub const ")), sorted(CONSTANTS.to_vec()));
        let functions = lines().filter(|line| line.contains("extern \"C\" fn ") && line.starts_with("pub "));
        let unnamed: Vec<_> = functions.filter(|line| !line.contains("extern \"C\" fn @name@_")).collect();
        assert_eq!(unnamed, Vec::<&str>::new());
    }

    fn sorted(mut names: Vec<&str>) -> Vec<&str> {
        names.sort_unstable();
        names
    }
}
