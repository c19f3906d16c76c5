//! The cache folder: where it is, and how it stays small.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How many kits are kept; beyond that, those not asked for the longest go.
const KITS: usize = 3;
/// How many artifacts are kept, likewise.
const ARTIFACTS: usize = 1_000;
/// What was asked for more recently than this stays, however much there is: a running search may load it again.
const IN_USE: Duration = Duration::from_secs(24 * 3600);

/// The user's cache folder for cato: `cato` below what the platform names for caches, `None` where it names nothing.
#[must_use]
pub fn default_cache() -> Option<PathBuf> {
    dirs::cache_dir().map(|folder| folder.join("cato"))
}

/// Marks an entry of the cache as asked for now.
pub(crate) fn touch(file: &Path) -> io::Result<()> {
    fs::File::options().append(true).open(file)?.set_modified(SystemTime::now())
}

/// Removes kits that are old and too many. A kit's age is that of its file `marker`.
pub(crate) fn prune_kits(cache: &Path, marker: &str) {
    prune(cache, "kit-", marker, KITS);
}

/// Removes artifacts that are old and too many, and what is left of builds that were killed. An artifact's age is that
/// of its file `marker`.
pub(crate) fn prune_artifacts(folder: &Path, marker: &str) {
    prune(folder, "", marker, ARTIFACTS);
}

/// What cannot be removed stays; nothing depends on it.
fn prune(folder: &Path, prefix: &str, marker: &str, kept: usize) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let folders = entries.flatten().map(|entry| entry.path()).filter(|path| {
        path.is_dir() && path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(prefix))
    });
    let mut folders: Vec<_> = folders.filter_map(|path| Some((age(&path, marker)?, path))).collect();
    folders.sort();
    let whole = |path: &Path| path.join(marker).is_file();
    let beyond = folders.iter().filter(|(_, path)| whole(path)).skip(kept);
    let abandoned = folders.iter().filter(|(_, path)| !whole(path));
    for (_, path) in beyond.chain(abandoned).filter(|(age, _)| *age > IN_USE) {
        if let Err(error) = fs::remove_dir_all(path) {
            tracing::debug!(path = %path.display(), %error, "an old cache entry stays");
        }
    }
}

/// How long ago a folder was asked for; where a killed process left it without its marker, how long ago it was made.
fn age(path: &Path, marker: &str) -> Option<Duration> {
    let modified =
        fs::metadata(path.join(marker)).or_else(|_| fs::metadata(path)).and_then(|data| data.modified()).ok()?;
    // A time in the future means a clock that was set back: as good as new.
    Some(modified.elapsed().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::time::{Duration, SystemTime};

    use super::{ARTIFACTS, IN_USE, prune_artifacts, touch};

    #[test]
    fn only_what_is_old_and_too_much_goes() {
        let folder = tempfile::tempdir().unwrap();
        let place = |number: usize| folder.path().join(format!("{number:04}"));
        for number in 0..ARTIFACTS + 3 {
            fs::create_dir(place(number)).unwrap();
            make(&place(number).join("marker"), SystemTime::now() - IN_USE - Duration::from_secs(number as u64 + 60));
        }
        touch(&place(ARTIFACTS + 2).join("marker")).unwrap();
        fs::create_dir(folder.path().join("half-made")).unwrap();
        prune_artifacts(folder.path(), "marker");
        let left = |number| place(number).exists();
        assert!((0..ARTIFACTS - 1).all(left) && left(ARTIFACTS + 2), "what is new or was asked for stays");
        assert!(!left(ARTIFACTS - 1) && !left(ARTIFACTS) && !left(ARTIFACTS + 1), "the oldest beyond the limit go");
        assert!(folder.path().join("half-made").exists(), "somebody may be making it now");
    }

    fn make(file: &Path, modified: SystemTime) {
        fs::File::create(file).unwrap().set_modified(modified).unwrap();
    }
}
