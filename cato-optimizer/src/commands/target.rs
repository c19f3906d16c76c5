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
    /// The models of the stages before the last.
    pub(super) early: Vec<Model>,
    /// The last stage's model.
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

    /// The spec that the file `holder` names, by a path that is relative to it.
    pub(super) fn beside(holder: &Path, spec: &str) -> anyhow::Result<Self> {
        let path = beside(holder, spec);
        Self::read(&path, path.display().to_string())
    }

    /// The pipelines that `member` names: every member of the front where it is a study.
    pub(super) fn all(member: &Member) -> anyhow::Result<Vec<Self>> {
        if member.id.is_none() && member.path.is_dir() && !member.path.join(SPEC_FILE).is_file() {
            return ids(&member.path)?.iter().map(|id| Self::of_study(&member.path, id)).collect();
        }
        Ok(vec![Self::one(member)?])
    }

    pub(super) fn of_study(folder: &Path, id: &str) -> anyhow::Result<Self> {
        let study = Study::open(folder)?;
        // Any evaluation and any cascade can be named, not only those of the front.
        ensure!(study.has(id), "the study {} has no evaluation {id}", folder.display());
        Self::read(&folder.join(spec_file(id)), id.to_owned())
    }

    fn read(path: &Path, name: String) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the spec {}", path.display()))?;
        let shown = path.display().to_string();
        let spec = Spec::from_toml(&text).map_err(|mistakes| mistakes.in_file(&shown))?;
        let read_model = |file: &str| finish::read_model(&beside(path, file));
        let early = spec.early.iter().map(|stage| read_model(&stage.model.file)).collect::<Result<_, _>>()?;
        let model = spec.model.as_ref().map(|model| read_model(&model.file)).transpose()?;
        let target = Self { name, spec, early, model };
        // What does not fit together is said here, where the spec's text is at hand.
        cato_codegen::compile(&target.spec, &target.models())
            .map_err(|mistakes| mistakes.at(&Spec::places(&text)).in_file(&shown))?;
        Ok(target)
    }

    /// The models of all stages in order; none where the spec names none.
    pub(super) fn models(&self) -> Vec<&Model> {
        self.early.iter().chain(&self.model).collect()
    }
}

fn ids(folder: &Path) -> anyhow::Result<Vec<String>> {
    let members = Study::open(folder)?.front()?;
    Ok(members.into_iter().map(|member| member.id).collect())
}

fn beside(path: &Path, file: &str) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).join(file)
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn mistakes_are_said_with_file_line_and_column() {
        let folder = tempfile::tempdir().unwrap();
        let spec = folder.path().join("spec.toml");
        let said = |text: &str| {
            std::fs::write(&spec, text).unwrap();
            let error = Target::read(&spec, String::new()).map(|_| ()).unwrap_err().to_string();
            error.replace(&folder.path().display().to_string(), "FOLDER")
        };
        let text = "version = 1\ndepth = 0\nfeatures = [\"dur\"]\n";
        assert!(said(text).starts_with("FOLDER/spec.toml:2:9: depth is 0"), "{}", said(text));
        std::fs::write(folder.path().join("model.json"), "{ \"version\": }").unwrap();
        let text = "version = 1\ndepth = 1\nfeatures = [\"dur\"]\n[model]\nfile = \"model.json\"\n";
        assert!(said(text).starts_with("FOLDER/model.json:1:14: not a frozen model"), "{}", said(text));
        let model = r#"{"version":1,"kind":{"type":"decision-tree"},"features":["proto"],"classes":["a"],
            "leaves":[[[0,65535]]],"trees":[{"feature":[-1],"threshold":[],"leaf":[0]}]}"#;
        std::fs::write(folder.path().join("model.json"), model).unwrap();
        assert!(said(text).starts_with("FOLDER/spec.toml:5:8: the model does not fit the spec"), "{}", said(text));
    }
}
