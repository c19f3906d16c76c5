//! From what was typed to what is meant: a [`Checked`] spec can no longer be wrong.

pub(crate) mod stages;

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::catalog::FeatureId;
use crate::diag::{Diagnostic, Diagnostics, Mistake, Subject, nearest};
use crate::model::Model;
use crate::spec::{Depth, ModelSpec, SPEC_VERSION, Spec, Strategy};

/// A spec without mistakes, and its models where it names some.
#[derive(Clone, Debug)]
pub(crate) struct Checked<'a> {
    pub(crate) depth: Depth,
    /// Those of every stage, in column order, each once, never empty.
    pub(crate) features: Vec<FeatureId>,
    /// The model of the last stage, which reads those columns.
    pub(crate) model: Option<(Cow<'a, Model>, Strategy)>,
    /// The stages before it.
    pub(crate) early: Vec<stages::Checked>,
}

/// Checks a spec and that `models` are those it names, one for each stage.
pub(crate) fn check<'a>(spec: &Spec, models: &[&'a Model]) -> Result<Checked<'a>, Diagnostics> {
    let mut mistakes = Vec::new();
    if let Err(mistake) = version(&spec.version.to_string()) {
        mistakes.push(Diagnostic::new(mistake, Subject::Version));
    }
    if spec.depth == Depth::Packets(0) {
        mistakes.push(Diagnostic::new(Mistake::DepthZero, Subject::Depth));
    }
    let features = features(&spec.features).unwrap_or_else(|found| {
        mistakes.extend(found);
        Vec::new()
    });
    if !spec.early.is_empty() {
        return stages::check(spec, features, models, mistakes);
    }
    // What a model should fit is only known once the features are.
    let fitting = if mistakes.is_empty() { Some(features.as_slice()) } else { None };
    match (&spec.model, models) {
        (None, []) => {}
        (Some(ModelSpec { file, .. }), []) => {
            mistakes.push(Diagnostic::new(Mistake::ModelNotGiven { file: file.clone() }, Subject::Model));
        }
        (None, _) => mistakes.push(Diagnostic::new(Mistake::ModelNotNamed, Subject::Model)),
        (Some(named), [model]) => {
            let found = misfit(model, fitting, named.classes.as_deref());
            mistakes.extend(found);
        }
        (Some(_), models) => {
            let mistake = Mistake::ModelCount { given: models.len(), named: 1 };
            mistakes.push(Diagnostic::new(mistake, Subject::Model));
        }
    }
    Diagnostics::none_of(mistakes)?;
    let strategy = spec.model.as_ref().map(|model| model.strategy).unwrap_or_default();
    let model = models.first().map(|model| (Cow::Borrowed(*model), strategy));
    Ok(Checked { depth: spec.depth, features, model, early: Vec::new() })
}

/// The version as a number, if this compiler reads it.
pub(crate) fn version(written: &str) -> Result<u32, Mistake> {
    match written.parse() {
        Ok(SPEC_VERSION) => Ok(SPEC_VERSION),
        _ => Err(Mistake::UnsupportedVersion { found: written.to_owned() }),
    }
}

/// A depth written as a word.
pub(crate) fn depth_word(written: &str) -> Result<Depth, Mistake> {
    if written == "all" { Ok(Depth::All) } else { Err(Mistake::DepthWord { found: written.to_owned() }) }
}

/// A depth written as an integer.
pub(crate) fn depth_packets(written: &str) -> Result<Depth, Mistake> {
    match written.parse() {
        Ok(0) => Err(Mistake::DepthZero),
        Ok(packets) => Ok(Depth::Packets(packets)),
        Err(_) => Err(Mistake::DepthTooLarge { found: written.to_owned() }),
    }
}

/// The features of those names, in column order.
pub(crate) fn features(names: &[String]) -> Result<Vec<FeatureId>, Vec<Diagnostic>> {
    let mut mistakes = Vec::new();
    if names.is_empty() {
        mistakes.push(Diagnostic::new(Mistake::NoFeatures, Subject::Features));
    }
    let mut features = BTreeSet::new();
    for (index, name) in names.iter().enumerate() {
        let mistake = match FeatureId::by_name(name) {
            None => Mistake::UnknownFeature { name: name.clone(), nearest: nearest_feature(name) },
            Some(feature) if !features.insert(feature) => Mistake::RepeatedFeature { name: name.clone() },
            Some(_) => continue,
        };
        mistakes.push(Diagnostic::new(mistake, Subject::Feature(index)));
    }
    if mistakes.is_empty() { Ok(features.into_iter().collect()) } else { Err(mistakes) }
}

fn nearest_feature(name: &str) -> Option<&'static str> {
    nearest(name, FeatureId::ALL.iter().map(|feature| feature.name()))
}

/// Why `model` cannot be used on `features`, which are `None` where they are not known, or not where `classes` are
/// counted on.
fn misfit(model: &Model, features: Option<&[FeatureId]>, classes: Option<&[String]>) -> Vec<Diagnostic> {
    if let Err(error) = model.validate() {
        return vec![error.into()];
    }
    let features: Option<Vec<&str>> = features.map(|ids| ids.iter().map(|feature| feature.name()).collect());
    let features = features.and_then(|named| difference(&named, &model.features));
    let classes = classes.and_then(|named| difference(named, &model.classes));
    let features =
        features.map(|(missing, extra)| Diagnostic::new(Mistake::ModelFeatures { missing, extra }, Subject::Model));
    let classes =
        classes.map(|(missing, extra)| Diagnostic::new(Mistake::ModelClasses { missing, extra }, Subject::Classes));
    features.into_iter().chain(classes).collect()
}

