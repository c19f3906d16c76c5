//! Specs as TOML text.
//!
//! The text is read key by key rather than through serde, so that all mistakes come out at once, each with its line
//! and column.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::stages::Last;
use super::{Depth, ModelSpec, Spec, Strategy};
use crate::check;
use crate::diag::{Diagnostic, Diagnostics, Mistake, Position, Subject, nearest};

const KEYS: [&str; 6] = ["version", "name", "depth", "features", "model", "stage"];
const MODEL_KEYS: [&str; 3] = ["file", "strategy", "classes"];

impl Spec {
    /// Reads a spec and checks all of it but that its model fits.
    ///
    /// # Errors
    /// Every mistake, with line and column.
    pub fn from_toml(text: &str) -> Result<Self, Diagnostics> {
        let mut reader = Reader { text, mistakes: Vec::new() };
        let spec = reader.document();
        match spec {
            Some(spec) if reader.mistakes.is_empty() => Ok(spec),
            _ => Err(reader.mistakes.into()),
        }
    }
}

/// A value together with the bytes it was read from.
pub(super) type Placed<'v, 'i> = &'v Spanned<DeValue<'i>>;

pub(super) struct Reader<'a> {
    text: &'a str,
    mistakes: Vec<Diagnostic>,
}

/// Each method gives `None` where something is missing or wrong, and has then reported it.
impl Reader<'_> {
    fn document(&mut self) -> Option<Spec> {
        let document = match DeTable::parse(self.text) {
            Ok(document) => document,
            Err(error) => {
                let mistake = Mistake::Syntax { reason: error.message().to_owned() };
                return self.report(mistake, Subject::Spec, error.span().unwrap_or_default());
            }
        };
        let table = document.get_ref();
        self.unknown_keys(table, &KEYS);
        let version = self.required(table, "version").and_then(|value| self.version(value));
        let name = table.get("name").map(|value| self.string("name", value, Subject::Spec));
        if let Some(stages) = table.get("stage") {
            let stages = self.stages(table, stages);
            let (early, Last { depth, features, model }) = stages?;
            return Some(Spec { version: version?, name: flipped(name)?, early, depth, features, model: Some(model) });
        }
        let depth = self.required(table, "depth").and_then(|value| self.depth(value));
        let features = self.required(table, "features").and_then(|value| self.features(value));
        let model = table.get("model").map(|value| self.model(value));
        Some(Spec {
            version: version?,
            name: flipped(name)?,
            early: Vec::new(),
            depth: depth?,
            features: features?,
            model: flipped(model)?,
        })
    }

    fn version(&mut self, value: Placed<'_, '_>) -> Option<u32> {
        let version = self.integer("version", "a number", value, Subject::Version)?;
        match check::version(&version) {
            Ok(version) => Some(version),
            Err(mistake) => self.report(mistake, Subject::Version, value.span()),
        }
    }

    pub(super) fn depth(&mut self, value: Placed<'_, '_>) -> Option<Depth> {
        let depth = match value.get_ref() {
            DeValue::String(word) => check::depth_word(word),
            _ => {
                let wanted = "a number of packets or \"all\"";
                check::depth_packets(&self.integer("depth", wanted, value, Subject::Depth)?)
            }
        };
        match depth {
            Ok(depth) => Some(depth),
            Err(mistake) => self.report(mistake, Subject::Depth, value.span()),
        }
    }

    pub(super) fn features(&mut self, value: Placed<'_, '_>) -> Option<Vec<String>> {
        let DeValue::Array(items) = value.get_ref() else {
            return self.wrong_type("features", "a list of names", value, Subject::Features);
        };
        let names = self.strings("features", items, Subject::Features)?;
        let mistakes = check::features(&names).err().unwrap_or_default();
        let sound = mistakes.is_empty();
        for Diagnostic { mistake, subject, .. } in mistakes {
            let item = if let Subject::Feature(index) = subject { items.get(index) } else { None };
            self.report::<()>(mistake, subject, item.unwrap_or(value).span());
        }
        sound.then_some(names)
    }

    pub(super) fn model(&mut self, value: Placed<'_, '_>) -> Option<ModelSpec> {
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong_type("model", "a section", value, Subject::Model);
        };
        self.unknown_keys(table, &MODEL_KEYS);
        let strategy = table.get("strategy").map(|value| self.strategy(value));
        let classes = table.get("classes").map(|value| match value.get_ref() {
            DeValue::Array(items) => self.strings("classes", items, Subject::Model),
            _ => self.wrong_type("classes", "a list of names", value, Subject::Model),
        });
        let Some(file) = table.get("file") else {
            return self.report(Mistake::MissingKey { key: "file" }, Subject::Model, value.span());
        };
        let file = self.string("file", file, Subject::Model);
        Some(ModelSpec { file: file?, strategy: flipped(strategy)?.unwrap_or_default(), classes: flipped(classes)? })
    }

    fn strategy(&mut self, value: Placed<'_, '_>) -> Option<Strategy> {
        let name = self.string("strategy", value, Subject::Model)?;
        if let Some(strategy) = Strategy::by_name(&name) {
            return Some(strategy);
        }
        let nearest = nearest(&name, Strategy::ALL.map(Strategy::name));
        self.report(Mistake::UnknownStrategy { found: name, nearest }, Subject::Model, value.span())
    }

    fn required<'v, 'i>(&mut self, table: &'v DeTable<'i>, key: &'static str) -> Option<Placed<'v, 'i>> {
        let value = table.get(key);
        if value.is_none() {
            let end = self.text.trim_end().len();
            self.report::<()>(Mistake::MissingKey { key }, Subject::Spec, end..end);
        }
        value
    }

    pub(super) fn string(&mut self, key: &'static str, value: Placed<'_, '_>, subject: Subject) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => self.wrong_type(key, "a string", value, subject),
        }
    }

    /// All of them, or a mistake for each that is no string.
    fn strings(&mut self, key: &'static str, items: &[Spanned<DeValue<'_>>], subject: Subject) -> Option<Vec<String>> {
        let strings: Vec<_> = items.iter().map(|item| self.string(key, item, subject)).collect();
        strings.into_iter().collect()
    }

    /// The digits of an integer, in base 10 wherever it fits a machine word.
    fn integer(
        &mut self,
        key: &'static str,
        wanted: &'static str,
        value: Placed<'_, '_>,
        subject: Subject,
    ) -> Option<String> {
        let DeValue::Integer(integer) = value.get_ref() else {
            return self.wrong_type(key, wanted, value, subject);
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix());
        Some(number.map_or_else(|_| integer.as_str().to_owned(), |number| number.to_string()))
    }

    pub(super) fn unknown_keys(&mut self, table: &DeTable<'_>, known: &[&'static str]) {
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let name = key.get_ref().to_string();
            let nearest = nearest(&name, known.iter().copied());
            self.report::<()>(Mistake::UnknownKey { key: name, nearest }, Subject::Spec, key.span());
        }
    }

    pub(super) fn wrong_type<T>(
        &mut self,
        key: &'static str,
        wanted: &'static str,
        value: Placed<'_, '_>,
        subject: Subject,
    ) -> Option<T> {
        let found = format!("{} {}", article(value.get_ref().type_str()), value.get_ref().type_str());
        self.report(Mistake::WrongType { key, wanted, found }, subject, value.span())
    }

    pub(super) fn report<T>(&mut self, mistake: Mistake, subject: Subject, bytes: Range<usize>) -> Option<T> {
        let position = Some(Position::of(self.text, bytes.start));
        self.mistakes.push(Diagnostic { position, ..Diagnostic::new(mistake, subject) });
        None
    }
}

