//! The table of mistakes.

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
    /// Another number of models was given than the spec names.
    ModelCount {
        /// How many were given.
        given: usize,
        /// How many the spec names.
        named: usize,
    },
    /// A key that belongs to the stages stands beside them.
    BesideStages {
        /// The key.
        key: &'static str,
    },
    /// A list of stages with nothing in it.
    NoStages,
    /// More stages than there may be.
    TooManyStages {
        /// How many there are.
        found: usize,
    },
    /// A stage before the last at the end of the flow.
    StageOfAll,
    /// A stage that is not deeper than the one before it.
    StageOrder {
        /// Its depth.
        depth: String,
        /// The depth of the one before it.
        before: u16,
    },
    /// A confidence on the last stage.
    ConfidenceOfLast,
    /// A confidence that is not between 0 and 1.
    ConfidenceRange {
        /// As written.
        found: String,
    },
    /// A word for a confidence that is not "never".
    ConfidenceWord {
        /// As written.
        found: String,
        /// "never", where that is near.
        nearest: Option<&'static str>,
    },
    /// A list of confidences that is not as long as the list of classes.
    ConfidenceLength {
        /// How many there are.
        found: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// A stage whose model tells other classes apart than the last one's.
    StageClasses {
        /// Classes of the last stage that it does not know.
        missing: Vec<String>,
        /// Classes that the last stage does not know.
        extra: Vec<String>,
    },
    /// The model's file is not JSON of the expected shape.
    ModelSyntax {
        /// What the parser says.
        reason: String,
    },
    /// A model of a version that this compiler does not read.
    ModelVersion {
        /// The version.
        found: u32,
    },
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
    /// A model with more nodes than a table can number.
    ModelTooLarge {
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
    /// The attribute stands on something else than a struct.
    NotAStruct {
        /// What it stands on.
        found: &'static str,
    },
    /// A struct with type parameters.
    TypeParameters,
    /// A struct whose fields have no names.
    UnnamedFields,
    /// A struct with braces and nothing in them.
    NoFields,
    /// A field that is not an `f32`.
    FieldType {
        /// The field.
        field: String,
    },
    /// A field that is only there under a condition.
    ConditionalField {
        /// The field.
        field: String,
    },
    /// A field that is not marked as a feature.
    UnmarkedField {
        /// The field.
        field: String,
    },
    /// A mark that cannot be read.
    FeatureMark,
    /// A list of features on a struct whose fields name them.
    FeaturesBesideFields,
    /// A field for a feature that the spec does not name.
    FieldNotInSpec {
        /// The feature.
        name: String,
        /// The nearest feature of the spec.
        nearest: Option<&'static str>,
    },
    /// Features of the spec without a field.
    FieldsMissing {
        /// The features.
        names: Vec<&'static str>,
    },
    /// Something written in the attribute that a spec file says already.
    BesideSpecFile {
        /// The key.
        key: &'static str,
    },
    /// Something said of a model where none is named.
    WithoutModel {
        /// The key.
        key: &'static str,
    },
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
