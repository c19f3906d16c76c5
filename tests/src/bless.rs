//! Golden files: compared, or written anew where the environment says `BLESS=1`.

use std::fs;
use std::path::Path;

/// Compares `found` with the file, or writes it there.
///
/// # Panics
/// Where they differ, the first differing line first, and where there is no file.
pub fn golden(path: &Path, found: &str) {
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        fs::write(path, found).expect("golden files can be written");
        return;
    }
    let expected = fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{}: {error}; BLESS=1 writes golden files", path.display()));
    if found == expected {
        return;
    }
    let lines = found.lines().zip(expected.lines()).enumerate().find(|(_, (found, expected))| found != expected);
    let difference = lines.map_or_else(
        || format!("{} lines, and {} in the golden file", found.lines().count(), expected.lines().count()),
        |(number, (found, expected))| format!("line {}:\nfound  {found}\ngolden {expected}", number + 1),
    );
    panic!(
        "{}: {difference}\nBLESS=1 writes golden files anew; look at the difference before you commit it",
        path.display()
    );
}
