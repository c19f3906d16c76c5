//! Mistakes, as data: what is wrong, where, and what helps. The macro and the command line show the same words.

mod nearest;
mod table;
mod text;

use std::collections::BTreeMap;
use std::fmt;

pub use nearest::nearest;
pub use table::Mistake;
pub use text::Text;

use crate::model::ModelError;

/// Which part of a spec a mistake is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The spec as a whole.
    Spec,
    /// Its version.
    Version,
    /// Its depth.
    Depth,
    /// Its list of features.
    Features,
    /// One feature, by its place in the list.
    Feature(usize),
    /// The model.
    Model,
    /// The classes that the spec counts on.
    Classes,
    /// The model of a stage before the last, by its place.
    Stage(usize),
    /// The confidence of that stage.
    Confidence(usize),
    /// The item that the attribute stands on.
    Item,
    /// One field of that item, by its place.
    Field(usize),
}

/// A place in a text file, both counted from 1; the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

impl Position {
    /// The position of the byte at `offset` in `text`.
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.bytes().filter(|&byte| byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// One mistake and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong.
    pub mistake: Mistake,
    /// In which part of the spec.
    pub subject: Subject,
    /// Where in the file, if the spec was read from text.
    pub position: Option<Position>,
}

impl Diagnostic {
    /// A mistake whose position is not known, or not yet.
    #[must_use]
    pub fn new(mistake: Mistake, subject: Subject) -> Self {
        Self { mistake, subject, position: None }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Text { message, label, help } = self.mistake.text();
        write!(formatter, "{message}: {label}\n  help: {help}")
    }
}

impl From<ModelError> for Diagnostic {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::Json { line, column, reason } => Self {
                position: Some(Position { line, column }),
                ..Self::new(Mistake::ModelSyntax { reason }, Subject::Model)
            },
            ModelError::Version { found } => Self::new(Mistake::ModelVersion { found }, Subject::Model),
            ModelError::Invalid { reason } => Self::new(Mistake::ModelInvalid { reason }, Subject::Model),
        }
    }
}

/// All the mistakes that were found, in order of place; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics {
    file: Option<String>,
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    /// `Ok` where there is no mistake.
    ///
    /// # Errors
    /// The mistakes.
    pub fn none_of(list: Vec<Diagnostic>) -> Result<(), Self> {
        if list.is_empty() { Ok(()) } else { Err(list.into()) }
    }

    /// The same, said of the file at `path` where they are not yet said of another.
    #[must_use]
    pub fn in_file(mut self, path: impl Into<String>) -> Self {
        self.file.get_or_insert_with(|| path.into());
        self
    }

    /// The same, each at the place of its subject where that is known and its own is not. Those that are already said of
    /// a file stay as they are: the places are another's.
    #[must_use]
    pub fn at(mut self, places: &BTreeMap<Subject, Position>) -> Self {
        if self.file.is_none() {
            for diagnostic in &mut self.list {
                diagnostic.position = diagnostic.position.or_else(|| places.get(&diagnostic.subject).copied());
            }
        }
        self
    }

    /// The mistakes.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// Each mistake as it is shown, with file and position where they are known.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.list.iter().map(|diagnostic| match (&self.file, diagnostic.position) {
            (Some(file), Some(Position { line, column })) => format!("{file}:{line}:{column}: {diagnostic}"),
            (Some(file), None) => format!("{file}: {diagnostic}"),
            (None, Some(Position { line, column })) => format!("line {line}, column {column}: {diagnostic}"),
            (None, None) => diagnostic.to_string(),
        })
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { file: None, list: vec![diagnostic] }
    }
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(mut list: Vec<Diagnostic>) -> Self {
        list.sort_by_key(|diagnostic| (diagnostic.position, diagnostic.subject));
        Self { file: None, list }
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, line) in self.lines().enumerate() {
            if number > 0 {
                formatter.write_str("\n")?;
            }
            formatter.write_str(&line)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::{Diagnostic, Diagnostics, Mistake, Position, Subject};

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let text = "a\nbß = 1\n";
        assert_eq!(Position::of(text, 0), Position { line: 1, column: 1 });
        assert_eq!(Position::of(text, 2), Position { line: 2, column: 1 });
        assert_eq!(Position::of(text, text.find('=').unwrap()), Position { line: 2, column: 4 });
        assert_eq!(Position::of(text, 10_000), Position { line: 3, column: 1 });
    }

    #[test]
    fn mistakes_are_shown_with_file_place_and_help() {
        let mut diagnostic = Diagnostic::new(Mistake::DepthZero, Subject::Depth);
        diagnostic.position = Some(Position { line: 3, column: 9 });
        let shown = Diagnostics::from(diagnostic).in_file("spec.toml").to_string();
        assert!(shown.starts_with("spec.toml:3:9: depth is 0: "), "{shown}");
        assert!(shown.contains("\n  help: "), "{shown}");
    }
}
