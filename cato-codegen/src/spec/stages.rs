//! The stages of a spec as TOML text.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::text::{Placed, Reader};
use super::{Confidence, Depth, ModelSpec, Stage, Threshold};
use crate::check::stages as check;
use crate::diag::{Mistake, Subject, nearest};

const STAGE_KEYS: [&str; 4] = ["depth", "features", "model", "confidence"];
/// What a spec with stages does not say at its top.
const OF_A_STAGE: [&str; 3] = ["depth", "features", "model"];

/// What the last stage says.
pub(super) struct Last {
    pub(super) depth: Depth,
    pub(super) features: Vec<String>,
    pub(super) model: ModelSpec,
}

/// Each method gives `None` where something is missing or wrong, and has then reported it.
impl Reader<'_> {
    /// The stages of `document`, which are `value`.
    pub(super) fn stages(&mut self, document: &DeTable<'_>, value: Placed<'_, '_>) -> Option<(Vec<Stage>, Last)> {
        for key in document.keys() {
            if let Some(key_of_stage) = OF_A_STAGE.into_iter().find(|known| key.get_ref() == known) {
                self.report::<()>(Mistake::BesideStages { key: key_of_stage }, Subject::Spec, key.span());
            }
        }
        let DeValue::Array(items) = value.get_ref() else {
            return self.wrong_type("stage", "sections", value, Subject::Spec);
        };
        if let Err(mistake) = check::count(items.len()) {
            return self.report(mistake, Subject::Spec, value.span());
        }
        let (last, early) = items.split_last()?;
        let mut before = None;
        let early: Vec<_> = early.iter().map(|stage| self.early_stage(stage, &mut before)).collect();
        let last = self.last_stage(last, before);
        Some((early.into_iter().collect::<Option<_>>()?, last?))
    }

    fn early_stage(&mut self, value: Placed<'_, '_>, before: &mut Option<u16>) -> Option<Stage> {
        let table = self.stage_table(value)?;
        let (depth, features, model) = self.common(table, value.span(), *before, false);
        let confidence =
            self.of_stage(table, "confidence", value.span()).and_then(|confidence| self.confidence(confidence));
        let packets = if let Some(Depth::Packets(packets)) = depth { Some(packets) } else { None };
        *before = packets.or(*before);
        Some(Stage { depth: packets?, features: features?, model: model?, confidence: confidence? })
    }

    fn last_stage(&mut self, value: Placed<'_, '_>, before: Option<u16>) -> Option<Last> {
        let table = self.stage_table(value)?;
        let (depth, features, model) = self.common(table, value.span(), before, true);
        if let Some(confidence) = table.get("confidence") {
            self.report::<()>(Mistake::ConfidenceOfLast, Subject::Spec, confidence.span());
        }
        Some(Last { depth: depth?, features: features?, model: model? })
    }

    fn stage_table<'v, 'i>(&mut self, value: Placed<'v, 'i>) -> Option<&'v DeTable<'i>> {
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong_type("stage", "sections", value, Subject::Spec);
        };
        self.unknown_keys(table, &STAGE_KEYS);
        Some(table)
    }

    /// What every stage says.
    fn common(
        &mut self,
        table: &DeTable<'_>,
        place: Range<usize>,
        before: Option<u16>,
        last: bool,
    ) -> (Option<Depth>, Option<Vec<String>>, Option<ModelSpec>) {
        let depth = self.of_stage(table, "depth", place.clone()).and_then(|value| {
            let depth = self.depth(value)?;
            match check::order(before, depth, last) {
                Ok(()) => Some(depth),
                Err(mistake) => self.report(mistake, Subject::Depth, value.span()),
            }
        });
        let features = self.of_stage(table, "features", place.clone()).and_then(|value| self.features(value));
        let model = self.of_stage(table, "model", place).and_then(|value| self.model(value));
        (depth, features, model)
    }

    fn of_stage<'v, 'i>(
        &mut self,
        table: &'v DeTable<'i>,
        key: &'static str,
        place: Range<usize>,
    ) -> Option<Placed<'v, 'i>> {
        let value = table.get(key);
        if value.is_none() {
            self.report::<()>(Mistake::MissingKey { key }, Subject::Spec, place);
        }
        value
    }

    fn confidence(&mut self, value: Placed<'_, '_>) -> Option<Confidence> {
        let DeValue::Array(items) = value.get_ref() else {
            return self.threshold(value).map(Confidence::Same);
        };
        let thresholds: Vec<_> = items.iter().map(|item: &Spanned<_>| self.threshold(item)).collect();
        thresholds.into_iter().collect::<Option<_>>().map(Confidence::Each)
    }

    fn threshold(&mut self, value: Placed<'_, '_>) -> Option<Threshold> {
        let written = match value.get_ref() {
            DeValue::String(word) if word == "never" => return Some(Threshold::Never),
            DeValue::String(word) => {
                let nearest = nearest(word, ["never"]);
                let mistake = Mistake::ConfidenceWord { found: word.to_string(), nearest };
                return self.report(mistake, Subject::Spec, value.span());
            }
            DeValue::Float(number) => number.as_str(),
            DeValue::Integer(number) => number.as_str(),
            _ => return self.wrong_type("confidence", "a number from 0 to 1 or \"never\"", value, Subject::Spec),
        };
        match check::share(written) {
            Ok(share) => Some(Threshold::Share(share)),
            Err(mistake) => self.report(mistake, Subject::Spec, value.span()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diag::{Mistake, Position};
    use crate::spec::{Confidence, Depth, ModelSpec, Spec, Stage, Strategy, Threshold};

    fn stage(depth: u16, confidence: Confidence) -> Stage {
        let model = ModelSpec::new("stage.json", Strategy::NestedIf);
        Stage { depth, features: vec!["dur".to_owned()], model, confidence }
    }

    #[test]
    fn stages_survive_being_written_and_read() {
        let each = Confidence::Each(vec![Threshold::Share(0.1), Threshold::Never, Threshold::Share(1.0)]);
        let classes = Some(vec!["a".to_owned(), "b".to_owned()]);
        let spec = Spec {
            version: 1,
            name: None,
            early: vec![stage(1, Confidence::Same(Threshold::Share(2.0 / 3.0))), stage(7, each)],
            depth: Depth::All,
            features: vec!["s_bytes_mean".to_owned()],
            model: Some(ModelSpec { classes, ..ModelSpec::new("model.json", Strategy::Auto) }),
        };
        assert_eq!(Spec::from_toml(&spec.to_toml()), Ok(spec.clone()));
        let never = Spec { early: vec![stage(1, Confidence::Same(Threshold::Never))], ..spec };
        assert_eq!(Spec::from_toml(&never.to_toml()), Ok(never));
    }

    #[test]
    fn a_single_stage_is_a_plain_spec() {
        let staged = "version = 1\n[[stage]]\ndepth = 3\nfeatures = ['dur']\nmodel = { file = 'm.json' }\n";
        let plain = "version = 1\ndepth = 3\nfeatures = ['dur']\nmodel = { file = 'm.json' }\n";
        assert_eq!(Spec::from_toml(staged).unwrap(), Spec::from_toml(plain).unwrap());
    }

    fn mistakes(text: &str) -> Vec<(Mistake, (usize, usize))> {
        let diagnostics = Spec::from_toml(text).unwrap_err();
        let shown = diagnostics.iter().map(|diagnostic| {
            let Position { line, column } = diagnostic.position.unwrap();
            (diagnostic.mistake.clone(), (line, column))
        });
        shown.collect()
    }

    #[test]
    fn all_mistakes_of_stages_come_out_at_once_with_their_places() {
        let text = "version = 1\ndepth = 9\n\
            [[stage]]\ndepth = 5\nfeatures = ['dur']\nconfidence = [0.5, 1.5, 'nevr', -1]\nmodel = { file = 'a' }\n\
            [[stage]]\ndepth = 'all'\nfeatures = ['dur', 'dru']\nmodle = 3\n\
            [[stage]]\ndepth = 5\nfeatures = ['dur']\nconfidence = 0.5\nmodel = { file = 'b' }\n";
        assert_eq!(
            mistakes(text),
            [
                (Mistake::BesideStages { key: "depth" }, (2, 1)),
                (Mistake::ConfidenceRange { found: "1.5".to_owned() }, (6, 20)),
                (Mistake::ConfidenceWord { found: "nevr".to_owned(), nearest: Some("never") }, (6, 25)),
                (Mistake::ConfidenceRange { found: "-1".to_owned() }, (6, 33)),
                (Mistake::MissingKey { key: "model" }, (8, 1)),
                (Mistake::MissingKey { key: "confidence" }, (8, 1)),
                (Mistake::StageOfAll, (9, 9)),
                (Mistake::UnknownFeature { name: "dru".to_owned(), nearest: Some("dur") }, (10, 20)),
                (Mistake::UnknownKey { key: "modle".to_owned(), nearest: Some("model") }, (11, 1)),
                (Mistake::StageOrder { depth: "5".to_owned(), before: 5 }, (13, 9)),
                (Mistake::ConfidenceOfLast, (15, 14)),
            ]
        );
        assert_eq!(mistakes("version = 1\nstage = []\n"), [(Mistake::NoStages, (2, 9))]);
    }
}
