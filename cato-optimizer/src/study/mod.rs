//! A study: the folder in which a search keeps what it was asked for and what it has found.
//!
//! | file | holds | written |
//! |---|---|---|
//! | `study.toml` | [`StudySettings`] | once, whole; again when more iterations are asked for |
//! | `evaluations.jsonl` | one line for each finished evaluation | appended and synced after each |
//! | `remeasured.jsonl` | one line for each measurement made again on and near the front | appended and synced after each |
//! | `cascades.jsonl` | one line for each cascade in front of a member | appended and synced after each, by `cato cascade` |
//! | `specs/ID/spec.toml`, `specs/ID/model.json` | spec and frozen model of evaluation ID | whole, before it is measured |
//! | `front.json` | [`FrontMember`]s by rising cost | whole, when the search ends |
//! | `baselines.json` | a [`Comparison`] of baselines with the front | whole, by `cato compare` |
//! | `lock` | nothing | kept locked while a search works on the study |
//!
//! A search can be stopped at any moment: what is in `evaluations.jsonl` is finished, and everything else is made again
//! as it was, because the search is a function of settings and evaluations.

mod cascades;
mod comparison;
mod error;
mod journal;
mod member;
mod recorded;
mod remeasured;
mod settings;
mod text;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

pub use cascades::{CascadeStage, StudyCascade, cascade_id};
pub use comparison::{Baseline, BaselineOutcome, Beside, Comparison, Figures, MemberFigures};
pub use error::StudyError;
pub use journal::DamagedLine;
pub use member::{FrontMember, MemberCost, Noise, mark_noise};
pub use recorded::Recorded;
pub use settings::{
    ClassFlows, Difference, FeatureSettings, InputSettings, STUDY_VERSION, SettingsError, StudySettings,
};

use crate::atomic;
use crate::cost::Cost;
use crate::pick::{Pick, Point};
use crate::repeat::Repeated;
use crate::search::{self, Evaluation, Measured, Objectives, Outcome, evaluation_id};
use journal::Journal;

/// The file of settings.
pub const SETTINGS_FILE: &str = "study.toml";
/// The file of evaluations.
pub const EVALUATIONS_FILE: &str = "evaluations.jsonl";
/// The file of measurements made again.
pub const REMEASURED_FILE: &str = "remeasured.jsonl";
/// The file of cascades.
pub const CASCADES_FILE: &str = "cascades.jsonl";
/// The file of the front.
pub const FRONT_FILE: &str = "front.json";
/// The file of baselines.
pub const BASELINES_FILE: &str = "baselines.json";
const LOCK_FILE: &str = "lock";

/// Where the spec of the evaluation `id` stands, relative to the study's folder.
#[must_use]
pub fn spec_file(id: &str) -> String {
    format!("specs/{id}/spec.toml")
}

/// Where the frozen model of the evaluation `id` stands, relative to the study's folder.
#[must_use]
pub fn model_file(id: &str) -> String {
    format!("specs/{id}/model.json")
}

/// A study as it stands on the disk.
#[derive(Clone, Debug)]
pub struct Study {
    folder: PathBuf,
    settings: StudySettings,
    evaluations: Vec<Evaluation>,
    cascades: Vec<StudyCascade>,
    torn: usize,
    /// By evaluation: every measurement of it.
    costs: remeasured::Costs,
}

impl Study {
    /// Reads the study in `folder`. Nothing is written, so a search may be at work on it.
    ///
    /// # Errors
    /// Where `folder` is no study or a file of it is damaged.
    pub fn open(folder: &Path) -> Result<Self, StudyError> {
        Self::read(folder)?.ok_or_else(|| StudyError::NotAStudy { folder: folder.to_owned() })
    }

