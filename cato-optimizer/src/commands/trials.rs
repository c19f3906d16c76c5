//! What simulations and load tests of a pool have in common: the pool, its flows, the loads, and how results are shown.

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, anyhow, ensure};
use cato_codegen::model::Model;
use cato_serve::admission::WorthTable;
use cato_serve::policy::{Ladder, MemberCost, Policy};
use cato_serve::{PoolFile, PoolMember};
use comfy_table::{CellAlignment, Table as TextTable, presets};
use serde::Serialize;

use super::pool::last_depth;
use super::target::Target;
use super::{policies, pooled};
use crate::cli::{AdmissionName, LoadName, PolicyName, TrialArgs, TrialPolicy};
use crate::load::{Population, Profile};
use crate::pool::Costs;
use crate::report::{Course, Courses, render_courses};
use crate::simulate::{Outcome, SimMember};

/// A pool as its file has it, with what the file names.
pub(super) struct PoolInHand {
    pub(super) members: Vec<PoolMember>,
    pub(super) targets: Vec<Target>,
    pub(super) costs: Vec<MemberCost>,
    pub(super) worth: Option<WorthTable>,
}

impl PoolInHand {
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read the pool {}", path.display()))?;
        let file = PoolFile::from_toml(&text).map_err(|error| anyhow!("{}: {error}", path.display()))?;
        let (mut targets, mut costs) = (Vec::new(), Vec::new());
        for entry in &file.members {
            let target =
                Target::beside(path, &entry.spec).with_context(|| format!("member {} of the pool", entry.id))?;
            costs.push(entry.cost(last_depth(&target.spec)));
            targets.push(target);
        }
        let worth = pooled::worth(path, &file)?;
        Ok(Self { members: file.members, targets, costs, worth })
    }

    pub(super) fn ids(&self) -> Vec<&str> {
        self.members.iter().map(|member| member.id.as_str()).collect()
    }

    /// The models of each member, stage by stage.
    pub(super) fn models(&self) -> Vec<Vec<&Model>> {
        self.targets.iter().map(Target::models).collect()
    }

    /// The members as they answer on a population.
    pub(super) fn simulated<'m>(
        &'m self,
        models: &[Vec<&'m Model>],
        population: &Population,
    ) -> anyhow::Result<Vec<SimMember<'m>>> {
        let mut simulated = Vec::new();
        for ((member, target), models) in self.members.iter().zip(&self.targets).zip(models) {
            let PoolMember { start_ns, packet_ns, absorbed_ns, verdict_ns, .. } = *member;
            let costs = Costs { start_ns, packet_ns, absorbed_ns, verdict_ns };
            let classes = target.model.as_ref().map_or(&[][..], |model| &model.classes);
            ensure!(classes == population.labels, "member {} tells other classes apart than the study", member.id);
            simulated.push(SimMember::new(member.id.clone(), &target.spec, models, costs, population)?);
        }
        Ok(simulated)
    }

    /// The policy of this name, where everything takes `slowdown` times as long as the file says; `None` for the one that
    /// knows the load to come.
    pub(super) fn policy(&self, name: &TrialPolicy, slowdown: f64) -> anyhow::Result<Option<Box<dyn Policy>>> {
        let costs: Vec<MemberCost> = self.costs.iter().map(|cost| cost.slower(slowdown)).collect();
        let policy = |name| policies::policy(name, &self.ids(), &costs);
        name.policy.as_ref().map(policy).transpose()
    }

    /// The worth of flows that an admission asks for.
    pub(super) fn worth(&self, admission: AdmissionName) -> anyhow::Result<Option<WorthTable>> {
        let known = || self.worth.clone().context("the pool's file names no table of what flows are worth");
        Ok(match admission {
            AdmissionName::Uniform | AdmissionName::Oracle => None,
            AdmissionName::Worth => Some(known()?),
            AdmissionName::Shuffled => {
                let table = known()?;
                let order = table.permutation(SHUFFLE);
                Some(table.shuffled(&order))
            }
        })
    }

    /// The number of the member that answers under a policy where not all flows can be admitted.
    pub(super) fn answering(&self, name: &TrialPolicy) -> anyhow::Result<usize> {
        match &name.policy {
            Some(PolicyName::Static(id) | PolicyName::Sample(id)) => self.unit(id),
            _ => Ok(Ladder::new(&self.costs).members().first().copied().map_or(0, usize::from)),
        }
    }

    /// The number of the member whose capacity is the unit of load.
    pub(super) fn unit(&self, name: &str) -> anyhow::Result<usize> {
        let by = |key: &dyn Fn(&PoolMember) -> f64| {
            let order = |(_, a): &(usize, &PoolMember), (_, b): &(usize, &PoolMember)| key(a).total_cmp(&key(b));
            self.members.iter().enumerate().max_by(order).map(|(place, _)| place)
        };
        let found = match name {
            "best" => by(&|member| member.quality),
            "cheapest" => by(&|member| -member.flow_ns),
            id => self.members.iter().position(|member| member.id == id),
        };
        found.with_context(|| format!("the pool has no member {name}; it has {}", self.ids().join(", ")))
    }
}

