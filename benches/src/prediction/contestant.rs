//! Whoever predicts, and how long it takes.

use std::fmt;
use std::hint::black_box;
use std::time::Instant;

use super::FeatureRow;

/// What kind of model is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// One tree.
    Tree,
    /// A hundred trees with a soft vote.
    Forest,
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Tree => "tree",
            Self::Forest => "forest",
        })
    }
}

/// A model that predicts row after row.
pub struct Contestant {
    /// What it is called.
    pub name: String,
    /// What it predicts with.
    pub kind: Kind,
    pass: Box<Pass>,
}

/// Predicts all rows once.
type Pass = dyn Fn(&[FeatureRow]);

impl Contestant {
    /// A contestant that answers each row by `predict`, one row a call.
    pub fn new<A>(name: impl Into<String>, kind: Kind, predict: impl Fn(usize, &FeatureRow) -> A + 'static) -> Self {
        let pass = move |rows: &[FeatureRow]| {
            for (number, row) in rows.iter().enumerate() {
                black_box(predict(number, black_box(row)));
            }
        };
        Self { name: name.into(), kind, pass: Box::new(pass) }
    }

    /// Predicts all rows once.
    pub fn pass(&self, rows: &[FeatureRow]) {
        (self.pass)(rows);
    }

    /// Nanoseconds for a row: the fastest of some passes over all rows.
    #[must_use]
    pub fn time(&self, rows: &[FeatureRow], passes: usize) -> f64 {
        let times = (0..passes).map(|_| {
            let start = Instant::now();
            self.pass(rows);
            start.elapsed().as_nanos() as f64 / rows.len() as f64
        });
        times.fold(f64::INFINITY, f64::min)
    }
}
