//! Which files are read, and what they are called.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::Error;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Where it is.
    pub path: PathBuf,
    /// What it is called in labels and output: its path below the folder that was given, with `/` between the parts, or
    /// its own name where the file itself was given. Where two files would have one name, both are called by their path
    /// as given.
    pub name: String,
    /// The folder that it belongs to when folders are classes: the first one below the folder that was given, or the one
    /// that the file lies in where there is none between.
    pub folder: String,
    /// The file itself was given, not a folder that holds it. What is not a capture is then a mistake; in a folder other
    /// files are expected.
    pub given: bool,
}

/// The files of one run, in order: as given, those of a folder by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    files: Vec<Input>,
}

impl Inputs {
    /// Every file among `paths` and, at any depth, below the folders among them. A file reached twice is taken once.
    ///
    /// # Errors
    /// [`Error::Io`] for a path that is not there, [`Error::NoInput`] where there is no file at all.
    pub fn collect(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut files = Vec::new();
        let mut seen = BTreeSet::new();
        for path in paths {
            for input in below(path)? {
                let place = input.path.canonicalize().map_err(Error::io(&input.path))?;
                if seen.insert(place) {
                    files.push(input);
                }
            }
        }
        if files.is_empty() {
            return Err(Error::NoInput(paths.to_vec()));
        }
        tell_apart(&mut files);
        Ok(Self { files })
    }

    /// The files.
    #[must_use]
    pub fn files(&self) -> &[Input] {
        &self.files
    }

    /// The same files in the order of their names, in which the parts of one capture follow each other.
    #[must_use]
    pub fn by_name(&self) -> Self {
        let mut files = self.files.clone();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Self { files }
    }
}

/// `path` itself, or the files below it in the order of their names.
fn below(path: &Path) -> Result<Vec<Input>, Error> {
    if !path.metadata().map_err(Error::io(path))?.is_dir() {
        let name = path.file_name().map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy());
        let (name, folder) = (name.into_owned(), folder_of(path));
        return Ok(vec![Input { path: path.to_owned(), name, folder, given: true }]);
    }
    let mut files = Vec::new();
    for entry in WalkDir::new(path).follow_links(true) {
        let entry = entry.map_err(|error| {
            let file = error.path().unwrap_or(path).to_owned();
            Error::Io { file, source: error.into() }
        })?;
        if entry.file_type().is_file() {
            let name = slashed(entry.path().strip_prefix(path).unwrap_or(entry.path()));
            let folder = match name.split_once('/') {
                Some((first, _)) => first.to_owned(),
                None => folder_of(entry.path()),
            };
            files.push(Input { path: entry.into_path(), name, folder, given: false });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// The name of the folder that a file lies in; empty where it has none.
fn folder_of(file: &Path) -> String {
    let whole = file.canonicalize();
    let folder = whole.as_deref().unwrap_or(file).parent();
    folder.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Calls files by their whole path where their names are the same.
fn tell_apart(files: &mut [Input]) {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for file in files.iter() {
        *uses.entry(file.name.clone()).or_default() += 1;
    }
    for file in files {
        if uses.get(&file.name).is_some_and(|&uses| uses > 1) {
            file.name = slashed(&file.path);
        }
    }
}

fn slashed(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/").replacen("//", "/", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_in_order_of_names() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("b/c")).unwrap();
        for name in ["b/c/1", "b/0", "a", "z"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let inputs = Inputs::collect(&[folder.path().to_owned(), folder.path().join("a")]).unwrap();
        let names: Vec<_> = inputs.files().iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["a", "b/0", "b/c/1", "z"]);
        let given = folder_of(&folder.path().join("a"));
        let folders: Vec<_> = inputs.files().iter().map(|file| file.folder.as_str()).collect();
        assert_eq!(folders, [&given, "b", "b", &given]);
    }

    #[test]
    fn equal_names_become_paths() {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<_> = ["a", "b"].iter().map(|name| folder.path().join(name)).collect();
        for path in &paths {
            std::fs::create_dir(path).unwrap();
            std::fs::write(path.join("x"), "").unwrap();
        }
        std::fs::write(paths[1].join("y"), "").unwrap();
        let inputs = Inputs::collect(&paths).unwrap();
        let names: Vec<_> = inputs.files().iter().map(|file| file.name.clone()).collect();
        let below = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        assert_eq!(names, [below("a/x"), below("b/x"), "y".to_owned()]);
    }

    #[test]
    fn what_is_not_there_is_an_error() {
        assert!(matches!(Inputs::collect(&["nowhere".into()]), Err(Error::Io { .. })));
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Inputs::collect(&[folder.path().to_owned()]), Err(Error::NoInput(_))));
    }
}
