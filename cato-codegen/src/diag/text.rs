//! The words for every mistake.

use super::Mistake;
use crate::model::MODEL_VERSION;
use crate::spec::{MOST_STAGES, SPEC_VERSION, Strategy};

/// What can stand below the attribute.
const ITEM: &str = "write `pub struct Name;`, or a struct with a field for each feature, `#[feature] dur: f32`";

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
                match *wanted {
                    "a section" => format!("write a section `[{key}]`"),
                    "sections" => format!("write sections `[[{key}]]`"),
                    _ => format!("write it as `{}`", example(key)),
                },
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
                format!("a strategy is {}", alternatives(&Strategy::ALL.map(Strategy::name))),
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
            Self::ModelCount { given, named } => text(
                "not one model for each stage",
                format!("{given} were given, and the spec names {named}"),
                "give the models that the spec names, in the order of its stages",
            ),
            Self::BesideStages { key } => text(
                format!("`{key}` stands beside stages"),
                "each stage has its own",
                "write it into a [[stage]], or take the stages out",
            ),
            Self::NoStages => text(
                "no stages",
                "a list of stages with nothing in it",
                "write a section [[stage]] for each, or depth, features and model without stages",
            ),
            Self::TooManyStages { found } => text(
                format!("{found} stages"),
                format!("there may be at most {MOST_STAGES}"),
                "take those out that answer the fewest flows",
            ),
            Self::StageOfAll => text(
                "a stage before the last is at the end of the flow",
                "no packet would be left for the next one",
                "only the last stage may have the depth \"all\"",
            ),
            Self::StageOrder { depth, before } => text(
                format!("a stage at depth {depth} after one at {before}"),
                "each stage sees more packets than the one before it",
                "sort the stages by depth, each once",
            ),
            Self::ConfidenceOfLast => text(
                "`confidence` on the last stage",
                "the last stage always answers",
                "take it out, or add the stage that comes after this one",
            ),
            Self::ConfidenceRange { found } => text(
                format!("confidence {found} is out of range"),
                "a confidence is a share of the vote",
                "write a number from 0 to 1, or \"never\"",
            ),
            Self::ConfidenceWord { found, nearest } => text(
                format!("unknown confidence \"{found}\""),
                "neither a number from 0 to 1 nor \"never\"",
                nearest.map_or_else(
                    || "write the share of the vote that is enough, such as 0.9".to_owned(),
                    |nearest| format!("did you mean \"{nearest}\"?"),
                ),
            ),
            Self::ConfidenceLength { found, classes } => text(
                "not one confidence for each class",
                format!("{found} of them, for {classes} classes"),
                "write a single number for all classes, or one for each in the model's order",
            ),
            Self::StageClasses { missing, extra } => text(
                "the stage's model tells other classes apart than the last one's",
                difference(missing, extra, "they stand in another order"),
                "train all stages on the same labels",
            ),
            Self::ModelSyntax { reason } => {
                text("not a frozen model", reason, "freeze it again with the program that trained it")
            }
            Self::ModelVersion { found } => text(
                format!("a model of version {found}"),
                format!("this compiler reads version {MODEL_VERSION}"),
                "freeze it again with this compiler's `cato`, or build it with the one that wrote it",
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
            Self::ModelTooLarge { found, limit } => text(
                "the model is too large to be written as a table",
                format!("{found} nodes, and at most {limit} can be written so"),
                "train fewer or shallower trees",
            ),
            Self::TreeTooDeep { found, limit } => text(
                "a tree is too deep to be written as nested `if`",
                format!("depth {found}, and at most {limit} can be written so"),
                "use the strategy \"const-table\" or \"auto\", or train shallower trees",
            ),
            Self::NotAStruct { found } => {
                text(format!("`#[cato_pipeline]` stands on {found}"), "a pipeline is a struct", ITEM)
            }
            Self::TypeParameters => {
                text("a pipeline with type parameters", "there is one pipeline, and nothing to choose", "take them out")
            }
            Self::UnnamedFields => text("a pipeline's fields without names", "a field is a feature, by its name", ITEM),
            Self::NoFields => text("a pipeline with braces and no fields", "there is no feature in it", ITEM),
            Self::FieldType { field } => text(
                format!("the field `{field}` is not an `f32`"),
                "a feature is a number as the model takes it",
                format!("write `{field}: f32`"),
            ),
            Self::ConditionalField { field } => text(
                format!("the field `{field}` is there only under a condition"),
                "a pipeline's features are the same in every build",
                "take the `cfg` out, or put it on the struct and write two structs",
            ),
            Self::UnmarkedField { field } => text(
                format!("the field `{field}` is not marked as a feature"),
                "every field of a pipeline is one",
                "write `#[feature]` above it, or keep it in a struct of your own that holds this one",
            ),
            Self::FeatureMark => text(
                "a mark that cannot be read",
                "a feature has the name of its field, or the one that the mark gives",
                "write `#[feature]` or `#[feature(name = \"s_bytes_mean\")]`",
            ),
            Self::FeaturesBesideFields => text(
                "`features` on a struct with fields",
                "its fields are the features",
                "take `features` out, or write a struct without fields",
            ),
            Self::FieldNotInSpec { name, nearest } => text(
                format!("feature `{name}` is not in the spec"),
                "the fields have to be the features of the spec",
                nearest.map_or_else(
                    || "take the field out, or name the feature in the spec".to_owned(),
                    |nearest| format!("did you mean `{nearest}`?"),
                ),
            ),
            Self::FieldsMissing { names } => text(
                format!("no field for {}", names.join(", ")),
                "the fields have to be the features of the spec",
                "add a field for each, in any order",
            ),
            Self::BesideSpecFile { key } => text(
                format!("`{key}` stands beside a spec file"),
                "the file says all there is to say",
                "write it into the file, or take `spec` out and write all of it here",
            ),
            Self::WithoutModel { key } => text(
                format!("`{key}` without a model"),
                "there is nothing that it could be said of",
                format!("add `{}`, or take `{key}` out", example("model")),
            ),
            Self::NeitherFileNorInline => text(
                "`#[cato_pipeline]` has to name either a spec, or a depth and features",
                "here is neither",
                "write `spec = \"spec.toml\"`, or `depth = 10, features = [\"dur\", ...]`",
            ),
            Self::UnreadableFile { path, reason } => text(
                format!("cannot read `{path}`"),
                reason,
                "paths in an attribute start at the folder of Cargo.toml, a model's path in a spec at that spec",
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
        "model" => "model = \"model.json\"",
        "file" => "file = \"model.json\"",
        "strategy" => "strategy = \"auto\"",
        "confidence" => "confidence = 0.9",
        "stage" => "[[stage]]",
        "classes" => "classes = [\"camera\", \"hub\"]",
        _ => "spec = \"spec.toml\"",
    }
}

/// "a", "b" or "c", in quotes.
fn alternatives(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
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
