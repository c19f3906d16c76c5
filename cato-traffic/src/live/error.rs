//! Why an interface cannot be captured from.

use std::io;
use std::path::PathBuf;

/// Why an interface cannot be captured from, or no longer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LiveError {
    /// The process lacks `CAP_NET_RAW`.
    #[error(
        "capturing needs the capability CAP_NET_RAW: run as root, or once `setcap cap_net_raw+ep {}`",
        program.display()
    )]
    NotPermitted {
        /// The program that is running.
        program: PathBuf,
    },
    /// There is no interface of that name.
    #[error("there is no interface {interface:?}")]
    NoInterface {
        /// The name.
        interface: String,
    },
    /// The interface is not up.
    #[error("the interface {interface} is down: `ip link set {interface} up`")]
    Down {
        /// The name.
        interface: String,
    },
    /// The interface was removed while frames were captured.
    #[error("the interface {interface} was removed")]
    Gone {
        /// The name.
        interface: String,
    },
    /// Frames of the interface begin with a header that cato does not read.
    #[error("the interface {interface} is of hardware type {hardware_type}, which is neither Ethernet nor raw IP")]
    LinkType {
        /// The name.
        interface: String,
        /// Its `ARPHRD` number.
        hardware_type: u16,
    },
    /// An option is out of its range.
    #[error("{option} of {given} is not between {least} and {most}")]
    Option {
        /// Which option.
        option: &'static str,
        /// What was given.
        given: u64,
        /// The smallest value.
        least: u64,
        /// The largest value.
        most: u64,
    },
    /// The operating system refused.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl LiveError {
    pub(super) fn system<E: Into<io::Error>>(what: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::System { what, source: source.into() }
    }
}
