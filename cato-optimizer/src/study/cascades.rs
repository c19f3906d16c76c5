//! `cascades.jsonl`: cascades that were put in front of members, one line each.

use cato_codegen::spec::Depth;
use serde::{Deserialize, Serialize};

use super::journal::{DamagedLine, parse_json, whole_lines};
use super::text;
use crate::candidate::Candidate;
use crate::cascade::Expected;
use crate::search::Measured;

/// A cascade of a study. Its spec and models stand where those of an evaluation would, under its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudyCascade {
    /// Its name within the study; see [`cascade_id`].
    pub id: String,
    /// Its stages by ascending depth, of which the last always answers.
    pub stages: Vec<CascadeStage>,
    /// What was expected of it on flows that its thresholds were not chosen on.
    pub expected: Expected,
    /// Quality on the validation part, and cost.
    pub measured: Measured,
}

/// A stage of a cascade.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CascadeStage {
    /// The evaluation that its model is of; none where it was fitted for the cascade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<String>,
    /// Its features in the catalogue's order.
    pub features: Vec<String>,
    /// Its inference point.
    #[serde(with = "text::depth")]
    pub depth: Depth,
    /// Its model in a few words.
    pub model: String,
    /// The share of the flows of the validation part that it answers, from 0 to 1.
    pub answered: f64,
}

impl CascadeStage {
    /// Its features and depth.
    ///
    /// # Errors
    /// A sentence that names what the catalogue does not know.
    pub fn candidate(&self) -> Result<Candidate, String> {
        text::candidate(&self.features, self.depth)
    }
}

/// The id of the cascade at `index`: the letter c and at least two digits.
#[must_use]
pub fn cascade_id(index: usize) -> String {
    format!("c{index:02}")
}

/// Reads the file; the cascades, and the bytes of its whole lines. A last line without its end was being written when the
/// program was stopped, and is left out.
pub(super) fn parse(bytes: &[u8]) -> Result<(Vec<StudyCascade>, usize), DamagedLine> {
    let whole = whole_lines(bytes);
    let lines = bytes[..whole].split_inclusive(|&byte| byte == b'\n').enumerate();
    let cascades = lines.map(|(index, line)| {
        let damaged = |message: String| DamagedLine { line: index + 1, column: 1, message };
        let cascade: StudyCascade = parse_json(index, line)?;
        if cascade.id != cascade_id(index) {
            return Err(damaged(format!("cascade {}, where {} is next", cascade.id, cascade_id(index))));
        }
        if cascade.stages.len() < 2 {
            return Err(damaged("a cascade has two stages or more".to_owned()));
        }
        cascade.stages.iter().try_for_each(|stage| stage.candidate().map(|_| ())).map_err(damaged)?;
        cascade.measured.objectives().map_err(damaged)?;
        Ok(cascade)
    });
    Ok((cascades.collect::<Result<_, _>>()?, whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::candidate::FeatureSet;
    use crate::search::testing::measured_evaluation;

    fn line() -> String {
        let evaluation = measured_evaluation(0, FeatureSet::EMPTY.with(0), Depth::Packets(7), 0.5, 100.0);
        let stage = |depth, answered| CascadeStage {
            evaluation: None,
            features: vec!["dur".to_owned()],
            depth,
            model: "decision tree of depth 3".to_owned(),
            answered,
        };
        let cascade = StudyCascade {
            id: cascade_id(0),
            stages: vec![stage(Depth::Packets(1), 0.6), stage(Depth::All, 0.4)],
            expected: Expected { gain: 0.1, gain_error: 0.01, answered: 0.6, latency: 0.0 },
            measured: evaluation.measured().unwrap().clone(),
        };
        let mut line = serde_json::to_string(&cascade).unwrap();
        line.push('\n');
        let (read, whole) = parse(line.as_bytes()).unwrap();
        assert_eq!((read, whole), (vec![cascade], line.len()));
        line
    }

    #[test]
    fn half_a_line_is_left_out_and_damage_is_named() {
        let line = line();
        let torn = format!("{line}{}", &line[..40]);
        assert_eq!(parse(torn.as_bytes()).unwrap().1, line.len());
        let damage = |text: String| parse(text.as_bytes()).unwrap_err().message;
        assert!(damage(format!("{line}{line}")).contains("cascade c00, where c01 is next"));
        assert!(damage(line.replace("\"dur\"", "\"durr\"")).contains("durr"));
        assert!(damage(line.replace("macro_f1", "accuracy")).contains("no macro_f1"));
    }
}
