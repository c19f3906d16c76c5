//! From what was typed to what is meant. All mistakes are collected, each at its place in the text.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::de::DeserializeOwned;
use toml::Spanned;

use super::file::{AccessFile, FlowFile, ProfileFile, StackFile, StepFile, UdpFile, Versioned};
use super::quantity::{ChoicesFile, LAWS, QuantityFile};
use super::steps::MOST_STEPS;
use super::{Access, Acknowledgments, Datagrams, Ending, Kind, Profile, Stack, Transport};
use crate::synth::address::MOST_KINDS;
use crate::synth::distribution::{Distribution, Weighted};
use crate::synth::error::{ProfileError, ProfileErrors};
use crate::synth::frame::MOST_PAYLOAD;
use crate::synth::script::{Side, client_begins};

/// The version of the format that this program reads.
const VERSION: u32 = 1;
const MOST_LOSS: f64 = 0.5;
const NANOSECONDS: u64 = 1_000_000_000;

/// Reads and checks a profile.
pub(super) fn profile(text: &str) -> Result<Profile, ProfileErrors> {
    let Versioned { version } = parse(text)?;
    if *version.get_ref() != VERSION {
        let message = format!("version {} of the profile format is not known", version.get_ref());
        let help = format!("this program reads version {VERSION}");
        return Err(ProfileErrors(vec![ProfileError::at(text, version.span().start, message, help)]));
    }
    let file: ProfileFile = parse(text)?;
    let mut check = Check { text, scripts: &file.script, running: Vec::new(), errors: Vec::new() };
    let profile = check.profile(&file);
    let mut errors = check.errors;
    match profile {
        Some(profile) if errors.is_empty() => Ok(profile),
        _ => {
            errors.sort_by_key(|error| (error.line, error.column));
            Err(ProfileErrors(errors))
        }
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ProfileErrors> {
    toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        let help = "the comments of the built-in profile demo explain every key";
        ProfileErrors(vec![ProfileError::at(text, offset, error.message(), help)])
    })
}

/// A check under way. Its functions note what is wrong and give `None`, or a value to go on with.
pub(super) struct Check<'f> {
    text: &'f str,
    pub(super) scripts: &'f BTreeMap<String, Vec<Spanned<StepFile>>>,
    /// Names of the scripts that are being expanded, to find one that runs itself.
    pub(super) running: Vec<&'f str>,
    errors: Vec<ProfileError>,
}

impl<'f> Check<'f> {
    fn profile(&mut self, file: &'f ProfileFile) -> Option<Profile> {
        let stacks = file.stack.values().map(|stack| self.stack(stack)).collect();
        let datagrams = file.udp.values().map(|udp| self.datagrams(udp)).collect();
        let accesses = file.access.values().map(|access| self.access(access)).collect();
        let flows = file.flow.get_ref();
        if flows.is_empty() || flows.len() > MOST_KINDS {
            let message = format!("{} kinds of flows", flows.len());
            self.note(&file.flow, message, format!("write 1 to {MOST_KINDS} [[flow]] tables"));
        }
        let mut weights = Vec::new();
        let mut kinds = Vec::new();
        for flow in flows {
            weights.push(flow.weight.as_ref().map_or(1.0, |weight| self.within("weight", weight, 0.0..=1e9)));
            kinds.extend(self.kind(flow, file));
        }
        let mix = Weighted::new(weights.into_iter().zip(0..));
        if mix.is_none() && !flows.is_empty() {
            self.note(&file.flow, "no flow has a weight above 0", "leave weight out, or give one");
        }
        let network = &file.network;
        let no_time = || Distribution::constant(0.0);
        Some(Profile {
            name: file.name.clone(),
            start_ns: u64::from(*file.capture.start_s.get_ref()) * NANOSECONDS,
            clock_ns: self.within("clock_ns", &file.capture.clock_ns, 1..=1_000_000_000).into(),
            most_packets: self.within("most_packets", &file.capture.most_packets, 1..=1_000_000),
            clients: self.within("clients", &network.clients, 1..=100_000),
            gap_ms: self.quantity(&network.gap_ms),
            port_reuse: network.port_reuse.as_ref().map_or(0.0, |reuse| self.within("port_reuse", reuse, 0.0..=1.0)),
            reuse_gap_ms: network.reuse_gap_ms.as_ref().map_or_else(no_time, |gap| self.quantity(gap)),
            stacks,
            datagrams,
            accesses,
            kinds,
            mix: mix?,
        })
    }