    /// Begins a study in `folder`, or goes on with the one that is there, and keeps other searches out of it.
    ///
    /// A study is gone on with when it was made with the same settings; more iterations may be asked for than before.
    /// What was being written when an earlier search was stopped is cut off; see [`Study::torn`].
    ///
    /// # Errors
    /// Where another search works on the study, where it was made with other settings, and where a file of it is damaged.
    pub fn create_or_resume(folder: &Path, settings: &StudySettings) -> Result<StudyWriter, StudyError> {
        fs::create_dir_all(folder).map_err(io_error(folder))?;
        let lock = lock(folder)?;
        let study = match Self::read(folder)? {
            Some(mut study) => {
                let difference = study.settings.difference(settings).map_err(unwritable)?;
                if let Some(difference) = difference {
                    return Err(StudyError::Differs { folder: folder.to_owned(), difference: Box::new(difference) });
                }
                if settings.iterations > study.settings.iterations {
                    study.settings.iterations = settings.iterations;
                    study.write_settings()?;
                }
                study
            }
            None => {
                let foreign = [EVALUATIONS_FILE, FRONT_FILE].into_iter().find(|file| folder.join(file).exists());
                if let Some(file) = foreign {
                    return Err(StudyError::Foreign { folder: folder.to_owned(), file });
                }
                let (folder, settings) = (folder.to_owned(), settings.clone());
                let study = Self {
                    folder,
                    settings,
                    evaluations: Vec::new(),
                    cascades: Vec::new(),
                    torn: 0,
                    costs: Vec::new(),
                };
                study.write_settings()?;
                study
            }
        };
        StudyWriter::new(study, lock)
    }

    /// Opens the study in `folder` for writing as it is, and keeps searches out of it.
    ///
    /// # Errors
    /// Where `folder` is no study, a search works on it, or a file of it is damaged.
    pub fn reopen(folder: &Path) -> Result<StudyWriter, StudyError> {
        // Before the lock, which would leave a file in a folder that is no study.
        Self::open(folder)?;
        let lock = lock(folder)?;
        StudyWriter::new(Self::open(folder)?, lock)
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the search was asked for.
    #[must_use]
    pub fn settings(&self) -> &StudySettings {
        &self.settings
    }

    /// The finished evaluations in their order.
    #[must_use]
    pub fn evaluations(&self) -> &[Evaluation] {
        &self.evaluations
    }

    /// The cascades in their order.
    #[must_use]
    pub fn cascades(&self) -> &[StudyCascade] {
        &self.cascades
    }

    /// What is known of the evaluation or cascade with the id `id`: its cost is the median of its measurements. None where
    /// there is none, and where the evaluation failed.
    #[must_use]
    pub fn measured(&self, id: &str) -> Option<Measured> {
        let cascade = self.cascades.iter().find(|cascade| cascade.id == id).map(|cascade| cascade.measured.clone());
        cascade.or_else(|| self.settled().iter().find(|evaluation| evaluation.id() == id)?.measured().cloned())
    }

    /// Whether there is an evaluation or a cascade with the id `id`.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        let evaluated = self.evaluations.iter().any(|evaluation| evaluation.id() == id);
        evaluated || self.cascades.iter().any(|cascade| cascade.id == id)
    }

    /// What all measurements of each evaluation come to, in the order of the evaluations; none for failed ones.
    #[must_use]
    pub fn repeated(&self) -> Vec<Option<Repeated>> {
        Repeated::all(&self.costs)
    }

    /// The evaluations with the median of all their measurements as cost. The search goes by the first one alone, so that
    /// it finds the same whenever it was stopped and gone on with; the front goes by these.
    #[must_use]
    pub fn settled(&self) -> Vec<Evaluation> {
        let mut evaluations = self.evaluations.clone();
        for (evaluation, repeated) in evaluations.iter_mut().zip(self.repeated()) {
            if let (Outcome::Measured(measured), Some(repeated)) = (&mut evaluation.outcome, repeated) {
                measured.cost = repeated.cost;
            }
        }
        evaluations
    }

    /// Bytes of a line in `evaluations.jsonl` that was not finished when the study was read: a search was stopped, or is
    /// at work. No finished evaluation is lost by it.
    #[must_use]
    pub fn torn(&self) -> usize {
        self.torn
    }

