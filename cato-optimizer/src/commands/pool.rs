//! `cato pool`: a few members of a study's front, and what they cost as they serve.

use std::fmt;
use std::path::Path;

use anyhow::{Context as _, ensure};
use cato_artifact::Kit;
use cato_codegen::interp::Decider;
use cato_codegen::spec::{Depth, Spec};
use cato_serve::policy::Ladder;
use cato_serve::{Constraints, PoolFile, PoolMember};
use comfy_table::{CellAlignment, Table as TextTable, presets};

use super::Outcome;
use super::context::Context;
use super::held_out::HeldOut;
use super::played::Played;
use super::target::Target;
use crate::affinity::OffLastCore;
use crate::atomic;
use crate::cli::{Member, PoolArgs, PoolMembers};
use crate::load::Population;
use crate::pool::{Costs, MOST_CHOSEN, learn_worth, measure, spanning};
use crate::report::nanoseconds;
use crate::search::{Objectives, QUALITY_METRIC};
use crate::study::{FrontMember, Study};
use crate::train::Part;

pub(super) fn run(args: &PoolArgs, context: &Context) -> anyhow::Result<Outcome> {
    let study = Study::open(&args.study)?;
    let members = asked_for(&study, args)?;
    let played = Played::read(&study, &args.source, &args.again, context)?;
    // Of the test part nothing is looked at here.
    let population = played.population(&[Part::Train, Part::Validation]);
    let kit = Kit::prepare(&context.cache()?)?;
    let mut built = Vec::new();
    for member in &members {
        let named = Member { path: args.study.clone(), id: Some(member.id.clone()) };
        let target = Target::one(&named)?;
        let artifact = kit.build(&target.spec, &target.models())?;
        built.push((target, artifact));
    }
    context.say(format_args!("measuring {} members on {} flows", built.len(), population.flows.len()));
    let pipelines: Vec<_> =
        built.iter().map(|(target, artifact)| (artifact.library.as_path(), last_depth(&target.spec))).collect();
    let costs = {
        let _off_last_core = OffLastCore::enter();
        measure(&pipelines, &population, study.settings().seed)?
    };
    let folder = folder_of(&args.out);
    let mut entries = Vec::new();
    for ((member, (target, artifact)), costs) in members.iter().zip(&built).zip(&costs) {
        entries.push(PoolMember {
            id: member.id.clone(),
            spec: relative(&args.study.join(&member.spec), folder)?,
            quality: quality(member),
            start_ns: costs.start_ns,
            packet_ns: costs.packet_ns,
            absorbed_ns: costs.absorbed_ns,
            verdict_ns: costs.verdict_ns,
            flow_ns: mean_flow_ns(costs, target, &population)?,
            state_bytes: artifact.state_bytes,
        });
    }
    if args.members == PoolMembers::Auto {
        // By what was measured here, which need not be what the study compared by.
        let points = entries.iter().map(|entry| Objectives { quality: entry.quality, cost: entry.flow_ns });
        let places = spanning(&points.collect::<Vec<_>>(), MOST_CHOSEN);
        entries = places.into_iter().filter_map(|place| entries.get(place).cloned()).collect();
    }
    let PoolArgs { loss, latency_p99_ms, memory_mb, lowest_quality, .. } = *args;
    let mut pool = PoolFile::new(Constraints { loss, latency_p99_ms, memory_mb, lowest_quality }, entries);
    // Flows are turned away where there is no time even for the lowest rung.
    let rungs = Ladder::new(&pool.members.iter().map(|member| member.cost(None)).collect::<Vec<_>>());
    if let Some(first) = rungs.members().first().and_then(|rung| pool.members.get(usize::from(*rung))) {
        let known = members.iter().zip(&built).zip(&costs).find(|((member, _), _)| member.id == first.id);
        let ((_, (target, _)), costs) = known.context("a pool's members are those that were measured")?;
        let answers = HeldOut { study: &study, played: &played, id: &first.id, target, costs };
        let file = args.out.with_extension("worth.json");
        let table = learn_worth(&population, &answers.of(&population)?)?;
        atomic::write_bytes(&file, table.to_json().as_bytes())?;
        pool.worth = Some(relative(&file, folder)?);
    }
    let text = pool.to_toml().context("the pool cannot be written as TOML")?;
    // What this program would not read again is not written.
    PoolFile::from_toml(&text)?;
    atomic::write_bytes(&args.out, text.as_bytes())?;
    context.result(&pool, Lines(&pool))?;
    Ok(Outcome::Done)
}