    fn stack(&mut self, file: &StackFile) -> Stack {
        let &(first, last) = file.ports.get_ref();
        if first == 0 || first > last {
            self.note(&file.ports, format!("{first} to {last} is no range of ports"), "write ports = [first, last]");
        }
        let scale = file.window_scale.as_ref();
        Stack {
            ttl: self.within("ttl", &file.ttl, 1..=255),
            ports: (first, last.max(first)),
            segment_size: self.within("segment", &file.segment, 100..=MOST_PAYLOAD as u16),
            window: *file.window.get_ref(),
            window_scale: scale.map(|scale| self.within("window_scale", scale, 0..=14)),
            window_growth: file.window_growth.as_ref().map_or(0.0, |g| self.within("window_growth", g, 0.0..=1e3)),
            window_most: file.window_most.as_ref().map_or(0, |most| *most.get_ref()).into(),
            selective: file.selective,
            timestamps: file.timestamps,
            initial_segments: self.within("initial_segments", &file.initial_segments, 1..=100).into(),
            ack_every: self.within("ack_every", &file.ack_every, 1..=100),
            ack_delay_ms: self.quantity(&file.ack_delay_ms),
            read_ms: self.quantity(&file.read_ms),
            close_ms: self.quantity(&file.close_ms),
        }
    }

    fn datagrams(&mut self, file: &UdpFile) -> Datagrams {
        let acknowledgments = match (&file.ack_every, &file.ack_bytes, &file.ack_delay_ms) {
            (Some(every), Some(bytes), Some(delay_ms)) => Some(Acknowledgments {
                every: self.within("ack_every", every, 1..=1_000),
                bytes: self.quantity(bytes),
                delay_ms: self.quantity(delay_ms),
            }),
            (None, None, None) => None,
            _ => {
                let message = "acknowledgments need all of ack_every, ack_bytes and ack_delay_ms";
                self.note(&file.largest, message, "write all three, or none");
                None
            }
        };
        Datagrams {
            largest: self.within("largest", &file.largest, 1..=MOST_PAYLOAD),
            acknowledgments,
            resend_ms: file.resend_ms.as_ref().map(|resend| self.quantity(resend)),
        }
    }

    fn access(&mut self, file: &AccessFile) -> Access {
        Access {
            near_ms: self.quantity(&file.near_ms),
            jitter_ms: self.quantity(&file.jitter_ms),
            down_mbit: self.quantity(&file.down_mbit),
            up_mbit: self.quantity(&file.up_mbit),
            loss_near: self.within("loss_near", &file.loss_near, 0.0..=MOST_LOSS),
            loss_far: self.within("loss_far", &file.loss_far, 0.0..=MOST_LOSS),
            hops: file.hops,
        }
    }

