//! The table of mistakes.

use crate::spec::SPEC_VERSION;

/// A mistake in a spec, in a model, or in the attribute that names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// The text is not TOML.
    Syntax {
        /// What the parser says.
        reason: String,
    },
    /// A key that must be there is not.
    MissingKey {
        /// The key.
        key: &'static str,
    },
    /// A key that means nothing.
    UnknownKey {
        /// As written.
        key: String,
        /// The nearest key that means something.
        nearest: Option<&'static str>,
    },
    /// A key that stands twice.
    RepeatedKey {
        /// The key.
        key: String,
    },
    /// A value of the wrong type.
    WrongType {
        /// The key.
        key: &'static str,
        /// What may stand there.
        wanted: &'static str,
        /// What stands there.
        found: String,
    },
    /// A spec of a version that this compiler does not read.
    UnsupportedVersion {
        /// The version.
        found: String,
    },
    /// No packet would be seen.
    DepthZero,
    /// More packets than a depth can name.
    DepthTooLarge {
        /// As written.
        found: String,
    },
    /// A word for a depth that is not "all".
    DepthWord {
        /// As written.
        found: String,
    },
    /// An empty list of features.
    NoFeatures,
    /// A name that is not in the catalogue.
    UnknownFeature {
        /// As written.
        name: String,
        /// The nearest name of the catalogue.
        nearest: Option<&'static str>,
    },
    /// A feature that stands twice.
    RepeatedFeature {
        /// Its name.
        name: String,
    },
    /// A word that is not a strategy.
    UnknownStrategy {
        /// As written.
        found: String,
        /// The nearest strategy.
        nearest: Option<&'static str>,
    },
    /// The spec names a model and none was given.
    ModelNotGiven {
        /// The model's file.
        file: String,
    },
    /// A model was given and the spec names none.
    ModelNotNamed,
    /// The model breaks a rule of its format.
    ModelInvalid {
        /// Which rule, and where.
        reason: String,
    },
    /// The model was trained on other features than the spec names.
    ModelFeatures {
        /// Features of the spec that the model does not know.
        missing: Vec<String>,
        /// Features of the model that the spec does not name.
        extra: Vec<String>,
    },
    /// The model tells other classes apart than the spec counts on.
    ModelClasses {
        /// Classes of the spec that the model does not know.
        missing: Vec<String>,
        /// Classes of the model that the spec does not name.
        extra: Vec<String>,
    },
    /// A tree with more nodes than a table can number.
    TreeTooLarge {
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A tree too deep to be written as nested `if`.
    TreeTooDeep {
        /// Its depth.
        found: usize,
        /// The largest depth that may be written so.
        limit: usize,
    },
    /// The attribute stands on something else than a unit struct without type parameters.
    NotAUnitStruct,
    /// The attribute names neither a spec nor features, or both.
    NeitherFileNorInline,
    /// A file that cannot be read.
    UnreadableFile {
        /// The path that was looked at.
        path: String,
        /// What the system says.
        reason: String,
    },
}

/// What is said of a mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// What is wrong, in a line.
    pub message: String,
    /// What to see at the place itself.
    pub label: String,
    /// What to do about it.
    pub help: String,
}

