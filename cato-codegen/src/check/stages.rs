//! Stages: what a spec with several inference points has to hold to, and its models on the columns of all stages.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{difference, features, misfit};
use crate::catalog::FeatureId;
use crate::diag::{Diagnostic, Diagnostics, Mistake, Subject};
use crate::model::{Model, Node};
use crate::spec::{Confidence, Depth, MOST_STAGES, Spec, Stage, Strategy, Threshold};

/// A whole vote in fixed point.
const WHOLE: u32 = u16::MAX as u32;
/// A threshold that no vote reaches.
const NEVER: u32 = WHOLE + 1;

/// A stage before the last, without mistakes.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub(crate) depth: u16,
    /// Reads the columns of all stages.
    pub(crate) model: Model,
    pub(crate) strategy: Strategy,
    /// For each class the least vote that is enough, in 65535ths; beyond a whole vote where none is.
    pub(crate) thresholds: Vec<u32>,
}

/// Whether there may be so many stages.
pub(crate) fn count(stages: usize) -> Result<(), Mistake> {
    match stages {
        0 => Err(Mistake::NoStages),
        1..=MOST_STAGES => Ok(()),
        found => Err(Mistake::TooManyStages { found }),
    }
}

/// Whether a stage may have that depth, after one at `before`.
pub(crate) fn order(before: Option<u16>, depth: Depth, last: bool) -> Result<(), Mistake> {
    match (depth, before) {
        (Depth::All, _) if !last => Err(Mistake::StageOfAll),
        (Depth::Packets(packets), Some(before)) if packets <= before => {
            Err(Mistake::StageOrder { depth: packets.to_string(), before })
        }
        _ => Ok(()),
    }
}

/// A share of the vote as it is written.
pub(crate) fn share(written: &str) -> Result<f64, Mistake> {
    match written.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err(Mistake::ConfidenceRange { found: written.to_owned() }),
    }
}

/// Checks a spec with stages, of whose last one the `own` features and some `mistakes` are known.
pub(super) fn check<'a>(
    spec: &Spec,
    own: Vec<FeatureId>,
    models: &[&'a Model],
    mut mistakes: Vec<Diagnostic>,
) -> Result<super::Checked<'a>, Diagnostics> {
    let mut of_stages: Vec<Vec<FeatureId>> = Vec::new();
    let mut before = None;
    if let Err(mistake) = count(spec.early.len() + 1) {
        mistakes.push(Diagnostic::new(mistake, Subject::Spec));
    }
    for (index, stage) in spec.early.iter().enumerate() {
        mistakes.extend(stage_mistakes(index, stage, before));
        before = Some(stage.depth);
        of_stages.push(features(&stage.features).unwrap_or_else(|found| {
            let found = found.into_iter().map(|found| Diagnostic { subject: Subject::Stage(index), ..found });
            mistakes.extend(found);
            Vec::new()
        }));
    }
    of_stages.push(own);
    if let Err(mistake) = order(before, spec.depth, true) {
        mistakes.push(Diagnostic::new(mistake, Subject::Depth));
    }
    if spec.model.is_none() {
        mistakes.push(Diagnostic::new(Mistake::MissingKey { key: "model" }, Subject::Model));
    }
    let named: Vec<_> = spec.models().collect();
    let counted = match (models, named.as_slice()) {
        ([], [first, ..]) => Some(Mistake::ModelNotGiven { file: first.file.clone() }),
        _ if models.len() != named.len() => Some(Mistake::ModelCount { given: models.len(), named: named.len() }),
        _ => None,
    };
    mistakes.extend(counted.map(|mistake| Diagnostic::new(mistake, Subject::Spec)));
    // What a model should fit is only known once the features are.
    Diagnostics::none_of(std::mem::take(&mut mistakes))?;
    for (index, ((model, named), own)) in models.iter().zip(&named).zip(&of_stages).enumerate() {
        let found = misfit(model, Some(own), named.classes.as_deref());
        let early = index < spec.early.len();
        mistakes.extend(found.into_iter().map(|found| match early {
            true => Diagnostic { subject: Subject::Stage(index), ..found },
            false => found,
        }));
    }
    let Some((last, early)) = models.split_last() else { return Err(mistakes.into()) };
    for (index, (model, stage)) in early.iter().zip(&spec.early).enumerate() {
        if let Some((missing, extra)) = difference(&last.classes, &model.classes) {
            mistakes.push(Diagnostic::new(Mistake::StageClasses { missing, extra }, Subject::Stage(index)));
        }
        match &stage.confidence {
            Confidence::Each(each) if each.len() != model.classes.len() => {
                let mistake = Mistake::ConfidenceLength { found: each.len(), classes: model.classes.len() };
                mistakes.push(Diagnostic::new(mistake, Subject::Confidence(index)));
            }
            _ => {}
        }
    }
    Diagnostics::none_of(mistakes)?;
    let union: BTreeSet<FeatureId> = of_stages.iter().flatten().copied().collect();
    let union: Vec<FeatureId> = union.into_iter().collect();
    let early = early.iter().zip(&spec.early).map(|(model, stage)| Checked {
        depth: stage.depth,
        model: renumbered(model, &union),
        strategy: stage.model.strategy,
        thresholds: (0..model.classes.len()).map(|class| least(stage.confidence.of(class))).collect(),
    });
    let strategy = spec.model.as_ref().map(|model| model.strategy).unwrap_or_default();
    Ok(super::Checked {
        depth: spec.depth,
        early: early.collect(),
        model: Some((Cow::Owned(renumbered(last, &union)), strategy)),
        features: union,
    })
}