    fn kind(&mut self, flow: &'f FlowFile, file: &'f ProfileFile) -> Option<Kind> {
        if flow.label.get_ref().trim().is_empty() {
            self.note(&flow.label, "the label is empty", "name the class of these flows");
        }
        let transport = if flow.transport.get_ref() == "tcp" {
            Some(Transport::Tcp)
        } else {
            let found = self.resolve(&flow.transport, "transport", &["tcp"], &file.udp);
            found.map(Transport::Udp)
        };
        let port = self.choices(&flow.port, "port", |name| {
            name.parse().ok().filter(|port| *port > 0).ok_or_else(|| "ports are numbers from 1 to 65535".to_owned())
        });
        let client = self.choices(&flow.client, "stack", |name| place(name, &[], &file.stack));
        let server = self.choices(&flow.server, "stack", |name| place(name, &[], &file.stack));
        let access = self.choices(&flow.access, "access", |name| place(name, &[], &file.access));
        let ending = self.choices(&flow.end, "end", |name| {
            ENDINGS
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, ending)| *ending)
                .ok_or_else(|| one_of(ENDINGS.iter().map(|(known, _)| *known)))
        });
        let one = || Distribution::constant(1.0);
        let far_ms = self.quantity(&flow.far_ms);
        let hops = self.quantity(&flow.hops);
        let ipv6 = flow.ipv6.as_ref().map_or(0.0, |ipv6| self.within("ipv6", ipv6, 0.0..=1.0));
        let size_factor = flow.size_factor.as_ref().map_or_else(one, |factor| self.quantity(factor));
        let time_factor = flow.time_factor.as_ref().map_or_else(one, |factor| self.quantity(factor));
        let end_ms = self.quantity(&flow.end_ms);
        let mut script = Vec::new();
        let mut left = MOST_STEPS;
        self.steps(&flow.script, &mut script, &mut left);
        if script.is_empty() {
            self.note(&flow.label, "the script is empty", "write at least one step");
        } else if transport.is_some_and(|transport| transport != Transport::Tcp) && !client_begins(&script) {
            let message = "over UDP a flow begins with a message of the client";
            self.note(&flow.transport, message, "let every way through the script begin with from = \"client\"");
        }
        Some(Kind {
            label: flow.label.get_ref().clone(),
            transport: transport?,
            port: port?,
            client: client?,
            server: server?,
            access: access?,
            far_ms,
            hops,
            ipv6,
            size_factor,
            time_factor,
            ending: ending?,
            end_ms,
            script,
        })
    }

    pub(super) fn quantity(&mut self, file: &Spanned<QuantityFile>) -> Distribution {
        file.get_ref().check().unwrap_or_else(|message| {
            self.note(file, message, LAWS);
            Distribution::constant(0.0)
        })
    }

    fn within<T: Copy + PartialOrd + std::fmt::Display>(
        &mut self,
        name: &str,
        value: &Spanned<T>,
        range: RangeInclusive<T>,
    ) -> T {
        let number = *value.get_ref();
        if !range.contains(&number) {
            let help = format!("{name} lies between {} and {}", range.start(), range.end());
            self.note(value, format!("{name} = {number} is out of range"), help);
        }
        number
    }

    /// Looks up every choice; `find` gives a help line for a name that it does not know.
    fn choices<T>(
        &mut self,
        file: &Spanned<ChoicesFile>,
        what: &str,
        find: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Weighted<T>> {
        let mut found = Vec::new();
        let mut look_up = |check: &mut Self, at, name: &str, weight| match find(name) {
            Ok(choice) => found.push((weight, choice)),
            Err(help) => check.note_at(at, format!("there is no {what} {name:?}"), help),
        };
        let known = match file.get_ref() {
            ChoicesFile::One(name) => {
                look_up(self, file.span().start, name, 1.0);
                1
            }
            ChoicesFile::Several(choices) => {
                for (name, weight) in choices {
                    look_up(self, name.span().start, name.get_ref(), *weight);
                }
                choices.len()
            }
        };
        if found.len() < known {
            return None;
        }
        let weighted = Weighted::new(found);
        if weighted.is_none() {
            self.note(file, "nothing can be chosen", "give finite weights that are not negative and not all 0");
        }
        weighted
    }

    fn resolve<T>(
        &mut self,
        name: &Spanned<String>,
        what: &str,
        more: &[&str],
        known: &BTreeMap<String, T>,
    ) -> Option<usize> {
        place(name.get_ref(), more, known)
            .map_err(|help| self.note(name, format!("there is no {what} {:?}", name.get_ref()), help))
            .ok()
    }

    pub(super) fn note<T>(&mut self, at: &Spanned<T>, message: impl Into<String>, help: impl Into<String>) {
        self.note_at(at.span().start, message, help);
    }

    fn note_at(&mut self, offset: usize, message: impl Into<String>, help: impl Into<String>) {
        self.errors.push(ProfileError::at(self.text, offset, message, help));
    }
}

const ENDINGS: [(&str, Ending); 5] = [
    ("client_fin", Ending::Fin(Side::Client)),
    ("server_fin", Ending::Fin(Side::Server)),
    ("client_rst", Ending::Rst(Side::Client)),
    ("server_rst", Ending::Rst(Side::Server)),
    ("idle", Ending::Idle),
];

/// The place of a name among the sorted keys; else a help line that says which names there are.
fn place<T>(name: &str, more: &[&str], known: &BTreeMap<String, T>) -> Result<usize, String> {
    known
        .keys()
        .position(|key| key == name)
        .ok_or_else(|| one_of(more.iter().copied().chain(known.keys().map(String::as_str))))
}

