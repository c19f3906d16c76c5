//! What a spec's models say of a flow, stage by stage, from its record.

use super::Interpreter;
use crate::catalog::FeatureId;
use crate::check::check;
use crate::diag::{Diagnostic, Diagnostics, Mistake, Subject};
use crate::model::{Model, Prediction};
use crate::record::FlowRecord;
use crate::spec::{Confidence, Depth, Spec, Threshold};

/// Decides on flows by the definition of stages.
///
/// It is the oracle for what is emitted of them and shares nothing with that: every stage computes its own features, in
/// its own columns, from the packets that it sees, and thresholds are compared as shares of the vote.
#[derive(Clone, Debug)]
pub struct Decider<'a> {
    stages: Vec<Stage<'a>>,
}

#[derive(Clone, Debug)]
struct Stage<'a> {
    interpreter: Interpreter,
    model: &'a Model,
    /// `None` on the last stage, which always answers.
    confidence: Option<Confidence>,
}

impl<'a> Decider<'a> {
    /// Takes a spec and its models, one for each stage in order.
    ///
    /// # Errors
    /// Every mistake in the spec, why the models do not fit it, and where it names none.
    pub fn new(spec: &Spec, models: &[&'a Model]) -> Result<Self, Diagnostics> {
        check(spec, models)?;
        if models.is_empty() {
            return Err(Diagnostic::new(Mistake::MissingKey { key: "model" }, Subject::Model).into());
        }
        let early = spec
            .early
            .iter()
            .map(|stage| (Depth::Packets(stage.depth), stage.features.as_slice(), Some(stage.confidence.clone())));
        let last = (spec.depth, spec.features.as_slice(), None);
        let stages = early.chain([last]).zip(models).map(|((depth, features, confidence), model)| {
            let interpreter = Interpreter::of(columns(features), depth);
            Stage { interpreter, model, confidence }
        });
        Ok(Self { stages: stages.collect() })
    }

    /// The stage that answers, counted from 0, and what it says.
    #[must_use]
    pub fn decide(&self, flow: &FlowRecord<'_>) -> (usize, Prediction) {
        self.decide_from(0, flow)
    }

    /// The same, where the stages before `first` are not asked; the last one is, whatever `first` is.
    #[must_use]
    pub fn decide_from(&self, first: usize, flow: &FlowRecord<'_>) -> (usize, Prediction) {
        let last = self.stages.len() - 1;
        let asked = self.stages.iter().enumerate().skip(first.min(last));
        let mut said = (last, Prediction { class: 0, confidence: 0 });
        for (number, stage) in asked {
            let prediction = stage.model.predict(&stage.interpreter.features(flow));
            said = (number, prediction);
            if stage.sure(prediction) {
                break;
            }
        }
        said
    }
}

impl Stage<'_> {
    fn sure(&self, prediction: Prediction) -> bool {
        let Some(confidence) = &self.confidence else { return true };
        match confidence.of(usize::from(prediction.class)) {
            Some(Threshold::Share(share)) => f64::from(prediction.confidence) / f64::from(u16::MAX) >= share,
            Some(Threshold::Never) | None => false,
        }
    }
}

/// The features of those names in the catalogue's order.
fn columns(names: &[String]) -> Vec<FeatureId> {
    FeatureId::ALL.into_iter().filter(|feature| names.iter().any(|name| name == feature.name())).collect()
}

#[cfg(test)]
mod tests {
    use super::Decider;
    use crate::model::{Model, ModelKind, Node, Prediction};
    use crate::record::{FlowRecord, PacketRecord};
    use crate::spec::{Confidence, Depth, ModelSpec, Spec, Stage, Strategy, Threshold};

    /// Says "b" of more than 100 bytes with the given share of the vote, else "a" with the whole of it.
    fn model(feature: &str, share: u16) -> Model {
        Model {
            kind: ModelKind::DecisionTree,
            features: vec![feature.to_owned()],
            classes: ["a", "b"].map(str::to_owned).to_vec(),
            leaves: vec![vec![(0, u16::MAX)], vec![(0, u16::MAX - share), (1, share)]],
            trees: vec![vec![
                Node::Split { feature: 0, threshold: 100.0, right: 2 },
                Node::Leaf { leaf: 0 },
                Node::Leaf { leaf: 1 },
            ]],
        }
    }

    #[test]
    fn the_first_stage_that_is_sure_answers() {
        let named = |file: &str| ModelSpec::new(file, Strategy::Auto);
        let half = f64::from(40_000) / f64::from(u16::MAX);
        let confidence = |b| Confidence::Each(vec![Threshold::Never, Threshold::Share(b)]);
        let spec = |b| Spec {
            version: 1,
            name: None,
            early: vec![Stage {
                depth: 2,
                features: vec!["s_bytes_sum".to_owned()],
                model: named("stage-1.json"),
                confidence: confidence(b),
            }],
            depth: Depth::Packets(3),
            features: vec!["d_bytes_sum".to_owned()],
            model: Some(named("model.json")),
        };
        let (first, last) = (model("s_bytes_sum", 40_000), model("d_bytes_sum", 50_000));
        let packet = |bytes, from_source| PacketRecord { time_ns: 0, bytes, winsize: 0, ttl: 0, flags: 0, from_source };
        let packets = [packet(60, true), packet(60, true), packet(70, false), packet(70, false)];
        let record = |packets| FlowRecord { protocol: 17, source_port: 1, destination_port: 2, packets };
        let b = |confidence| Prediction { class: 1, confidence };
        let sure = Decider::new(&spec(half), &[&first, &last]).unwrap();
        assert_eq!(sure.decide(&record(&packets)), (0, b(40_000)), "a vote at the threshold is enough");
        assert_eq!(sure.decide_from(1, &record(&packets)).0, 1);
        let a = Prediction { class: 0, confidence: u16::MAX };
        assert_eq!(sure.decide(&record(&packets[..1])), (1, a), "class a never answers early");
        let unsure = Decider::new(&spec(half.next_up()), &[&first, &last]).unwrap();
        assert_eq!(unsure.decide(&record(&packets)), (1, a), "the last stage sees three packets");
    }
}