/// What is wrong with a stage before the last, apart from its features and its model.
fn stage_mistakes(index: usize, stage: &Stage, before: Option<u16>) -> Vec<Diagnostic> {
    let zero = if stage.depth == 0 { Some(Mistake::DepthZero) } else { None };
    let order = order(before, Depth::Packets(stage.depth), false).err();
    let thresholds = match &stage.confidence {
        Confidence::Same(same) => std::slice::from_ref(same),
        Confidence::Each(each) => each,
    };
    let range = thresholds.iter().filter_map(|threshold| match threshold {
        Threshold::Share(share) => self::share(&share.to_string()).err(),
        Threshold::Never => None,
    });
    let range = range.map(|mistake| Diagnostic::new(mistake, Subject::Confidence(index)));
    let depth = zero.into_iter().chain(order).map(|mistake| Diagnostic::new(mistake, Subject::Stage(index)));
    depth.chain(range).collect()
}

/// The model as it reads the columns of all stages, of which it knows some.
fn renumbered(model: &Model, union: &[FeatureId]) -> Model {
    let columns: Vec<u16> = model
        .features
        .iter()
        .filter_map(|name| union.iter().position(|feature| feature.name() == name))
        .filter_map(|column| u16::try_from(column).ok())
        .collect();
    let node = |node: &Node| match *node {
        Node::Split { feature, threshold, right } => {
            let feature = columns.get(usize::from(feature)).copied().unwrap_or(feature);
            Node::Split { feature, threshold, right }
        }
        leaf @ Node::Leaf { .. } => leaf,
    };
    Model {
        features: union.iter().map(|feature| feature.name().to_owned()).collect(),
        trees: model.trees.iter().map(|tree| tree.iter().map(node).collect()).collect(),
        ..model.clone()
    }
}

/// The least vote in 65535ths whose share reaches the threshold.
fn least(threshold: Option<Threshold>) -> u32 {
    let Some(Threshold::Share(share)) = threshold else { return NEVER };
    let reaches = |vote: &u32| f64::from(*vote) / f64::from(WHOLE) >= share;
    // The product is off by at most one, whichever way it was rounded.
    let near = (share * f64::from(WHOLE)) as u32;
    (near.saturating_sub(1)..NEVER).find(reaches).unwrap_or(NEVER)
}

#[cfg(test)]
mod tests {
    use super::{NEVER, WHOLE, least};
    use crate::check::check;
    use crate::diag::{Mistake, Subject};
    use crate::model::{Model, ModelKind, Node};
    use crate::spec::{Confidence, Depth, ModelSpec, Spec, Stage, Strategy, Threshold};

