//! The specs under `specs/`, in folders that say what must happen to them.

use std::fs;
use std::path::{Path, PathBuf};

use cato_codegen::diag::{Diagnostic, Diagnostics, Mistake, Subject};
use cato_codegen::model::Model;
use cato_codegen::spec::{ModelSpec, Spec, Strategy};

/// A spec with its model.
#[derive(Clone, Debug)]
pub struct Golden {
    /// Its name: folder and file, and a strategy where that was left open.
    pub name: String,
    /// The spec.
    pub spec: Spec,
    /// The models that it names for the stages before the last.
    pub early: Vec<Model>,
    /// The model that it names, that of the last stage.
    pub model: Option<Model>,
}

/// The spec files of the folder, by name.
///
/// # Panics
/// Where the folder is not in the repository.
#[must_use]
pub fn files(folder: &str) -> Vec<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/specs")).join(folder);
    let entries = fs::read_dir(&path).expect("the folder is in the repository");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    let mut specs: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect();
    specs.sort();
    assert!(!specs.is_empty(), "{} holds specs", path.display());
    specs
}

/// Reads a spec and its models; mistakes are said of files by their names alone.
///
/// # Errors
/// Every mistake in the first file that has some.
///
/// # Panics
/// Where there is no such spec.
pub fn read(path: &Path) -> Result<(Spec, Vec<Model>), Diagnostics> {
    let spec = Spec::from_toml(&text(path)).map_err(|mistakes| placed(path, mistakes))?;
    let models = spec.models().enumerate().map(|(stage, ModelSpec { file, .. })| {
        let subject = if stage < spec.early.len() { Subject::Stage(stage) } else { Subject::Model };
        let model = fs::read_to_string(path.with_file_name(file)).map_err(|error| {
            let mistake = Mistake::UnreadableFile { path: file.clone(), reason: error.to_string() };
            placed(path, Diagnostic::new(mistake, subject).into())
        })?;
        Model::from_json(&model).map_err(|error| Diagnostics::from(Diagnostic::from(error)).in_file(file))
    });
    let models = models.collect::<Result<_, _>>()?;
    Ok((spec, models))
}

/// The mistakes as those who read files say them: of the spec, at the places of what they are about.
///
/// # Panics
/// Where there is no such spec.
#[must_use]
pub fn placed(path: &Path, mistakes: Diagnostics) -> Diagnostics {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    mistakes.at(&Spec::places(&text(path))).in_file(name)
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("the spec is in the repository")
}

/// The sound specs of the folder, as they are written.
///
/// # Panics
/// Where one cannot be read.
#[must_use]
pub fn golden(folder: &str) -> Vec<Golden> {
    files(folder).iter().map(|path| sound(path)).collect()
}

/// The sound specs of the folder, each in every strategy that it leaves open.
///
/// # Panics
/// Where one cannot be read.
#[must_use]
pub fn in_every_strategy(folder: &str) -> Vec<Golden> {
    golden(folder).into_iter().flat_map(Golden::in_every_strategy).collect()
}

/// The spec in the file.
///
/// # Panics
/// Where it cannot be read.
#[must_use]
pub fn sound(path: &Path) -> Golden {
    let (spec, mut early) = read(path).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let [folder, file] = [path.parent(), Some(path)].map(|path| path.and_then(Path::file_stem).unwrap_or_default());
    let name = format!("{}/{}", folder.to_string_lossy(), file.to_string_lossy());
    let model = early.pop();
    Golden { name, spec, early, model }
}

impl Golden {
    /// The models of all stages in order.
    #[must_use]
    pub fn models(&self) -> Vec<&Model> {
        self.early.iter().chain(&self.model).collect()
    }

    /// One for each strategy where the spec names a model and leaves the strategy to the compiler, else itself.
    #[must_use]
    pub fn in_every_strategy(self) -> Vec<Self> {
        let Self { name, spec, early, model } = &self;
        let Some(named) = spec.model.as_ref().filter(|named| named.strategy == Strategy::Auto) else {
            return vec![self];
        };
        let with = |strategy: Strategy| Self {
            name: format!("{name} ({})", strategy.name()),
            spec: Spec { model: Some(ModelSpec { strategy, ..named.clone() }), ..spec.clone() },
            early: early.clone(),
            model: model.clone(),
        };
        Strategy::ALL.map(with).to_vec()
    }
}