/// What is only among the named, and what only among the known; `None` where they are the same in the same order.
fn difference(named: &[impl AsRef<str>], known: &[String]) -> Option<(Vec<String>, Vec<String>)> {
    if named.iter().map(AsRef::as_ref).eq(known.iter()) {
        return None;
    }
    let named: BTreeSet<&str> = named.iter().map(AsRef::as_ref).collect();
    let known: BTreeSet<&str> = known.iter().map(String::as_str).collect();
    let only_in = |these: &BTreeSet<&str>, those: &BTreeSet<&str>| {
        these.difference(those).map(|name| (*name).to_owned()).collect()
    };
    Some((only_in(&named, &known), only_in(&known, &named)))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::diag::Mistake;
    use crate::model::{Model, ModelKind, Node};
    use crate::spec::{Depth, ModelSpec, Spec, Strategy};

    fn spec(features: &[&str]) -> Spec {
        Spec {
            version: 1,
            name: None,
            early: vec![],
            depth: Depth::Packets(3),
            features: features.iter().map(|&name| name.to_owned()).collect(),
            model: Some(ModelSpec::new("model.json", Strategy::Auto)),
        }
    }

    fn model(features: &[&str]) -> Model {
        Model {
            kind: ModelKind::DecisionTree,
            features: features.iter().map(|&name| name.to_owned()).collect(),
            classes: vec!["a".to_owned()],
            leaves: vec![vec![(0, 65_535)]],
            trees: vec![vec![Node::Leaf { leaf: 0 }]],
        }
    }

    fn mistakes(spec: &Spec, model: Option<&Model>) -> Vec<Mistake> {
        check(spec, model.as_slice()).unwrap_err().iter().map(|diagnostic| diagnostic.mistake.clone()).collect()
    }

    #[test]
    fn features_are_put_into_column_order() {
        let checked = check(&Spec { model: None, ..spec(&["fin_cnt", "dur"]) }, &[]).unwrap();
        assert_eq!(checked.features.iter().map(|feature| feature.name()).collect::<Vec<_>>(), ["dur", "fin_cnt"]);
    }

    #[test]
    fn a_model_has_to_fit() {
        let spec_of_two = spec(&["s_load", "dur"]);
        assert!(check(&spec_of_two, &[&model(&["dur", "s_load"])]).is_ok());
        assert_eq!(
            mistakes(&spec_of_two, Some(&model(&["dur", "d_load"]))),
            [Mistake::ModelFeatures { missing: vec!["s_load".to_owned()], extra: vec!["d_load".to_owned()] }]
        );
        assert_eq!(
            mistakes(&spec_of_two, Some(&model(&["s_load", "dur"]))),
            [Mistake::ModelFeatures { missing: vec![], extra: vec![] }]
        );
        assert_eq!(mistakes(&spec_of_two, None), [Mistake::ModelNotGiven { file: "model.json".to_owned() }]);
        assert_eq!(
            mistakes(&Spec { model: None, ..spec_of_two }, Some(&model(&["dur", "s_load"]))),
            [Mistake::ModelNotNamed]
        );
    }

    #[test]
    fn classes_that_are_counted_on_have_to_be_the_models() {
        let model = Model { classes: ["a", "b", "c"].map(str::to_owned).to_vec(), ..model(&["dur"]) };
        let counting_on = |classes: &[&str]| {
            let classes = Some(classes.iter().map(|&class| class.to_owned()).collect());
            Spec { model: Some(ModelSpec { classes, ..ModelSpec::new("m", Strategy::Auto) }), ..spec(&["dur"]) }
        };
        assert!(check(&counting_on(&["a", "b", "c"]), &[&model]).is_ok());
        for (classes, missing, extra) in [
            (&["a", "b"][..], &[][..], &["c"][..]),
            (&["a", "b", "c", "d"], &["d"], &[]),
            (&["a", "x", "c"], &["x"], &["b"]),
            (&["b", "a", "c"], &[], &[]),
            (&["a", "b", "c", "c"], &[], &[]),
            (&[], &[], &["a", "b", "c"]),
        ] {
            let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
            let mistake = Mistake::ModelClasses { missing: owned(missing), extra: owned(extra) };
            assert_eq!(mistakes(&counting_on(classes), Some(&model)), [mistake]);
        }
    }

    #[test]
    fn specs_made_by_hand_are_checked_too() {
        let wrong =
            Spec { version: 7, depth: Depth::Packets(0), model: None, ..spec(&["nothing_like_it", "dur", "dur"]) };
        assert_eq!(
            mistakes(&wrong, None),
            [
                Mistake::UnsupportedVersion { found: "7".to_owned() },
                Mistake::DepthZero,
                Mistake::UnknownFeature { name: "nothing_like_it".to_owned(), nearest: None },
                Mistake::RepeatedFeature { name: "dur".to_owned() },
            ]
        );
    }
}
