//! Where in a spec's text its parts stand, for mistakes that show only after it has been read.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Spec;
use crate::diag::{Position, Subject};

impl Spec {
    /// The places of those parts of a spec that are there, in the text that it was read from; none where the text is not
    /// TOML.
    #[must_use]
    pub fn places(text: &str) -> BTreeMap<Subject, Position> {
        let Ok(document) = DeTable::parse(text) else { return BTreeMap::new() };
        let document = document.get_ref();
        let stages = document.get("stage").and_then(|stages| stages.get_ref().as_array());
        let stages: Vec<&DeTable<'_>> = stages
            .into_iter()
            .flat_map(|stages| stages.iter())
            .filter_map(|stage| stage.get_ref().as_table())
            .collect();
        // Everything but the version is said of the last stage.
        let (top, document, early) = match stages.split_last() {
            Some((last, early)) => (document, *last, early),
            None => (document, document, &[][..]),
        };
        let model = document.get("model").and_then(|model| model.get_ref().as_table());
        let within = |table: Option<&DeTable<'_>>, key: &str| table.and_then(|table| table.get(key)).map(Spanned::span);
        let mut places: BTreeMap<_, _> = [
            (Subject::Version, within(Some(top), "version")),
            (Subject::Depth, within(Some(document), "depth")),
            (Subject::Features, within(Some(document), "features")),
            (Subject::Model, within(model, "file")),
            (Subject::Classes, within(model, "classes")),
        ]
        .into_iter()
        .filter_map(|(subject, bytes)| Some((subject, Position::of(text, bytes?.start))))
        .collect();
        for (index, stage) in early.iter().enumerate() {
            let model = stage.get("model").and_then(|model| model.get_ref().as_table());
            let found = [
                (Subject::Stage(index), within(model, "file")),
                (Subject::Confidence(index), within(Some(*stage), "confidence")),
            ];
            let found = found.into_iter().filter_map(|(subject, bytes)| Some((subject, bytes?.start)));
            places.extend(found.map(|(subject, start)| (subject, Position::of(text, start))));
        }
        if let Some(DeValue::Array(names)) = document.get("features").map(Spanned::get_ref) {
            let names = names.iter().map(|name| Position::of(text, name.span().start));
            places.extend(names.enumerate().map(|(index, place)| (Subject::Feature(index), place)));
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use crate::diag::{Position, Subject};
    use crate::spec::Spec;

    #[test]
    fn values_are_found_and_what_is_not_there_is_not() {
        let text =
            "version = 1\ndepth = 3\nfeatures = [\n  'dur', 'proto',\n]\nmodel = { file = 'm', classes = ['a'] }\n";
        let places = Spec::places(text);
        let place = |subject| places.get(&subject).map(|&Position { line, column }| (line, column));
        assert_eq!(place(Subject::Depth), Some((2, 9)));
        assert_eq!(place(Subject::Feature(1)), Some((4, 10)));
        assert_eq!(place(Subject::Feature(2)), None);
        assert_eq!(place(Subject::Model), Some((6, 18)));
        assert_eq!(place(Subject::Classes), Some((6, 33)));
        assert_eq!(place(Subject::Item), None);
        assert!(Spec::places("depth = = 3").is_empty());
    }
}