    /// The members of the front by rising cost.
    ///
    /// # Errors
    /// Where the search has not written a front yet and where the file is damaged.
    pub fn front(&self) -> Result<Vec<FrontMember>, StudyError> {
        let path = self.folder.join(FRONT_FILE);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StudyError::NoFront { folder: self.folder.clone() });
            }
            bytes => bytes.map_err(io_error(&path))?,
        };
        member::parse(&bytes).map_err(|source| StudyError::Front { path, source })
    }

    /// The member of the front that `pick` names.
    ///
    /// # Errors
    /// As for [`Study::front`], and where no member fits.
    pub fn pick(&self, pick: &Pick) -> Result<FrontMember, StudyError> {
        let mut members = self.front()?;
        let points: Vec<Point<'_>> = members.iter().map(FrontMember::point).collect();
        let chosen = pick.choose(&points).map_err(|source| StudyError::Pick { folder: self.folder.clone(), source })?;
        Ok(members.swap_remove(chosen))
    }

    /// The evaluation that `pick` names among those that no other evaluation beats. Cascades are left aside: in front of what
    /// is named here they stand, and a study may have some that beat it.
    ///
    /// # Errors
    /// Where nothing fits.
    pub fn pick_evaluation(&self, pick: &Pick) -> Result<&Evaluation, StudyError> {
        let settled = self.settled();
        let ids: Vec<String> = settled.iter().map(Evaluation::id).collect();
        let point = |at: usize| {
            let Objectives { quality, cost } = settled[at].objectives()?;
            Some((at, Point { id: &ids[at], quality, cost }))
        };
        let (places, points): (Vec<_>, Vec<_>) = search::front(&settled).into_iter().filter_map(point).unzip();
        let chosen = pick.choose(&points).map_err(|source| StudyError::Pick { folder: self.folder.clone(), source })?;
        Ok(&self.evaluations[places[chosen]])
    }

    /// The member of the front with the id `id`.
    ///
    /// # Errors
    /// As for [`Study::pick`].
    pub fn member(&self, id: &str) -> Result<FrontMember, StudyError> {
        self.pick(&Pick::Id(id.to_owned()))
    }

    /// What the last comparison with baselines has found; none where there was no comparison.
    ///
    /// # Errors
    /// Where the file is damaged.
    pub fn comparison(&self) -> Result<Option<Comparison>, StudyError> {
        let path = self.folder.join(BASELINES_FILE);
        match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            bytes => {
                let bytes = bytes.map_err(io_error(&path))?;
                serde_json::from_slice(&bytes).map(Some).map_err(|source| StudyError::Front { path, source })
            }
        }
    }

    /// The study in `folder`; none where it has no settings.
    fn read(folder: &Path) -> Result<Option<Self>, StudyError> {
        let path = folder.join(SETTINGS_FILE);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(io_error(&path))?,
        };
        let settings = StudySettings::from_toml(&text).map_err(|source| StudyError::Settings { path, source })?;

        // Before the evaluations that they are of: a search may be at work, and adds to those first.
        let repeated = read_lines(&folder.join(REMEASURED_FILE))?;
        let path = folder.join(EVALUATIONS_FILE);
        let journal::Contents { evaluations, whole: _, torn } =
            journal::parse(&read_lines(&path)?).map_err(|source| StudyError::Journal { path, source })?;
        let path = folder.join(REMEASURED_FILE);
        let (costs, _) =
            remeasured::parse(&repeated, &evaluations).map_err(|source| StudyError::Journal { path, source })?;
        let path = folder.join(CASCADES_FILE);
        let (cascades, _) =
            cascades::parse(&read_lines(&path)?).map_err(|source| StudyError::Journal { path, source })?;
        Ok(Some(Self { folder: folder.to_owned(), settings, evaluations, cascades, torn, costs }))
    }

    fn write_settings(&self) -> Result<(), StudyError> {
        let path = self.folder.join(SETTINGS_FILE);
        let text = self.settings.to_toml().map_err(unwritable)?;
        atomic::write_bytes(&path, text.as_bytes()).map_err(io_error(&path))
    }
}

/// A study that a search works on. No other search can until this is dropped.
#[derive(Debug)]
pub struct StudyWriter {
    study: Study,
    journal: Journal,
    /// Opened when it is needed.
    remeasured: Option<Journal>,
    /// Locked as long as it is open.
    _lock: File,
}