pub(super) fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.collect();
    if names.is_empty() { "none is defined".to_owned() } else { format!("write one of {}", names.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::profile;

    const SMOKE: &str = include_str!("../profiles/smoke.toml");

    /// The mistakes of the profile `smoke` with one text put in place of another: line, column, message and help.
    fn mistakes(old: &str, new: &str) -> Vec<(usize, usize, String)> {
        assert!(SMOKE.contains(old), "{old}");
        let errors = profile(&SMOKE.replacen(old, new, 1)).expect_err("there is a mistake").0;
        errors
            .into_iter()
            .map(|error| (error.line, error.column, format!("{}; {}", error.message, error.help)))
            .collect()
    }

    fn line_of(text: &str) -> usize {
        SMOKE.lines().position(|line| line.contains(text)).expect("the line is there") + 1
    }

    #[track_caller]
    fn only(old: &str, new: &str, column: usize, part: &str) {
        let mistakes = mistakes(old, new);
        let line = line_of(old.lines().next().expect("a line"));
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        assert_eq!((mistakes[0].0, mistakes[0].1), (line, column), "{mistakes:?}");
        assert!(mistakes[0].2.contains(part), "{mistakes:?}");
    }

    #[test]
    fn mistakes_are_found_where_they_are() {
        only("version = 1", "version = 2", 11, "this program reads version 1");
        only("version = 1", "version = 2\nnew = true", 11, "version 2 of the profile format is not known");
        only("clients = 20", "client = 20", 1, "unknown field");
        only("clients = 20", "clients = 0", 11, "clients lies between 1 and 100000");
        only("gap_ms = { exponential = 50 }", "gap_ms = { exponential = -50 }", 10, "not negative");
        only("gap_ms = { exponential = 50 }", "gap_ms = { gauss = 50 }", 12, "unknown field `gauss`");
        only("gap_ms = { exponential = 50 }", "gap_ms = { exponential = 50, uniform = [1, 2] }", 10, "exactly one law");
        only("client = \"sensor\"", "client = \"sensors\"", 10, "write one of computer, sensor, server");
        only("443 = 0.8, 8883", "443 = 0.8, 88830", 21, "there is no port \"88830\"");
        only("transport = \"plain\"", "transport = \"plane\"", 13, "write one of tcp, plain, quic");
        only("loss_near = 0.01", "loss_near = 0.9", 13, "loss_near lies between 0 and 0.5");
        only("largest = 1250\nack_every = 2", "largest = 1250", 11, "all of ack_every");
        only("{ from = \"server\", size = 40 }", "{ from = \"server\" }", 9, "a message needs a sender and a size");
        only("{ from = \"server\", size = 40 }", "{ from = \"sever\", size = 40 }", 18, "no end of a flow");
        only(
            "{ from = \"server\", size = 40 }",
            "{ run = \"tls\" }",
            17,
            "there is no script \"tls\"; none is defined",
        );
        only("port = 3478", "port = 0", 8, "ports are numbers from 1");
        only("{ from = \"server\", size = 40 }", "{ repeat = 3 }", 9, "nothing is repeated");
        only("{ from = \"server\", size = 40 }", "{ repeat = 3, run = \"x\" }", 9, "this is not a step");
    }

    #[test]
    fn over_udp_the_client_begins() {
        let begins = "{ repeat = { uniform = [1, 3] }, steps = [";
        for other in [begins.replace("[1, 3]", "[0, 3]"), format!("{{ from = \"server\", size = 1 }}, {begins}")] {
            let mistakes = mistakes(begins, &other);
            assert!(
                mistakes.len() == 1 && mistakes[0].2.contains("begins with a message of the client"),
                "{mistakes:?}"
            );
        }
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let mistakes = mistakes("[access.cable]", "[access.fibre]");
        let lines: Vec<_> = mistakes.iter().map(|(line, ..)| *line).collect();
        let expected: Vec<_> = (1..).zip(SMOKE.lines()).filter(|(_, line)| *line == "access = \"cable\"").collect();
        assert_eq!(lines, expected.into_iter().map(|(line, _)| line).collect::<Vec<_>>());
        assert!(lines.len() > 1);
    }

    #[test]
    fn scripts_that_run_themselves_are_refused() {
        let endless = "[script]\na = [{ run = \"b\" }]\nb = [{ run = \"a\" }]\n\n[access.cable]";
        let text =
            SMOKE.replace("[access.cable]", endless).replacen("{ from = \"server\", size = 40 }", "{ run = \"a\" }", 1);
        let errors = profile(&text).expect_err("a runs a").0;
        assert!(errors.len() == 1 && errors[0].message.contains("runs itself"), "{errors:?}");
    }

    #[test]
    fn scripts_that_grow_without_bound_are_refused() {
        let mut scripts = "[script]\ns0 = [{ from = \"client\", size = 1 }]\n".to_owned();
        for place in 1..30 {
            let run = format!("{{ run = \"s{}\" }}", place - 1);
            scripts += &format!("s{place} = [{run}, {run}]\n");
        }
        let text = SMOKE.replace("[access.cable]", &(scripts + "[access.cable]"));
        let errors = profile(&text.replacen("{ from = \"server\", size = 40 }", "{ run = \"s29\" }", 1));
        assert!(errors.expect_err("2^29 steps").0.iter().any(|error| error.message.contains("more than")));
    }

    #[test]
    fn built_in_profiles_are_right() {
        for (name, text) in super::super::BUILTIN {
            match profile(text) {
                Ok(profile) => assert_eq!(profile.name, name),
                Err(errors) => panic!("{name}: {errors}"),
            }
        }
    }
}
