//! Pipelines as a user names them: a spec file, or a member of a study.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use cato_codegen::model::Model;
use cato_codegen::spec::Spec;

use super::finish;
use crate::cli::Member;
use crate::evaluate::SPEC_FILE;
use crate::study::{Study, spec_file};

/// A pipeline that was named.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// The member's id, or the spec's path.
    pub(super) name: String,
    pub(super) spec: Spec,
    pub(super) model: Option<Model>,
}

impl Target {
    /// The one pipeline that `member` names.
    pub(super) fn one(member: &Member) -> anyhow::Result<Self> {
        match (&member.id, member.path.is_dir()) {
            (Some(id), _) => Self::of_study(&member.path, id),
            (None, false) => Self::read(&member.path, member.path.display().to_string()),
            (None, true) if member.path.join(SPEC_FILE).is_file() => {
                Self::read(&member.path.join(SPEC_FILE), member.path.display().to_string())
            }
            (None, true) => {
                let ids = ids(&member.path)?.join(", ");
                bail!("{0} is a study: name a member of its front, as in {0}#ID; it has {ids}", member.path.display())
            }
        }
    }

    /// The pipelines that `member` names: every member of the front where it is a study.
    pub(super) fn all(member: &Member) -> anyhow::Result<Vec<Self>> {
        if member.id.is_none() && member.path.is_dir() && !member.path.join(SPEC_FILE).is_file() {
            return ids(&member.path)?.iter().map(|id| Self::of_study(&member.path, id)).collect();
        }
        Ok(vec![Self::one(member)?])
    }

    fn of_study(folder: &Path, id: &str) -> anyhow::Result<Self> {
        let study = Study::open(folder)?;
        // Any evaluation can be named, not only those of the front.
        let known = study.evaluations().iter().any(|evaluation| evaluation.id() == id);
        ensure!(known, "the study {} has no evaluation {id}", folder.display());
        Self::read(&folder.join(spec_file(id)), id.to_owned())
    }

    fn read(path: &Path, name: String) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the spec {}", path.display()))?;
        let spec = Spec::from_toml(&text).with_context(|| format!("{}", path.display()))?;
        let model = match &spec.model {
            Some(model) => Some(finish::read_model(&beside(path, &model.file))?),
            None => None,
        };
        Ok(Self { name, spec, model })
    }
}

fn ids(folder: &Path) -> anyhow::Result<Vec<String>> {
    let members = Study::open(folder)?.front()?;
    Ok(members.into_iter().map(|member| member.id).collect())
}

fn beside(path: &Path, file: &str) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).join(file)
}
