//! What a cost is made of.

use cato_codegen::operations::{Kind, Operations};

use crate::search::Reach;

/// One thing that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// An operation of the pipeline.
    Operation(Kind),
    /// A frame of the captures, of a flow or not: decoding it and finding its flow.
    Frame,
    /// A packet that the pipeline sees.
    Packet,
    /// A flow: its start, its end and its verdict.
    Flow,
    /// A node on the way through a tree of nested `if`.
    NestedNode,
    /// A node on the way through a table of nodes.
    TableNode,
    /// A tree in a table: its start, and its vote.
    Tree,
}

impl Term {
    /// Number of terms.
    pub const COUNT: usize = Kind::ALL.len() + OTHERS.len();

    /// Every term.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        Kind::ALL.iter().map(|&kind| Self::Operation(kind)).chain(OTHERS)
    }

    /// Its place among [`Term::all`], from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        let behind_kinds = match self {
            Self::Operation(kind) => return kind as usize,
            Self::Frame => 0,
            Self::Packet => 1,
            Self::Flow => 2,
            Self::NestedNode => 3,
            Self::TableNode => 4,
            Self::Tree => 5,
        };
        Kind::ALL.len() + behind_kinds
    }

    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operation(kind) => kind.name(),
            Self::Frame => "frame",
            Self::Packet => "packet",
            Self::Flow => "flow",
            Self::NestedNode => "nested_node",
            Self::TableNode => "table_node",
            Self::Tree => "tree",
        }
    }

    /// What it takes in nanoseconds where nothing is measured, on no machine in particular: what a fit is drawn to where
    /// measurements do not tell.
    #[must_use]
    pub const fn usual_ns(self) -> f64 {
        match self {
            Self::Frame => 15.0,
            Self::Packet => 5.0,
            Self::Flow => 60.0,
            Self::NestedNode => 1.5,
            Self::TableNode => 1.0,
            Self::Tree => 5.0,
            Self::Operation(kind) => match kind {
                Kind::Insert | Kind::InsertWide => 3.0,
                Kind::Append | Kind::AppendWide | Kind::WatchSynAck | Kind::WatchAck | Kind::AddSquareWide => 1.0,
                Kind::Select | Kind::SelectWide => 2.0,
                Kind::StateLine => 8.0,
                Kind::Divide | Kind::Load => 5.0,
                Kind::Deviation | Kind::DeviationWide => 12.0,
                Kind::SortedMedian => 3.0,
                Kind::WindowMedian | Kind::WindowMedianWide => 15.0,
                _ => 0.5,
            },
        }
    }
}

const OTHERS: [Term; 6] = [Term::Frame, Term::Packet, Term::Flow, Term::NestedNode, Term::TableNode, Term::Tree];

/// How often each term occurs in a flow, as a mean over flows.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms([f64; Term::COUNT]);

impl Terms {
    pub(super) const fn none() -> Self {
        Self([0.0; Term::COUNT])
    }

    /// How often a term occurs.
    #[must_use]
    pub fn get(&self, term: Term) -> f64 {
        self.0[term.index()]
    }

    /// How often each occurs, in the order of [`Term::all`].
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    pub(super) fn add(&mut self, term: Term, times: f64) {
        self.0[term.index()] += times;
    }

    /// Adds operations that are run `share` times as often as their scope says.
    pub(super) fn add_operations(&mut self, operations: &Operations, reach: Reach, share: f64) {
        for (operation, count) in operations.iter() {
            let reached = operation.scope.reached(reach.source, reach.destination);
            self.add(Term::Operation(operation.kind), f64::from(count) * reached * share);
        }
    }
}
