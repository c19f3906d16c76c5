//! Profiles: what traffic is like, as data.

mod check;
mod file;
mod quantity;
mod steps;

use std::path::Path;

use super::distribution::{Distribution, Weighted};
use super::error::{Error, ProfileErrors};
use super::script::{Side, Step};

/// What traffic is like: the kinds of flows, the stacks of their ends, the ways between them.
///
/// Profiles are TOML; the comments at the top of the built-in profile `demo` explain every key.
#[derive(Clone, Debug)]
pub struct Profile {
    pub(super) name: String,
    /// Time of the capture's start, in ns since the unix epoch.
    pub(super) start_ns: u64,
    /// Step of the capture's clock.
    pub(super) clock_ns: u64,
    /// Packets after which a flow is cut off.
    pub(super) most_packets: u32,
    /// Clients of each stack.
    pub(super) clients: u32,
    /// Between the starts of two flows.
    pub(super) gap_ms: Distribution,
    /// Probability that the ports of a TCP flow that ended with FIN serve a second one.
    pub(super) port_reuse: f64,
    /// Between the last packet of a flow and the first of its successor on the same ports.
    pub(super) reuse_gap_ms: Distribution,
    pub(super) stacks: Vec<Stack>,
    pub(super) datagrams: Vec<Datagrams>,
    pub(super) accesses: Vec<Access>,
    pub(super) kinds: Vec<Kind>,
    /// Numbers of kinds.
    pub(super) mix: Weighted<usize>,
}

/// How an end's operating system speaks TCP and IP.
#[derive(Clone, Debug)]
pub(super) struct Stack {
    pub(super) ttl: u8,
    /// First and last of the ports that clients use.
    pub(super) ports: (u16, u16),
    /// Largest segment over IPv4, in bytes of payload.
    pub(super) segment_size: u16,
    /// Window of the SYN.
    pub(super) window: u16,
    pub(super) window_scale: Option<u8>,
    /// Bytes of window for each byte received.
    pub(super) window_growth: f64,
    pub(super) window_most: u64,
    pub(super) selective: bool,
    pub(super) timestamps: bool,
    pub(super) initial_segments: u64,
    pub(super) ack_every: u32,
    pub(super) ack_delay_ms: Distribution,
    /// How long the application leaves received bytes unread.
    pub(super) read_ms: Distribution,
    /// How long the application takes to close after the other end did.
    pub(super) close_ms: Distribution,
}

/// How a protocol uses datagrams.
#[derive(Clone, Debug)]
pub(super) struct Datagrams {
    /// Largest payload.
    pub(super) largest: u32,
    pub(super) acknowledgments: Option<Acknowledgments>,
    /// How long after its loss could be noticed a datagram is sent again; without it, it is not.
    pub(super) resend_ms: Option<Distribution>,
}

/// Acknowledgments in datagrams of their own.
#[derive(Clone, Debug)]
pub(super) struct Acknowledgments {
    pub(super) every: u32,
    pub(super) bytes: Distribution,
    pub(super) delay_ms: Distribution,
}

/// The client's access to the network.
#[derive(Clone, Debug)]
pub(super) struct Access {
    /// From client to capture point and back.
    pub(super) near_ms: Distribution,
    pub(super) jitter_ms: Distribution,
    pub(super) down_mbit: Distribution,
    pub(super) up_mbit: Distribution,
    pub(super) loss_near: f64,
    pub(super) loss_far: f64,
    /// Routers between client and capture point.
    pub(super) hops: u8,
}

/// A kind of flow.
#[derive(Clone, Debug)]
pub(super) struct Kind {
    pub(super) label: String,
    pub(super) transport: Transport,
    pub(super) port: Weighted<u16>,
    /// Numbers of stacks.
    pub(super) client: Weighted<usize>,
    pub(super) server: Weighted<usize>,
    /// Numbers of accesses.
    pub(super) access: Weighted<usize>,
    /// From capture point to server and back.
    pub(super) far_ms: Distribution,
    /// Routers between server and capture point.
    pub(super) hops: Distribution,
    /// Probability of IPv6.
    pub(super) ipv6: f64,
    /// What all sizes of one flow are multiplied by.
    pub(super) size_factor: Distribution,
    /// What all waiting times of one flow are multiplied by.
    pub(super) time_factor: Distribution,
    pub(super) ending: Weighted<Ending>,
    /// Between the last message and the end.
    pub(super) end_ms: Distribution,
    pub(super) script: Vec<Step>,
}

/// What carries a kind's messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    Tcp,
    /// Number of the datagram rules.
    Udp(usize),
}

/// How a flow ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// One end closes first, and the other closes then.
    Fin(Side),
    /// One end breaks off.
    Rst(Side),
    /// Nothing more comes.
    Idle,
}

const BUILTIN: [(&str, &str); 2] =
    [("demo", include_str!("../profiles/demo.toml")), ("smoke", include_str!("../profiles/smoke.toml"))];

impl Profile {
    /// The built-in profile of this name.
    ///
    /// `demo` has a dozen application and device classes that overlap, `smoke` three that are easily told apart.
    #[must_use]
    pub fn builtin(name: &str) -> Option<Self> {
        let (_, text) = BUILTIN.iter().find(|(known, _)| *known == name)?;
        Self::from_toml(text).ok()
    }

    /// The names of the built-in profiles.
    pub fn builtin_names() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(name, _)| *name)
    }

    /// The profile with flows that are broken off by their client after so many packets, at least 1.
    #[must_use]
    pub fn cut_off(mut self, most_packets: u32) -> Self {
        self.most_packets = most_packets.max(1);
        self
    }

    /// Reads a profile.
    ///
    /// # Errors
    /// All mistakes that were found, with line and column; of the form of the TOML only the first.
    pub fn from_toml(text: &str) -> Result<Self, ProfileErrors> {
        check::profile(text)
    }

    /// The built-in profile of this name, or else the profile in the file of this name.
    ///
    /// # Errors
    /// [`Error::UnknownProfile`] where there is neither, [`Error::Io`] where the file cannot be read,
    /// [`Error::Profile`] where it has mistakes.
    pub fn open(name_or_path: &str) -> Result<Self, Error> {
        if let Some(profile) = Self::builtin(name_or_path) {
            return Ok(profile);
        }
        let path = Path::new(name_or_path);
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => {
                let known = Self::builtin_names().collect();
                return Err(Error::UnknownProfile { name: name_or_path.to_owned(), known });
            }
            Err(source) => return Err(Error::Io { path: path.to_owned(), source }),
        };
        Self::from_toml(&text).map_err(|mistakes| Error::Profile { name: name_or_path.to_owned(), mistakes })
    }

    /// The profile's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The labels of its flows, sorted.
    #[must_use]
    pub fn labels(&self) -> Vec<&str> {
        let mut labels: Vec<_> = self.kinds.iter().map(|kind| kind.label.as_str()).collect();
        labels.sort_unstable();
        labels.dedup();
        labels
    }
}