/// A key that was not there is fine, one that was and could not be read is not.
fn flipped<T>(value: Option<Option<T>>) -> Option<Option<T>> {
    match value {
        Some(None) => None,
        Some(value) => Some(value),
        None => Some(None),
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

#[cfg(test)]
mod tests {
    use super::{Depth, ModelSpec, Spec, Strategy};
    use crate::diag::{Mistake, Position};

    fn spec() -> Spec {
        Spec {
            version: 1,
            name: Some("quotes \" and \\ and\nlines".to_owned()),
            early: vec![],
            depth: Depth::Packets(65_535),
            features: vec!["dur".to_owned(), "s_bytes_mean".to_owned()],
            model: Some(ModelSpec::new("model.json", Strategy::ConstTable)),
        }
    }

    fn mistakes(text: &str) -> Vec<(Mistake, (usize, usize))> {
        let diagnostics = Spec::from_toml(text).unwrap_err();
        diagnostics
            .iter()
            .map(|diagnostic| {
                let Position { line, column } = diagnostic.position.unwrap();
                (diagnostic.mistake.clone(), (line, column))
            })
            .collect()
    }

    #[test]
    fn specs_survive_being_written_and_read() {
        let without = Spec { name: None, early: vec![], depth: Depth::All, model: None, ..spec() };
        let classes = Some(vec!["a \"quoted\" class".to_owned(), "b".to_owned()]);
        let with_classes =
            Spec { model: Some(ModelSpec { classes, ..ModelSpec::new("m.json", Strategy::Auto) }), ..spec() };
        for spec in [spec(), without, with_classes] {
            assert_eq!(Spec::from_toml(&spec.to_toml()), Ok(spec));
        }
    }

    #[test]
    fn a_strategy_need_not_be_named() {
        let text = "version = 1\ndepth = 1\nfeatures = ['dur']\nmodel = { file = 'm.json' }\n";
        assert_eq!(Spec::from_toml(text).unwrap().model.unwrap().strategy, Strategy::Auto);
    }

    #[test]
    fn all_mistakes_come_out_at_once_with_their_places() {
        let text = "version = 2\ndepht = 3\ndepth = 0\nfeatures = [\n  \"dur\",\n  \"s_byte_sum\", \"dur\",\n]\n\n\
            [model]\nfile = 3\nstrategy = \"nested\"\nclasses = [\"a\", 2]\n";
        assert_eq!(
            mistakes(text),
            [
                (Mistake::UnsupportedVersion { found: "2".to_owned() }, (1, 11)),
                (Mistake::UnknownKey { key: "depht".to_owned(), nearest: Some("depth") }, (2, 1)),
                (Mistake::DepthZero, (3, 9)),
                (Mistake::UnknownFeature { name: "s_byte_sum".to_owned(), nearest: Some("s_bytes_sum") }, (6, 3)),
                (Mistake::RepeatedFeature { name: "dur".to_owned() }, (6, 17)),
                (Mistake::WrongType { key: "file", wanted: "a string", found: "an integer".to_owned() }, (10, 8)),
                (Mistake::UnknownStrategy { found: "nested".to_owned(), nearest: Some("nested-if") }, (11, 12)),
                (Mistake::WrongType { key: "classes", wanted: "a string", found: "an integer".to_owned() }, (12, 17)),
            ]
        );
    }

    #[test]
    fn missing_parts_are_each_named() {
        let missing: Vec<_> = mistakes("name = 'x'\n").into_iter().map(|(mistake, _)| mistake).collect();
        let expected = ["version", "depth", "features"].map(|key| Mistake::MissingKey { key });
        assert_eq!(missing, expected);
    }

    #[test]
    fn depths_out_of_range_are_refused() {
        for (depth, mistake) in [
            ("65536", Mistake::DepthTooLarge { found: "65536".to_owned() }),
            ("-1", Mistake::DepthTooLarge { found: "-1".to_owned() }),
            ("99999999999999999999", Mistake::DepthTooLarge { found: "99999999999999999999".to_owned() }),
            ("0x0", Mistake::DepthZero),
            ("'every'", Mistake::DepthWord { found: "every".to_owned() }),
        ] {
            let text = format!("version = 1\ndepth = {depth}\nfeatures = ['dur']\n");
            assert_eq!(mistakes(&text), [(mistake, (2, 9))]);
        }
    }

    #[test]
    fn broken_toml_is_reported_where_it_breaks() {
        let found = mistakes("version = 1\ndepth = = 3\n");
        assert!(matches!(found.as_slice(), [(Mistake::Syntax { .. }, (2, _))]), "{found:?}");
    }

    #[test]
    fn an_empty_list_of_features_is_a_mistake() {
        assert_eq!(mistakes("version = 1\ndepth = 1\nfeatures = []\n"), [(Mistake::NoFeatures, (3, 12))]);
    }
}
