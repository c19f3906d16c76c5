//! The pipelines that a server may choose from for a new flow.

use std::path::PathBuf;

/// A built pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What it is called: the id in its study, or the spec's file.
    pub name: String,
    /// Its shared object.
    pub library: PathBuf,
    /// Names of its classes, by number; none where it has no model.
    pub classes: Vec<String>,
}

/// The pipelines of a server. A pool of one is the plain case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    only: Member,
}

impl Pool {
    /// A pool of one: every flow is this pipeline's.
    #[must_use]
    pub fn of(only: Member) -> Self {
        Self { only }
    }

    /// The pipeline that new flows are bound to.
    #[must_use]
    pub fn choice(&self) -> &Member {
        &self.only
    }
}