impl Mistake {
    /// The words for this mistake.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Syntax { reason } => text("not valid TOML", reason, "a spec is a TOML document"),
            Self::MissingKey { key } => {
                text(format!("`{key}` is missing"), "a spec has to say it", format!("add `{}`", example(key)))
            }
            Self::UnknownKey { key, nearest } => text(
                format!("unknown key `{key}`"),
                "means nothing here",
                nearest.map_or_else(|| "take it out".to_owned(), |nearest| format!("did you mean `{nearest}`?")),
            ),
            Self::RepeatedKey { key } => {
                text(format!("`{key}` stands twice"), "already given above", "keep one of them")
            }
            Self::WrongType { key, wanted, found } => text(
                format!("`{key}` is of the wrong type"),
                format!("found {found}, wanted {wanted}"),
                format!("write it as `{}`", example(key)),
            ),
            Self::UnsupportedVersion { found } => text(
                format!("a spec of version {found}"),
                format!("this compiler reads version {SPEC_VERSION}"),
                "write the spec again with this compiler's `cato`, or build it with the one that wrote it",
            ),
            Self::DepthZero => text(
                "depth is 0",
                "no packet would be seen",
                "a depth is a number of packets from 1 to 65,535, or \"all\" for the whole flow",
            ),
            Self::DepthTooLarge { found } => text(
                format!("depth {found} is out of range"),
                "a depth is a number of packets from 1 to 65,535",
                "write \"all\" for the whole flow",
            ),
            Self::DepthWord { found } => text(
                format!("unknown depth \"{found}\""),
                "neither a number of packets nor \"all\"",
                "a depth is a number of packets from 1 to 65,535, or \"all\" for the whole flow",
            ),
            Self::NoFeatures => text(
                "no features",
                "a pipeline needs at least one",
                "name features of the catalogue, such as `features = [\"dur\", \"s_bytes_mean\"]`",
            ),
            Self::UnknownFeature { name, nearest } => text(
                format!("unknown feature `{name}`"),
                "not in the catalogue",
                nearest.map_or_else(
                    || {
                        "names are made as {s,d}_{bytes,iat,winsize,ttl}_{sum,mean,min,max,med,std}, dur, syn_cnt, ..."
                            .to_owned()
                    },
                    |nearest| format!("did you mean `{nearest}`?"),
                ),
            ),
            Self::RepeatedFeature { name } => {
                text(format!("feature `{name}` stands twice"), "already named above", "take one of them out")
            }
            Self::UnknownStrategy { found, nearest } => text(
                format!("unknown strategy \"{found}\""),
                "a strategy is \"auto\", \"nested-if\" or \"const-table\"",
                format!("did you mean \"{}\"?", nearest.unwrap_or("auto")),
            ),
            Self::ModelNotGiven { file } => text(
                "the spec's model was not given",
                format!("the spec names \"{file}\""),
                "give the model along with the spec, or take the section [model] out",
            ),
            Self::ModelNotNamed => text(
                "a model was given for a spec without one",
                "the spec has no section [model]",
                "add [model] with `file = \"model.json\"` to the spec",
            ),
            Self::ModelInvalid { reason } => {
                text("the model is not valid", reason, "freeze it again with the program that trained it")
            }
            Self::ModelFeatures { missing, extra } => text(
                "the model does not fit the spec",
                difference(missing, extra, "its features stand in another order than the catalogue's"),
                "name exactly the features that the model was trained on, or train it on those of the spec",
            ),
            Self::ModelClasses { missing, extra } => text(
                "the model does not tell the classes apart that the spec counts on",
                difference(missing, extra, "they stand in another order, or one of them twice"),
                "name exactly the model's classes, bytewise ascending, or leave `classes` out",
            ),
            Self::TreeTooLarge { found, limit } => text(
                "a tree is too large to be written as a table",
                format!("{found} nodes, and at most {limit} can be written so"),
                "train shallower trees",
            ),
            Self::TreeTooDeep { found, limit } => text(
                "a tree is too deep to be written as nested `if`",
                format!("depth {found}, and at most {limit} can be written so"),
                "use the strategy \"const-table\" or \"auto\", or train shallower trees",
            ),
            Self::NotAUnitStruct => text(
                "`#[cato_pipeline]` has to stand on a unit struct",
                "this is something else",
                "write `pub struct Name;`, without fields or type parameters",
            ),
            Self::NeitherFileNorInline => text(
                "`#[cato_pipeline]` has to name either a spec, or a depth and features",
                "neither of them, or both",
                "write `spec = \"spec.toml\"`, or `depth = 10, features = [\"dur\", ...]`",
            ),
            Self::UnreadableFile { path, reason } => text(
                format!("cannot read `{path}`"),
                reason,
                "a spec's path is relative to the folder of Cargo.toml, a model's to its spec",
            ),
        }
    }
}

fn text(message: impl Into<String>, label: impl Into<String>, help: impl Into<String>) -> Text {
    Text { message: message.into(), label: label.into(), help: help.into() }
}

/// How a key is written.
fn example(key: &str) -> &'static str {
    match key {
        "version" => "version = 1",
        "name" => "name = \"a name for people\"",
        "depth" => "depth = 10",
        "features" => "features = [\"dur\", \"s_bytes_mean\"]",
        "model" => "[model]",
        "file" => "file = \"model.json\"",
        "strategy" => "strategy = \"auto\"",
        "classes" => "classes = [\"camera\", \"hub\"]",
        _ => "spec = \"spec.toml\"",
    }
}

fn difference(missing: &[String], extra: &[String], same: &str) -> String {
    match (missing, extra) {
        ([], []) => same.to_owned(),
        ([], extra) => format!("it was also trained on {}", extra.join(", ")),
        (missing, []) => format!("it was trained without {}", missing.join(", ")),
        (missing, extra) => format!("it was trained on {} and not on {}", extra.join(", "), missing.join(", ")),
    }
}
