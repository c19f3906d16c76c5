//! Where the costs of candidates come from: measured, or counted.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail};
use cato_artifact::Kit;
use cato_codegen::spec::Depth;
use cato_traffic::{FlowRecords, Inputs};

use super::context::Context;
use super::optimize::{Measuring, Wanted, reference_spec};
use super::{calibrate, describe, input, settle};
use crate::affinity::OffLastCore;
use crate::cli::{CostArgs, CostModel, FlowArgs};
use crate::cost::CostMetric;
use crate::evaluate::{Bench, TwoStages};
use crate::measure::Waits;
use crate::operations::{Counted, MachineWeights, OperationCost, Weights};
use crate::search::Evaluator;
use crate::study::{Study, StudyWriter};

/// Where costs come from, ready for use.
pub(super) enum Costing {
    Measured(Measuring),
    Counted { cost: OperationCost, flows: u64, packets: u64 },
}

/// What costs are asked for, and of what.
pub(super) struct Asked<'a> {
    pub(super) cost: &'a CostArgs,
    pub(super) inputs: &'a Inputs,
    pub(super) flow: &'a FlowArgs,
    pub(super) records: &'a FlowRecords,
    pub(super) max_depth: u16,
    /// The folder of the study, or one for the time being.
    pub(super) folder: &'a Path,
}

impl Costing {
    pub(super) fn prepare(asked: &Asked<'_>, kit: &Kit, context: &Context) -> anyhow::Result<Self> {
        match asked.cost.cost_model {
            CostModel::Measured if asked.cost.cost_weights.is_some() => {
                bail!("--cost-weights says what operations take: it needs --cost-model operations")
            }
            CostModel::Measured => {
                let wanted = Wanted { metric: asked.cost.cost, trial: asked.cost.trial };
                Ok(Self::Measured(Measuring::start(asked.inputs, asked.flow, asked.folder, wanted, kit, context)?))
            }
            CostModel::Operations if asked.cost.cost == CostMetric::Throughput => {
                bail!("--cost throughput is measured and not counted: it needs --cost-model measured")
            }
            CostModel::Operations => {
                let weights = weights(asked, kit, context)?;
                let reference = cato_codegen::compile(&reference_spec(), &[])?;
                let records = asked.records;
                let mut cost = OperationCost::new(weights, records, asked.max_depth, &reference);
                if asked.cost.cost == CostMetric::Latency {
                    cost = cost.by_latency(Waits::of(records));
                }
                Ok(Self::Counted { cost, flows: records.flows.len() as u64, packets: records.counts.frames })
            }
        }
    }

    /// The name of the cost model in files.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Measured(_) => "measured",
            Self::Counted { .. } => "operations",
        }
    }

    /// The weights of operations; none where costs are measured.
    pub(super) fn weights(&self) -> Option<&Weights> {
        match self {
            Self::Measured(_) => None,
            Self::Counted { cost, .. } => Some(cost.weights()),
        }
    }

    /// By depth up to `max_depth`, the part of every cost that is known beforehand, in nanoseconds: waiting for packets,
    /// where latency is what is compared. Empty where there is none.
    pub(super) fn waiting(&self, max_depth: u16) -> Vec<f64> {
        let waits = match self {
            Self::Measured(measuring) => measuring.waits.as_ref(),
            Self::Counted { cost, .. } => cost.waits(),
        };
        let Some(waits) = waits else { return Vec::new() };
        (1..=max_depth).map(|packets| waits.mean_ns(Depth::Packets(packets))).collect()
    }

    /// The hash of what is measured on; nothing where costs are counted.
    pub(super) fn trace_hash(&self) -> &str {
        match self {
            Self::Measured(measuring) => &measuring.trace_hash,
            Self::Counted { .. } => "",
        }
    }

    /// What costs depend on besides the settings: they are the same where these are. Counted ones need no rustc and no
    /// CPU, so such a study can be gone on with anywhere.
    pub(super) fn depends_on(&self, kit: &Kit) -> BTreeMap<String, String> {
        let mut by = vec![(describe::CATO, env!("CARGO_PKG_VERSION").to_owned())];
        let (flows, packets) = match self {
            Self::Measured(Measuring { meter, trace_hash, wanted, .. }) => {
                if wanted.metric == CostMetric::Throughput {
                    by.push((describe::TRIAL, humantime::format_duration(wanted.trial).to_string()));
                }
                by.push((describe::RUSTC, kit.rustc_version().to_owned()));
                by.push((describe::CPU, describe::cpu()));
                by.push((describe::TRACE, trace_hash.clone()));
                (meter.flows(), meter.packets())
            }
            Self::Counted { flows, packets, .. } => (*flows, *packets),
        };
        by.push((describe::TRACE_FLOWS, flows.to_string()));
        by.push((describe::TRACE_PACKETS, packets.to_string()));
        by.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// How many threads may train: where another candidate is measured meanwhile, one.
    pub(super) fn training_threads(&self) -> usize {
        match self {
            Self::Measured(_) => 1,
            Self::Counted { .. } => input::threads(),
        }
    }

    /// Has `work` done with an evaluator of these costs.
    pub(super) fn evaluate<T>(&mut self, bench: &Bench, work: impl FnOnce(&mut dyn Evaluator) -> T) -> T {
        match self {
            Self::Measured(measuring) => {
                let _off_last_core = OffLastCore::enter();
                std::thread::scope(|scope| work(&mut TwoStages::start(scope, bench, &mut measuring.meter)))
            }
            Self::Counted { cost, .. } => work(&mut Counted::new(bench, cost)),
        }
    }

    /// Measures candidates on and near the front again; counted costs are what they are.
    pub(super) fn settle(
        &mut self,
        study: &mut StudyWriter,
        kit: &Kit,
        times: usize,
        context: &Context,
    ) -> anyhow::Result<()> {
        match self {
            Self::Measured(measuring) => {
                let _off_last_core = OffLastCore::enter();
                settle::front(study, kit, &mut measuring.meter, times, context)
            }
            Self::Counted { .. } => Ok(()),
        }
    }
}

/// The weights that were named, or those of the study that is there, or those of this machine.
fn weights(asked: &Asked<'_>, kit: &Kit, context: &Context) -> anyhow::Result<Weights> {
    if let Some(file) = &asked.cost.cost_weights {
        return Ok(MachineWeights::read(file)?.weights);
    }
    // A folder without a study in it has none; one that is damaged is reported when it is gone on with.
    if let Some(weights) = Study::open(asked.folder).ok().and_then(|study| study.settings().cost_weights.clone()) {
        return Ok(weights);
    }
    let folder = context.cache()?.join("weights");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let (cpu, rustc) = (describe::cpu(), kit.rustc_version());
    let path = folder.join(MachineWeights::file_name(&cpu, rustc));
    // One of another version of this program is fitted anew.
    if let Ok(known) = MachineWeights::read(&path) {
        return Ok(known.weights);
    }
    let fitted = calibrate::machine(cpu, kit, context)?;
    fitted.write(&path)?;
    context.say(format_args!(
        "weights of operations are in {}; pipelines they were not fitted to are {:.1} % off, in the median",
        path.display(),
        100.0 * fitted.median_error,
    ));
    Ok(fitted.weights)
}
