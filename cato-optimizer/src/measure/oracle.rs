//! Whether a loaded pipeline computes what the interpreter and the frozen model say, flow by flow over a whole trace.

use cato_artifact::Loaded;
use cato_codegen::interp::{Decider, Interpreter};
use cato_codegen::ir::Pipeline;
use cato_codegen::model::Model;
use cato_codegen::record::{FlowRecord, PacketRecord};
use cato_codegen::spec;
use cato_runtime::{BatchPipeline, Depth, Driver, Finished, FlowSettings, Frame, Verdict};
use cato_traffic::{FlowRecords, GrowingStorage, Trace};

use super::Disagreement;
use crate::record::flow_record;

/// The records of a trace's flows, in order of start.
#[derive(Debug)]
pub(crate) struct Oracle {
    records: FlowRecords,
    settings: FlowSettings,
}

impl Oracle {
    /// Records the flows of `trace`.
    pub(crate) fn new(trace: &Trace, settings: FlowSettings) -> Self {
        Self { records: FlowRecords::of_trace(trace, settings), settings }
    }

    /// The number of flows.
    pub(crate) fn flows(&self) -> u64 {
        self.records.flows.len() as u64
    }

    /// Drives `pipeline` over `segments`, the frames of the trace, and compares every feature, to the bit, and every
    /// verdict of every flow with what `plan` and `decider`, the models, give for its record. The first difference is the
    /// error.
    pub(crate) fn check(
        &self,
        pipeline: &mut Loaded,
        plan: &Pipeline,
        decider: Option<&Decider<'_>>,
        segments: &[&[Frame<'_>]],
    ) -> Result<(), Disagreement> {
        shapes(pipeline, plan, plan.classifier().map(|classifier| &classifier.model))?;
        let mut comparison = Comparison::new(&self.records, plan, decider);
        let mut driver = Driver::new(pipeline, self.settings, GrowingStorage::new()).stepwise();
        for segment in segments {
            driver.run(segment, |flow, pipeline| comparison.compare(flow, pipeline));
            driver.end_input(|flow, pipeline| comparison.compare(flow, pipeline));
        }
        comparison.end()
    }
}

/// What has been compared so far.
struct Comparison<'a> {
    records: &'a FlowRecords,
    plan: &'a Pipeline,
    decider: Option<&'a Decider<'a>>,
    interpreter: Interpreter,
    /// How many verdicts each flow got.
    verdicts: Vec<u8>,
    packets: Vec<PacketRecord>,
    interpreted: Vec<f32>,
    emitted: Vec<f32>,
    difference: Option<Disagreement>,
}

impl<'a> Comparison<'a> {
    fn new(records: &'a FlowRecords, plan: &'a Pipeline, decider: Option<&'a Decider<'a>>) -> Self {
        let features = plan.features().len();
        Self {
            records,
            plan,
            decider,
            interpreter: Interpreter::new(plan),
            verdicts: vec![0; records.flows.len()],
            packets: Vec::new(),
            interpreted: vec![0.0; features],
            emitted: vec![0.0; features],
            difference: None,
        }
    }

    fn compare(&mut self, finished: &Finished, pipeline: &Loaded) {
        if self.difference.is_none() {
            self.difference = self.difference_in(finished, pipeline);
        }
    }

    fn difference_in(&mut self, finished: &Finished, pipeline: &Loaded) -> Option<Disagreement> {
        let flow = finished.entry.flow();
        let index = usize::try_from(flow).unwrap_or(usize::MAX);
        let Some(verdicts) = self.verdicts.get_mut(index) else {
            return Some(Disagreement::Verdicts { flow, given: 1 });
        };
        *verdicts = verdicts.saturating_add(1);
        let Self { records, interpreter, packets, interpreted, emitted, .. } = self;
        let record = flow_record(records, index, self.plan.depth(), packets)?;
        let decided = self.decider.map(|decider| decider.decide(&record));
        // What has been seen at the stage that answers, if the flow is so long.
        let early = decided.and_then(|(stage, _)| self.plan.early().get(stage));
        let seen = early.and_then(|stage| record.packets.get(..usize::from(stage.depth))).unwrap_or(record.packets);
        interpreter.features_into(&FlowRecord { packets: seen, ..record }, interpreted);
        pipeline.features(finished.slot, emitted);
        let pairs = interpreted.iter().zip(emitted).zip(self.plan.features());
        for ((interpreted, emitted), feature) in pairs {
            let (interpreted, emitted) = (interpreted.to_bits(), emitted.to_bits());
            if interpreted != emitted {
                return Some(Disagreement::Feature { flow, feature: feature.name().to_owned(), interpreted, emitted });
            }
        }
        let interpreted = match decided {
            Some((_, prediction)) => (prediction.class, prediction.confidence),
            None => (Verdict::FEATURES_ONLY.class, Verdict::FEATURES_ONLY.confidence),
        };
        let emitted = (finished.verdict.class, finished.verdict.confidence);
        (interpreted != emitted).then_some(Disagreement::Verdict { flow, interpreted, emitted })
    }

    fn end(self) -> Result<(), Disagreement> {
        if let Some(difference) = self.difference {
            return Err(difference);
        }
        match (0u64..).zip(self.verdicts).find(|(_, given)| *given != 1) {
            Some((flow, given)) => Err(Disagreement::Verdicts { flow, given: given.into() }),
            None => Ok(()),
        }
    }
}

fn shapes(pipeline: &Loaded, plan: &Pipeline, model: Option<&Model>) -> Result<(), Disagreement> {
    let depth = match plan.depth() {
        spec::Depth::Packets(packets) => Depth::Packets(packets.into()),
        spec::Depth::All => Depth::All,
    };
    let classes = model.map_or(0, |model| model.classes.len());
    let shapes = [
        ("depth", format!("{depth:?}"), format!("{:?}", pipeline.depth())),
        ("features", plan.features().len().to_string(), pipeline.feature_count().to_string()),
        ("classes", classes.to_string(), pipeline.class_count().to_string()),
    ];
    match shapes.into_iter().find(|(_, interpreted, emitted)| interpreted != emitted) {
        Some((what, interpreted, emitted)) => Err(Disagreement::Shape { what: what.to_owned(), interpreted, emitted }),
        None => Ok(()),
    }
}
