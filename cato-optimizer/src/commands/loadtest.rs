//! `cato loadtest`: policies under load, with a server, in real time.

use std::fmt;

use anyhow::{Context as _, bail, ensure};
use cato_artifact::Kit;
use cato_serve::{Member, Pool};
use serde::Serialize;
use tracing::warn;

use super::Outcome as Ended;
use super::context::Context;
use super::played::Played;
use super::trials::{self, Load, PoolInHand, Run, Trials, Tried};
use crate::cli::{AdmissionName, LoadtestArgs, TrialPolicy};
use crate::load::{Arrivals, Population, Timeline};
use crate::loadtest::{LoadTest, Punctuality, Tested};
use crate::simulate::Outcome;
use crate::study::Study;
use crate::train::Part;

pub(super) fn run(args: &LoadtestArgs, context: &Context) -> anyhow::Result<Ended> {
    for policy in &args.trials.policy {
        let only = policy.policy.is_none() || policy.admission == AdmissionName::Oracle;
        ensure!(!only, "{}: what knows the future can only be simulated", policy.name);
    }
    let study = Study::open(&args.study)?;
    let pool = PoolInHand::read(&args.pool)?;
    let built = built(&pool, &Kit::prepare(&context.cache()?)?)?;
    let population = Played::read(&study, &args.source, &args.again, context)?.population(&[Part::Test]);
    let models = pool.models();
    let members = pool.simulated(&models, &population)?;
    let computed = trials::capacity(&members[pool.unit(&args.trials.unit)?], &population);
    let unit = args.capacity.unwrap_or(computed);
    let (mut loads, mut servers) = (Vec::new(), Vec::new());
    for load in &args.trials.load {
        let mut profile = trials::profile(load)?;
        profile.seconds = args.seconds.unwrap_or(profile.seconds);
        let mut runs: Vec<Vec<Run>> = vec![Vec::new(); args.trials.policy.len()];
        for seed in trials::seeds(&args.trials) {
            let timeline = Timeline::new(&profile, seed);
            let arrivals = Arrivals::new(&population, &timeline, unit / args.slowdown, profile.speed, seed);
            let (flows, packets) = (arrivals.flows.len(), arrivals.events.len());
            context.say(format_args!("{}, seed {seed}: {flows} flows, {packets} packets", profile.name));
            let play = Play { args, pool: &pool, built: &built, population: &population, arrivals: &arrivals };
            for (policy, runs) in args.trials.policy.iter().zip(&mut runs) {
                let tested = play.run(policy, profile.speed)?;
                let outcome =
                    Outcome::new(&tested.tally, &population, &arrivals, &timeline, members.len(), args.slowdown);
                runs.push(Run { seed, outcome });
                servers.push(Served::new(&profile.name, &policy.name, seed, &tested));
            }
        }
        let tried = args.trials.policy.iter().zip(runs).map(|(policy, runs)| Tried::new(policy, runs));
        let policies = tried.collect::<anyhow::Result<_>>()?;
        loads.push(Load { profile, unit_flows_per_s: unit, policies });
    }
    servers.iter().filter_map(Served::reproach).for_each(|words| warn!("{words}"));
    let members = pool.members.iter().map(|member| member.id.clone()).collect();
    let results = Results { trials: Trials { members, population: population.flows.len(), loads }, servers };
    context.result(&results, &results)?;
    Ok(Ended::Done)
}

/// The members as a server loads them.
fn built(pool: &PoolInHand, kit: &Kit) -> anyhow::Result<Pool> {
    let mut members = Vec::new();
    for (member, target) in pool.members.iter().zip(&pool.targets) {
        let library = kit.build(&target.spec, &target.models())?.library;
        let classes = target.model.as_ref().map_or_else(Vec::new, |model| model.classes.clone());
        members.push(Member { name: member.id.clone(), library, classes });
    }
    Ok(Pool::new(members)?)
}

/// Arrivals to be played to one policy after the other.
struct Play<'a> {
    args: &'a LoadtestArgs,
    pool: &'a PoolInHand,
    built: &'a Pool,
    population: &'a Population,
    arrivals: &'a Arrivals,
}

impl Play<'_> {
    fn run(&self, name: &TrialPolicy, speed: f64) -> anyhow::Result<Tested> {
        let Self { args, pool, built, population, arrivals } = *self;
        let policy =
            pool.policy(name, args.slowdown)?.with_context(|| format!("{} can only be simulated", name.name))?;
        // Of a server that is so much slower, in the same time.
        let scaled = |number: u32| ((f64::from(number) / args.slowdown) as usize).max(1);
        let test = LoadTest {
            pool: built,
            population,
            arrivals,
            speed,
            slowdown: args.slowdown,
            ring: scaled(args.ring),
            table_capacity: scaled(args.table_capacity),
            worth: pool.worth(name.admission)?,
        };
        let tested = test.run(policy)?;
        if let Some(imbalance) = tested.report.imbalance() {
            bail!("{}: the counts do not add up: {imbalance}", name.name);
        }
        ensure!(tested.report.errors.is_empty(), "{}: {}", name.name, tested.report.errors.join("; "));
        Ok(tested)
    }
}

/// As simulations have them, with what only a server shows.
#[derive(Serialize)]
struct Results {
    #[serde(flatten)]
    trials: Trials,
    /// Run by run.
    servers: Vec<Served>,
}

/// What a run showed beside its outcome.
#[derive(Serialize)]
struct Served {
    profile: String,
    policy: String,
    seed: u64,
    /// Whether the load was that of the profile, and how late packets were.
    kept: bool,
    #[serde(flatten)]
    punctuality: Punctuality,
    /// The share of the time that the worker's thread ran.
    busy: f64,
    /// Flows that had to leave a full table without a verdict.
    evicted_flows: u64,
}

impl Served {
    fn new(profile: &str, policy: &str, seed: u64, tested: &Tested) -> Self {
        let Tested { report, punctuality, .. } = tested;
        Self {
            profile: profile.to_owned(),
            policy: policy.to_owned(),
            seed,
            kept: punctuality.is_kept(),
            punctuality: *punctuality,
            busy: report.total.busy_ns as f64 * 1e-9 / report.elapsed.as_secs_f64().max(f64::MIN_POSITIVE),
            evicted_flows: report.evicted_flows().map(|(_, flows)| flows).sum(),
        }
    }

    /// What has to be known before the run is compared with others.
    fn reproach(&self) -> Option<String> {
        let Self { profile, policy, seed, punctuality, .. } = self;
        let Punctuality { late, latest_ms } = punctuality;
        (!self.kept).then(|| {
            format!(
                "{profile}, {policy}, seed {seed}: the generator did not keep up, the load was another one than the \
                 profile's: {:.1} % of the packets came more than a millisecond late, the last of them {latest_ms:.0} ms",
                100.0 * late
            )
        })
    }
}

impl fmt::Display for Results {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.trials.fmt(formatter)?;
        let most = |number: &dyn Fn(&Served) -> f64| self.servers.iter().map(number).fold(0.0, f64::max);
        let unkept = self.servers.iter().filter(|served| !served.kept).count();
        writeln!(
            formatter,
            "generator: {unkept} of {} runs not kept to; at most {:.2} % of the packets late, and {:.1} ms; evicted flows: \
             at most {:.0}",
            self.servers.len(),
            100.0 * most(&|served| served.punctuality.late),
            most(&|served| served.punctuality.latest_ms),
            most(&|served| served.evicted_flows as f64)
        )
    }
}
