//! What operations take on this machine: pipelines of a fixed design are trained, built and measured on synthetic traffic.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use cato_artifact::Kit;
use cato_codegen::spec::Depth;
use cato_traffic::synth::{self, Profile};
use cato_traffic::{FlowRecords, Inputs, LabelSource, Labels, RecordOptions, Trace, TraceOptions};

use super::context::Context;
use super::input;
use super::optimize::reference_spec;
use crate::affinity::OffLastCore;
use crate::evaluate::spec_of;
use crate::measure::{Meter, MeterOptions};
use crate::operations::{
    Calibration, MachineWeights, Observation, OperationCost, Sample, WEIGHTS_VERSION, Weights, cross_validated_error,
    design, fit,
};
use crate::train::{
    self, Dataset, ModelChoice, ModelSize, Part, Split, SplitBy, TrainOptions, TreeTrainer, feature_matrix,
};

const PROFILE: &str = "demo";
const SEED: u64 = 1;
/// How long each pipeline is timed, together with the reference. The weights are used for long.
const MEASUREMENT: Duration = Duration::from_millis(600);
/// The deepest pipeline of the design sees so many packets.
const MAX_DEPTH: u16 = 50;

/// Measures and fits.
pub(super) fn machine(cpu: String, kit: &Kit, context: &Context) -> anyhow::Result<MachineWeights> {
    let design = design();
    context.say(format_args!(
        "measuring {} pipelines to find out what operations take on this machine; this is done once",
        design.len()
    ));
    let _off_last_core = OffLastCore::enter();
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let mut grounds = BTreeMap::new();
    let mut observations = Vec::with_capacity(design.len());
    for calibration in &design {
        let ground = match grounds.entry(calibration.sample) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(new) => {
                new.insert(Ground::prepare(calibration.sample, folder.path(), kit)?)
            }
        };
        observations.push(ground.observe(calibration, kit).with_context(|| calibration.candidate.to_string())?);
    }
    Ok(MachineWeights {
        version: WEIGHTS_VERSION,
        cpu,
        rustc: kit.rustc_version().to_owned(),
        pipelines: observations.len(),
        median_error: cross_validated_error(&observations),
        weights: fit(&observations),
    })
}

/// Traffic to learn from and to measure on.
struct Ground {
    records: FlowRecords,
    dataset: Dataset,
    split: Split,
    cost: OperationCost,
    meter: Meter,
}

impl Ground {
    fn prepare(sample: Sample, folder: &Path, kit: &Kit) -> anyhow::Result<Self> {
        let folder = folder.join(format!("flows-{}", sample.most_packets()));
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let (capture, labels) = (folder.join("traffic.pcap"), folder.join("labels.csv"));
        let profile = Profile::open(PROFILE)?.cut_off(sample.most_packets());
        synth::write(&profile, sample.flows(), SEED, &capture, &labels)?;
        let inputs = Inputs::collect(&[capture])?;
        let options = RecordOptions { max_depth: Some(MAX_DEPTH.into()), ..RecordOptions::default() };
        let records = FlowRecords::read(&inputs, &options)?;
        let labels = Labels::assign(&LabelSource::table(&labels)?, &records)?;
        let flows = (0..records.flows.len()).map(|flow| (0, labels.name(flow)));
        let dataset = Dataset::new(flows, train::FEWEST_FLOWS)?;
        let split = Split::new(&dataset, Some(SplitBy::Flow), SEED)?;
        let trace = Trace::collect(&inputs, &TraceOptions::default())?;
        let saved = folder.join("trace.bin");
        trace.save(&saved)?;
        let reference = kit.build(&reference_spec(), &[])?;
        let program = std::env::current_exe().context("where this program lies is not known")?;
        let options = MeterOptions { measurement: MEASUREMENT, ..MeterOptions::new(folder) };
        let meter = Meter::start(&program, &saved, &reference, &options)?;
        let plan = cato_codegen::compile(&reference_spec(), &[])?;
        let cost = OperationCost::new(Weights::usual(), &records, MAX_DEPTH, &plan);
        Ok(Self { records, dataset, split, cost, meter })
    }

    /// Trains, counts, builds and measures.
    fn observe(&mut self, calibration: &Calibration, kit: &Kit) -> anyhow::Result<Observation> {
        let choice = match calibration.forest {
            Some(_) => ModelChoice::RandomForest,
            None => ModelChoice::DecisionTree(TreeTrainer::Rafor),
        };
        let options = TrainOptions { choice, seed: SEED, threads: input::threads() };
        let size = ModelSize { max_depth: calibration.max_depth, trees: calibration.forest.unwrap_or(1) };
        let candidate = calibration.candidate;
        debug_assert!(matches!(candidate.depth, Depth::Packets(packets) if packets <= MAX_DEPTH));
        let matrix =
            feature_matrix(&self.records, &self.dataset, candidate.features, candidate.depth, options.threads)?;
        let rows = self.split.rows(Part::Train);
        let model = train::fit(&matrix, &self.dataset, &rows, &options, size)?;
        let spec = spec_of(candidate, &model);
        let pipeline = cato_codegen::compile(&spec, &[&model])?;
        // Synthetic flows have no test part to keep from anyone, and all of them are measured.
        let terms = self.cost.terms(&pipeline, (0..matrix.rows()).map(|row| matrix.row(row)));
        let artifact = kit.build(&spec, &[&model])?;
        let measured = self.meter.measure(&artifact)?;
        Ok(Observation { terms, cost_ns: measured.execution_time_ns })
    }
}