impl StudyWriter {
    fn new(study: Study, lock: File) -> Result<Self, StudyError> {
        let path = study.folder.join(EVALUATIONS_FILE);
        let length = match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            metadata => metadata.map_err(io_error(&path))?.len(),
        };
        let journal = Journal::open(&path, length - study.torn as u64).map_err(io_error(&path))?;
        Ok(Self { study, journal, remeasured: None, _lock: lock })
    }

    /// The study with what was recorded so far.
    #[must_use]
    pub fn study(&self) -> &Study {
        &self.study
    }

    /// Records a finished evaluation; it is on the disk when this returns.
    ///
    /// # Errors
    /// Where the file system refuses, and where the evaluation is not the next one.
    pub fn append(&mut self, evaluation: Evaluation) -> Result<(), StudyError> {
        let expected = self.study.evaluations.len();
        if evaluation.index != expected {
            return Err(StudyError::OutOfOrder { expected, found: evaluation.index });
        }
        self.journal.append(&evaluation).map_err(io_error(&self.study.folder.join(EVALUATIONS_FILE)))?;
        self.study.costs.push(remeasured::first(&evaluation));
        self.study.evaluations.push(evaluation);
        Ok(())
    }

    /// Records another measurement of the evaluation at `index`; it is on the disk when this returns.
    ///
    /// # Errors
    /// Where the file system refuses, and where no such evaluation was measured.
    pub fn append_measurement(&mut self, index: usize, cost: Cost) -> Result<(), StudyError> {
        let path = self.study.folder.join(REMEASURED_FILE);
        let Some(costs) = self.study.costs.get_mut(index).filter(|costs| !costs.is_empty()) else {
            return Err(StudyError::NotMeasured { id: evaluation_id(index) });
        };
        let journal = match &mut self.remeasured {
            Some(journal) => journal,
            closed => {
                let whole = journal::whole_lines(&read_lines(&path)?) as u64;
                closed.insert(Journal::open(&path, whole).map_err(io_error(&path))?)
            }
        };
        journal.append_line(&remeasured::Line { id: evaluation_id(index), cost }).map_err(io_error(&path))?;
        costs.push(cost);
        Ok(())
    }

    /// Records a cascade; it is on the disk when this returns.
    ///
    /// # Errors
    /// Where the file system refuses, and where its id is not the next one.
    pub fn append_cascade(&mut self, cascade: StudyCascade) -> Result<(), StudyError> {
        let expected = cascade_id(self.study.cascades.len());
        if cascade.id != expected {
            return Err(StudyError::CascadeOutOfOrder { expected, found: cascade.id });
        }
        let path = self.study.folder.join(CASCADES_FILE);
        let whole = cascades::parse(&read_lines(&path)?)
            .map_err(|source| StudyError::Journal { path: path.clone(), source })?
            .1;
        let journal = Journal::open(&path, whole as u64);
        journal.and_then(|mut journal| journal.append_line(&cascade)).map_err(io_error(&path))?;
        self.study.cascades.push(cascade);
        Ok(())
    }

    /// Writes the front, whole or not at all.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub fn write_front(&self, members: &[FrontMember]) -> Result<(), StudyError> {
        let path = self.study.folder.join(FRONT_FILE);
        let text = member::to_json(members).map_err(io::Error::from).map_err(io_error(&path))?;
        atomic::write_bytes(&path, text.as_bytes()).map_err(io_error(&path))
    }

    /// Writes a comparison with baselines, whole or not at all.
    ///
    /// # Errors
    /// Where the file system refuses.
    pub fn write_comparison(&self, comparison: &Comparison) -> Result<(), StudyError> {
        let path = self.study.folder.join(BASELINES_FILE);
        let mut text = serde_json::to_vec_pretty(comparison).map_err(io::Error::from).map_err(io_error(&path))?;
        text.push(b'\n');
        atomic::write_bytes(&path, &text).map_err(io_error(&path))
    }
}

/// The bytes of a file of lines; none where it is not there.
fn read_lines(path: &Path) -> Result<Vec<u8>, StudyError> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        bytes => bytes.map_err(io_error(path)),
    }
}

fn lock(folder: &Path) -> Result<File, StudyError> {
    let path = folder.join(LOCK_FILE);
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(io_error(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StudyError::InUse { folder: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(StudyError::Io { path, source }),
    }
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> StudyError + use<> {
    let path = path.to_owned();
    move |source| StudyError::Io { path, source }
}

fn unwritable(source: toml::ser::Error) -> StudyError {
    StudyError::Unwritable { source }
}

#[cfg(test)]
mod tests;