fn quality(member: &FrontMember) -> f64 {
    member.validation.get(QUALITY_METRIC).copied().unwrap_or(0.0)
}

/// The members that were asked for, or may be chosen.
fn asked_for(study: &Study, args: &PoolArgs) -> anyhow::Result<Vec<FrontMember>> {
    let mut front = study.front()?;
    if let Some(lowest) = args.lowest_quality {
        front.retain(|member| quality(member) >= lowest);
        ensure!(!front.is_empty(), "no member of the front has a macro-F1 of {lowest} or more on the validation part");
    }
    match &args.members {
        PoolMembers::Auto => Ok(front),
        PoolMembers::Ids(ids) => ids
            .iter()
            .map(|id| {
                let found = front.iter().find(|member| member.id == *id).cloned();
                found.with_context(|| {
                    let known: Vec<_> = front.iter().map(|member| member.id.as_str()).collect();
                    format!("the front has no member {id}; it has {}", known.join(", "))
                })
            })
            .collect(),
    }
}

/// Packets up to the inference point of the last stage; `None` where that is a flow's end.
pub(super) fn last_depth(spec: &Spec) -> Option<u32> {
    match spec.depth {
        Depth::Packets(packets) => Some(packets.into()),
        Depth::All => None,
    }
}

/// What a flow costs in the mean.
fn mean_flow_ns(costs: &Costs, target: &Target, population: &Population) -> anyhow::Result<f64> {
    let decider = Decider::new(&target.spec, &target.models())?;
    let depths: Vec<Option<u32>> = depths(&target.spec);
    let sum: f64 = population
        .flows
        .iter()
        .map(|flow| {
            let (stage, _) = decider.decide(&flow.record());
            let seen = depths.get(stage).copied().flatten().map_or(usize::MAX, |depth| depth as usize);
            costs.flow_ns(flow.packets.len(), seen)
        })
        .sum();
    Ok(sum / population.flows.len().max(1) as f64)
}

/// The inference point of each stage in packets; `None` where it is a flow's end.
pub(super) fn depths(spec: &Spec) -> Vec<Option<u32>> {
    spec.early.iter().map(|stage| Some(stage.depth.into())).chain([last_depth(spec)]).collect()
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The path of `file` as seen from `folder`.
fn relative(file: &Path, folder: &Path) -> anyhow::Result<String> {
    let absolute = |path: &Path| path.canonicalize().with_context(|| format!("there is no {}", path.display()));
    let (file, folder) = (absolute(file)?, absolute(folder)?);
    let shared = file.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| "..".to_owned());
    let down = file.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    Ok(up.chain(down).collect::<Vec<_>>().join("/"))
}

struct Lines<'a>(&'a PoolFile);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = TextTable::new();
        table.load_style(presets::NOTHING);
        table.set_header(["member", "macro-F1", "flow", "start", "packet", "absorbed", "verdict", "state"]);
        for member in &self.0.members {
            let times = [member.flow_ns, member.start_ns, member.packet_ns, member.absorbed_ns, member.verdict_ns];
            let row = [member.id.clone(), format!("{:.4}", member.quality)].into_iter();
            table.add_row(row.chain(times.map(nanoseconds)).chain([format!("{} B", member.state_bytes)]));
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        writeln!(formatter, "{table}")
    }
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn specs_are_named_as_seen_from_the_pool() {
        let folder = tempfile::tempdir().unwrap();
        let spec = folder.path().join("study/specs/e01/spec.toml");
        std::fs::create_dir_all(spec.parent().unwrap()).unwrap();
        std::fs::create_dir(folder.path().join("pools")).unwrap();
        std::fs::write(&spec, "").unwrap();
        let from = |place: &str| relative(&spec, &folder.path().join(place)).unwrap();
        assert_eq!(from("study"), "specs/e01/spec.toml");
        assert_eq!(from("pools"), "../study/specs/e01/spec.toml");
        assert!(relative(&folder.path().join("none"), folder.path()).is_err());
    }
}
