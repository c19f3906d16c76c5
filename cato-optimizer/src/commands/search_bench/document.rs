//! The result as a JSON document.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::Entry;
use crate::search::bench::{GOALS, Run, RunAt, Spread, Summary, SummaryAt};

/// `{"tables": [...]}`, with an entry for each table and algorithm.
pub(super) struct Document(Value);

impl Document {
    pub(super) fn new(entries: &[Entry]) -> Self {
        Self(json!({ "tables": entries.iter().map(entry).collect::<Vec<_>>() }))
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

fn entry(entry: &Entry) -> Value {
    let Summary { at, to, reached, proxy_readings, overhead_s } = &entry.summary;
    let mut object = Map::new();
    object.insert("table".to_owned(), entry.table.display().to_string().into());
    object.insert("algorithm".to_owned(), entry.algorithm.name().into());
    object.insert("at".to_owned(), at.iter().map(summary_at).collect::<Map<_, _>>().into());
    for (goal, mean) in GOALS.iter().zip(to) {
        object.insert(goal.name.to_owned(), json!(mean));
    }
    for (goal, reached) in GOALS.iter().zip(reached) {
        object.insert(format!("reached_{}", goal.share), json!(reached));
    }
    object.insert("overhead_s".to_owned(), json!(overhead_s));
    object.insert("proxy_readings".to_owned(), json!(proxy_readings));
    object.insert("seeds".to_owned(), entry.runs.iter().map(run).collect());
    object.into()
}

fn summary_at(at: &SummaryAt) -> (String, Value) {
    let spread = |spread: &Spread| json!({ "mean": spread.mean, "sd": spread.sd, "min": spread.min });
    (at.evaluations.to_string(), json!({ "hvi": spread(&at.hvi), "strict": spread(&at.strict) }))
}

fn run(run: &Run) -> Value {
    let at = |at: &RunAt| (at.evaluations.to_string(), json!({ "hvi": at.shares.hvi, "strict": at.shares.strict }));
    let mut object = Map::new();
    object.insert("seed".to_owned(), run.seed.into());
    object.insert("evaluations".to_owned(), run.evaluations.into());
    object.insert("at".to_owned(), run.at.iter().map(at).collect::<Map<_, _>>().into());
    for (goal, count) in GOALS.iter().zip(run.to) {
        object.insert(goal.name.to_owned(), json!(count));
    }
    object.insert("overhead_s".to_owned(), json!(run.overhead_s));
    object.insert("proxy_readings".to_owned(), run.proxy_readings.into());
    object.into()
}
