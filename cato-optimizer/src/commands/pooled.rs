//! The pipelines that a server is to serve, and how it chooses between them.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, anyhow, ensure};
use cato_artifact::Kit;
use cato_serve::admission::WorthTable;
use cato_serve::policy::{Fixed, Policy};
use cato_serve::{Constraints, Member, Pool, PoolFile, PoolMember};

use super::policies;
use super::pool::last_depth;
use super::target::Target;
use crate::cli::{PolicyName, ServeArgs};

/// What a server is to serve.
pub(super) struct Pooled {
    pub(super) pool: Pool,
    pub(super) policy: Box<dyn Policy>,
    pub(super) constraints: Constraints,
    /// What flows are worth by their first packet, where the pool's file names a table of that.
    pub(super) worth: Option<WorthTable>,
    /// Members of the file that are not good enough to serve, each with why.
    pub(super) left_out: Vec<String>,
}

/// Builds what was named: one pipeline, or those of a pool.
pub(super) fn read(args: &ServeArgs, kit: &Kit) -> anyhow::Result<Pooled> {
    if let Some(path) = &args.pool {
        return of_file(path, &args.policy, kit);
    }
    let target = Target::one(args.target.as_ref().context("name a SPEC, a DIR#ID or a --pool")?)?;
    let pool = Pool::of(member(&target, target.name.clone(), kit)?);
    let policy = Box::new(Fixed::new(0, &target.name));
    Ok(Pooled { pool, policy, constraints: Constraints::default(), worth: None, left_out: Vec::new() })
}

fn of_file(path: &Path, policy: &PolicyName, kit: &Kit) -> anyhow::Result<Pooled> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read the pool {}", path.display()))?;
    let file = PoolFile::from_toml(&text).map_err(|error| anyhow!("{}: {error}", path.display()))?;
    let lowest = file.constraints.lowest_quality.unwrap_or(0.0);
    let (good, poor): (Vec<&PoolMember>, Vec<_>) = file.members.iter().partition(|member| member.quality >= lowest);
    ensure!(!good.is_empty(), "{}: no member has the lowest quality that is asked for, {lowest}", path.display());
    let left_out = poor.iter().map(|PoolMember { id, quality, .. }| {
        format!("member {id} does not serve: its quality is {quality}, and at least {lowest} is asked for")
    });
    let (mut members, mut costs) = (Vec::new(), Vec::new());
    for entry in good {
        let target = Target::beside(path, &entry.spec).with_context(|| format!("member {} of the pool", entry.id))?;
        costs.push(entry.cost(last_depth(&target.spec)));
        members.push(member(&target, entry.id.clone(), kit)?);
    }
    let pool = Pool::new(members)?;
    let ids: Vec<&str> = pool.members().iter().map(|member| member.name.as_str()).collect();
    let policy = policies::policy(policy, &ids, &costs)?;
    let worth = worth(path, &file)?;
    Ok(Pooled { pool, policy, constraints: file.constraints, worth, left_out: left_out.collect() })
}

/// The table of what flows are worth that the file at `path` names.
pub(super) fn worth(path: &Path, file: &PoolFile) -> anyhow::Result<Option<WorthTable>> {
    let Some(name) = &file.worth else { return Ok(None) };
    let place = path.parent().unwrap_or(Path::new("")).join(name);
    let text = fs::read_to_string(&place).with_context(|| format!("cannot read {}", place.display()))?;
    Ok(Some(WorthTable::from_json(&text).with_context(|| place.display().to_string())?))
}

fn member(target: &Target, name: String, kit: &Kit) -> anyhow::Result<Member> {
    let artifact = kit.build(&target.spec, &target.models())?;
    let classes = target.model.as_ref().map_or_else(Vec::new, |model| model.classes.clone());
    Ok(Member { name, library: artifact.library, classes })
}
