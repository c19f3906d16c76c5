//! `cato simulate`: policies under load, without a server.

use super::Outcome as Ended;
use super::context::Context;
use super::played::Played;
use super::trials::{self, Load, PoolInHand, Run, Trials, Tried};
use crate::atomic;
use crate::cli::{AdmissionName, SimulateArgs, TrialPolicy};
use crate::load::{Arrivals, Population, Timeline};
use crate::simulate::{Admission, Oracle, Outcome, SimMember, Simulation, simulate};
use crate::study::Study;
use crate::train::Part;

pub(super) fn run(args: &SimulateArgs, context: &Context) -> anyhow::Result<Ended> {
    let study = Study::open(&args.study)?;
    let pool = PoolInHand::read(&args.pool)?;
    let population = Played::read(&study, &args.source, &args.again, context)?.population(&[Part::Test]);
    let models = pool.models();
    let mut members = pool.simulated(&models, &population)?;
    let unit = trials::capacity(&members[pool.unit(&args.trials.unit)?], &population);
    let mut loads = Vec::new();
    for load in &args.trials.load {
        let profile = trials::profile(load)?;
        let mut runs: Vec<Vec<Run>> = vec![Vec::new(); args.trials.policy.len()];
        for seed in trials::seeds(&args.trials) {
            let timeline = Timeline::new(&profile, seed);
            let arrivals = Arrivals::new(&population, &timeline, unit / args.slowdown, profile.speed, seed);
            context.say(format_args!(
                "{}, seed {seed}: {} flows, {} packets",
                profile.name,
                arrivals.flows.len(),
                arrivals.events.len()
            ));
            let play = Play { args, pool: &pool, population: &population, arrivals: &arrivals, timeline: &timeline };
            for (policy, runs) in args.trials.policy.iter().zip(&mut runs) {
                runs.push(Run { seed, outcome: play.run(policy, &mut members, profile.speed, seed)? });
            }
        }
        let tried = args.trials.policy.iter().zip(runs).map(|(policy, runs)| Tried::new(policy, runs));
        let policies = tried.collect::<anyhow::Result<_>>()?;
        loads.push(Load { profile, unit_flows_per_s: unit, policies });
    }
    let members = pool.members.iter().map(|member| member.id.clone()).collect();
    let trials = Trials { members, population: population.flows.len(), loads };
    if let Some(path) = &args.report {
        atomic::write_bytes(path, trials.page(&args.pool).as_bytes())?;
    }
    context.result(&trials, &trials)?;
    Ok(Ended::Done)
}

/// Arrivals to be played to one policy after the other.
struct Play<'a> {
    args: &'a SimulateArgs,
    pool: &'a PoolInHand,
    population: &'a Population,
    arrivals: &'a Arrivals,
    timeline: &'a Timeline,
}

impl Play<'_> {
    fn run(&self, name: &TrialPolicy, members: &mut [SimMember<'_>], speed: f64, seed: u64) -> anyhow::Result<Outcome> {
        let Self { args, pool, population, arrivals, timeline } = self;
        let mut policy = match pool.policy(name, args.slowdown)? {
            Some(policy) => policy,
            None => Box::new(Oracle::new(&pool.costs, members, population, arrivals, args.slowdown)),
        };
        let admission = match (name.admission, pool.worth(name.admission)?) {
            (AdmissionName::Oracle, _) => {
                Admission::Oracle { member: pool.answering(name)?, weights: population.class_weights() }
            }
            (_, Some(table)) => Admission::Worth(table),
            (_, None) => Admission::Uniform,
        };
        let count = members.len();
        let simulation = Simulation {
            population,
            arrivals,
            members,
            ring: ((f64::from(args.ring) / args.slowdown) as usize).max(1),
            slowdown: args.slowdown,
            speed,
            seed,
        };
        let tally = simulate(simulation, policy.as_mut(), &admission);
        Ok(Outcome::new(&tally, population, arrivals, timeline, count, args.slowdown))
    }
}
