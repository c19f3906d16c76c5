//! Why a server does not start.

use std::io;
use std::net::SocketAddr;

use cato_artifact::LoadError;

use super::SinkSpec;

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The pipeline cannot be loaded, or has no room for its states.
    #[error("the pipeline {name} cannot be loaded: {source}")]
    Load {
        /// Which one.
        name: String,
        /// What is wrong.
        source: LoadError,
    },
    /// The sink cannot be written to.
    #[error("the sink {spec} cannot be opened: {source}")]
    Sink {
        /// Which one.
        spec: SinkSpec,
        /// What the system said.
        source: io::Error,
    },
    /// Nobody can listen at the address.
    #[error("metrics cannot be offered at {address}: {source}")]
    Metrics {
        /// Which one.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// A thread could not be started, or no random number drawn.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A pool has too few members or too many.
    #[error("a pool has 1 to {} members, not {found}", super::Pool::MOST)]
    Members {
        /// How many there are.
        found: usize,
    },
    /// A pool finds no places beside the pipelines that flows are still bound to.
    #[error(
        "there are places for {free} more pipelines, not for {needed}; others go as the flows that are bound to them end"
    )]
    NoPlace {
        /// How many there are.
        free: usize,
        /// How many it needs.
        needed: usize,
    },
    /// Two members of a pool have different classes, so that their verdicts cannot be told in one list.
    #[error("{first} and {other} do not have the same classes: a pool needs members of one study")]
    Classes {
        /// One of them.
        first: String,
        /// The other.
        other: String,
    },
    /// There is no worker.
    #[error("a server needs a worker")]
    NoWorker,
}
