//! Records kept from one run to the next.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::super::{Error, Inputs, Warning};
use super::{FlowRecords, RecordOptions};

/// Changes when the same captures and options would give other records than before.
const RULES: u32 = 1;

impl FlowRecords {
    /// As [`read`](Self::read), but takes the records from `folder` where they were read before with the same options
    /// from the same files, and leaves them there otherwise. Files are the same when place, name, size and time of last
    /// change are.
    ///
    /// A damaged record file is read anew; that, and a folder that cannot be written to, is a warning.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    pub fn cached(inputs: &Inputs, options: &RecordOptions, folder: &Path) -> Result<Self, Error> {
        let path = folder.join(format!("flows-{}.bin", &key(inputs, options)?[..32]));
        let mut damage = None;
        if path.exists() {
            match Self::load(&path) {
                Ok(records) => return Ok(records),
                Err(error) => damage = Some(format!("read anew: {error}")),
            }
        }
        let mut records = Self::read(inputs, options)?;
        let stored = fs::create_dir_all(folder).map_err(Error::io(folder)).and_then(|()| records.save(&path));
        let unwritten = stored.err().map(|error| format!("not kept: {error}"));
        let file = path.display().to_string();
        let wrong = damage.into_iter().chain(unwritten).map(|what| Warning { file: file.clone(), offset: None, what });
        records.warnings.extend(wrong);
        Ok(records)
    }
}

/// A hash of all that the records depend on.
fn key(inputs: &Inputs, options: &RecordOptions) -> Result<String, Error> {
    let RecordOptions { settings, max_depth, merge } = options;
    let mut hasher = blake3::Hasher::new();
    let mut text = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    text(&format!("{RULES} {settings:?} {max_depth:?} {merge}"));
    for input in inputs.files() {
        let failed = || Error::io(&input.path);
        let place = input.path.canonicalize().map_err(failed())?;
        let metadata = place.metadata().map_err(failed())?;
        let changed = metadata.modified().map_err(failed())?.duration_since(UNIX_EPOCH).unwrap_or_default();
        text(&place.to_string_lossy());
        text(&input.name);
        text(&input.folder);
        text(&format!("{} {} {}", input.given, metadata.len(), changed.as_nanos()));
    }
    Ok(hasher.finalize().to_hex().to_string())
}