    #[test]
    fn the_least_vote_reaches_the_threshold_and_the_one_below_does_not() {
        for vote in 0..=WHOLE {
            let share = f64::from(vote) / f64::from(WHOLE);
            assert_eq!(least(Some(Threshold::Share(share))), vote);
            assert_eq!(least(Some(Threshold::Share(share.next_up()))), vote + 1);
        }
        assert_eq!(least(Some(Threshold::Never)), NEVER);
    }

    fn model(features: &[&str], classes: &[&str]) -> Model {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let split = Node::Split { feature: (features.len() - 1) as u16, threshold: 1.0, right: 2 };
        Model {
            kind: ModelKind::DecisionTree,
            features: owned(features),
            classes: owned(classes),
            leaves: vec![vec![(0, 65_535)]],
            trees: vec![vec![split, Node::Leaf { leaf: 0 }, Node::Leaf { leaf: 0 }]],
        }
    }

    fn spec(confidence: Confidence) -> Spec {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let model = ModelSpec::new("stage.json", Strategy::Auto);
        Spec {
            version: 1,
            name: None,
            early: vec![Stage { depth: 3, features: owned(&["s_load", "dur"]), model, confidence }],
            depth: Depth::Packets(9),
            features: owned(&["fin_cnt", "proto"]),
            model: Some(ModelSpec::new("model.json", Strategy::Auto)),
        }
    }

    #[test]
    fn models_read_the_columns_of_all_stages() {
        let spec = spec(Confidence::Each(vec![Threshold::Share(0.5), Threshold::Never]));
        let (first, last) = (model(&["dur", "s_load"], &["a", "b"]), model(&["proto", "fin_cnt"], &["a", "b"]));
        let checked = check(&spec, &[&first, &last]).unwrap();
        let names: Vec<_> = checked.features.iter().map(|feature| feature.name()).collect();
        assert_eq!(names, ["dur", "proto", "s_load", "fin_cnt"]);
        let read = |model: &Model| {
            assert_eq!(model.features, names);
            model.features_read()
        };
        let early = &checked.early[0];
        assert_eq!(read(&early.model).into_iter().collect::<Vec<_>>(), [2]);
        assert_eq!(read(&checked.model.unwrap().0).into_iter().collect::<Vec<_>>(), [3]);
        assert_eq!(early.thresholds, [32_768, NEVER]);
    }

    #[test]
    fn what_does_not_fit_together_is_said() {
        let same = spec(Confidence::Same(Threshold::Share(0.5)));
        let found = |spec: &Spec, models: &[&Model]| -> Vec<(Mistake, Subject)> {
            let mistakes = check(spec, models).unwrap_err();
            mistakes.iter().map(|diagnostic| (diagnostic.mistake.clone(), diagnostic.subject)).collect()
        };
        let (first, last) = (model(&["dur", "s_load"], &["a", "b"]), model(&["proto", "fin_cnt"], &["a", "b"]));
        assert_eq!(found(&same, &[]), [(Mistake::ModelNotGiven { file: "stage.json".to_owned() }, Subject::Spec)]);
        assert_eq!(found(&same, &[&first]), [(Mistake::ModelCount { given: 1, named: 2 }, Subject::Spec)]);
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let features =
            Mistake::ModelFeatures { missing: names(&["dur", "s_load"]), extra: names(&["fin_cnt", "proto"]) };
        assert_eq!(found(&same, &[&last, &last]), [(features, Subject::Stage(0))]);
        let other = model(&["dur", "s_load"], &["a", "c"]);
        let classes = Mistake::StageClasses { missing: names(&["b"]), extra: names(&["c"]) };
        assert_eq!(found(&same, &[&other, &last]), [(classes, Subject::Stage(0))]);
        let short = spec(Confidence::Each(vec![Threshold::Never]));
        let length = Mistake::ConfidenceLength { found: 1, classes: 2 };
        assert_eq!(found(&short, &[&first, &last]), [(length, Subject::Confidence(0))]);
        let mut wrong = spec(Confidence::Same(Threshold::Share(f64::NAN)));
        wrong.early[0].depth = 9;
        let order = Mistake::StageOrder { depth: "9".to_owned(), before: 9 };
        let range = Mistake::ConfidenceRange { found: "NaN".to_owned() };
        assert_eq!(found(&wrong, &[&first, &last]), [(order, Subject::Depth), (range, Subject::Confidence(0))]);
    }
}