/// Draws the places that shuffled worths go to.
const SHUFFLE: u64 = 7;

/// The profile that was named.
pub(super) fn profile(load: &LoadName) -> anyhow::Result<Profile> {
    let read = |path: &Path| fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
    match load {
        LoadName::Named(profile) => Ok(profile.clone()),
        LoadName::File(path) => Profile::from_toml(&read(path)?).with_context(|| path.display().to_string()),
        LoadName::Recorded(path) => {
            let name = path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            Profile::recorded(&name, &read(path)?).with_context(|| path.display().to_string())
        }
    }
}

/// Flows of the population a second that a member has time for.
pub(super) fn capacity(member: &SimMember<'_>, population: &Population) -> f64 {
    let sum: f64 = (0_u32..).zip(&population.flows).map(|(template, flow)| member.flow_ns(template, flow)).sum();
    1e9 * population.flows.len() as f64 / sum.max(f64::MIN_POSITIVE)
}

/// All runs of a pool.
#[derive(Serialize)]
pub(super) struct Trials {
    /// Ids of the members, in the order of their numbers.
    pub(super) members: Vec<String>,
    /// Flows that traffic was made of.
    pub(super) population: usize,
    pub(super) loads: Vec<Load>,
}

/// All runs under one load.
#[derive(Serialize)]
pub(super) struct Load {
    pub(super) profile: Profile,
    /// Flows a second that are load 1.
    pub(super) unit_flows_per_s: f64,
    pub(super) policies: Vec<Tried>,
}

/// All runs of one policy.
#[derive(Serialize)]
pub(super) struct Tried {
    pub(super) policy: String,
    /// Medians over the seeds, figure by figure.
    pub(super) median: Outcome,
    /// By seed.
    pub(super) runs: Vec<Run>,
}

/// One run.
#[derive(Clone, Serialize)]
pub(super) struct Run {
    pub(super) seed: u64,
    #[serde(flatten)]
    pub(super) outcome: Outcome,
}

impl Trials {
    /// The course of every policy by its first seed, as a page.
    pub(super) fn page(&self, pool: &Path) -> String {
        fn course(tried: &Tried) -> Option<Course<'_>> {
            Some(Course { policy: &tried.policy, moments: &tried.runs.first()?.outcome.moments })
        }
        let profiles = self.loads.iter().map(|load| Courses {
            profile: &load.profile.name,
            courses: load.policies.iter().filter_map(course).collect(),
        });
        render_courses(&pool.display().to_string(), &profiles.collect::<Vec<_>>())
    }
}

impl Tried {
    pub(super) fn new(policy: &TrialPolicy, runs: Vec<Run>) -> anyhow::Result<Self> {
        let outcomes: Vec<&Outcome> = runs.iter().map(|run| &run.outcome).collect();
        let median = Outcome::median(&outcomes).context("a policy is tried once at least")?;
        Ok(Self { policy: policy.name.clone(), median, runs })
    }
}

/// The seeds that were asked for.
pub(super) fn seeds(args: &TrialArgs) -> impl Iterator<Item = u64> {
    1..=u64::from(args.seeds.get())
}

impl fmt::Display for Trials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for load in &self.loads {
            writeln!(
                formatter,
                "{}: load 1 is {:.0} flows/s; medians over the seeds",
                load.profile.name, load.unit_flows_per_s
            )?;
            let mut table = TextTable::new();
            table.load_style(presets::NOTHING);
            let figures = ["macro-F1", "accuracy", "loss", "answered", "declined", "p50", "p99", "switches/min"];
            let members = self.members.iter().map(String::as_str);
            table.set_header(["policy"].into_iter().chain(figures).chain(members));
            for tried in &load.policies {
                let Outcome { macro_f1, accuracy, loss, answered, declined, .. } = tried.median;
                let percent = |share: f64| format!("{:.2} %", 100.0 * share);
                let row = [tried.policy.clone(), format!("{macro_f1:.4}"), format!("{accuracy:.4}")].into_iter();
                let row = row.chain([loss, answered, declined].map(percent));
                let row = row.chain([
                    format!("{:.0} µs", tried.median.latency_p50_us),
                    format!("{:.0} µs", tried.median.latency_p99_us),
                    format!("{:.0}", tried.median.switches_per_minute),
                ]);
                table.add_row(row.chain(tried.median.members.iter().map(|share| format!("{:.0} %", 100.0 * share))));
            }
            for column in table.column_iter_mut().skip(1) {
                column.set_cell_alignment(CellAlignment::Right);
            }
            writeln!(formatter, "{table}\n")?;
        }
        Ok(())
    }
}
