//! From what was typed to what is meant. All mistakes are collected, each at its place in the text.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use toml::Spanned;

use super::file::{AccessFile, FlowFile, ProfileFile, StackFile, StepFile, UdpFile};
use super::quantity::{ChoicesFile, LAWS, QuantityFile};
use super::{Access, Acknowledgments, Datagrams, Ending, Kind, Profile, Stack, Transport};
use crate::synth::address::MOST_KINDS;
use crate::synth::distribution::{Distribution, Weighted};
use crate::synth::error::{ProfileError, ProfileErrors};
use crate::synth::frame::MOST_PAYLOAD;
use crate::synth::script::{Send, Side, Step};

/// The version of the format that this program reads.
const VERSION: u32 = 1;
const MOST_LOSS: f64 = 0.5;
const NANOSECONDS: u64 = 1_000_000_000;

/// Reads and checks a profile.
pub(super) fn profile(text: &str) -> Result<Profile, ProfileErrors> {
    let file: ProfileFile = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        ProfileErrors(vec![ProfileError::at(text, offset, error.message(), "")])
    })?;
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

/// A check under way. Its functions note what is wrong and give `None`, or a value to go on with.
struct Check<'f> {
    text: &'f str,
    scripts: &'f BTreeMap<String, Vec<Spanned<StepFile>>>,
    /// Names of the scripts that are being expanded, to find one that runs itself.
    running: Vec<&'f str>,
    errors: Vec<ProfileError>,
}

/// More steps than a script that makes sense has; scripts that run scripts could grow without bound.
const MOST_STEPS: usize = 10_000;
const MOST_NESTING: usize = 32;

impl<'f> Check<'f> {
    fn profile(&mut self, file: &'f ProfileFile) -> Option<Profile> {
        if *file.version.get_ref() != VERSION {
            let message = format!("version {} of the profile format is not known", file.version.get_ref());
            self.note(&file.version, message, format!("this program reads version {VERSION}"));
            return None;
        }
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

    /// Appends the meaning of `files` to `steps`, with named scripts put in their place. At most `left` steps follow.
    fn steps(&mut self, files: &'f [Spanned<StepFile>], steps: &mut Vec<Step>, left: &mut usize) {
        for file in files {
            let Some(rest) = left.checked_sub(1) else { return };
            *left = rest;
            if rest == 0 {
                self.note(file, format!("the script has more than {MOST_STEPS} steps"), "use repeat");
                return;
            }
            self.step(file, steps, left);
        }
    }

    fn step(&mut self, file: &'f Spanned<StepFile>, steps: &mut Vec<Step>, left: &mut usize) {
        let step = file.get_ref();
        let is_message = step.from.is_some() || step.size.is_some();
        let has_details = step.after_ms.is_some() || step.wait.is_some() || step.scaled.is_some();
        match (is_message, &step.run, &step.repeat, &step.one_of) {
            (true, None, None, None) if step.steps.is_none() => steps.extend(self.message(file).map(Step::Send)),
            (false, Some(name), None, None) if step.steps.is_none() && !has_details => self.run(name, steps, left),
            (false, None, Some(times), None) if !has_details => {
                let times = self.quantity(times);
                let mut repeated = Vec::new();
                match &step.steps {
                    Some(files) if !files.is_empty() => self.steps(files, &mut repeated, left),
                    _ => self.note(file, "nothing is repeated", "write steps = [..] next to repeat"),
                }
                steps.push(Step::Repeat { times, steps: repeated });
            }
            (false, None, None, Some(branches)) if step.steps.is_none() && !has_details => {
                let mut choices = Vec::new();
                for branch in branches.get_ref() {
                    let mut chosen = Vec::new();
                    self.steps(&branch.steps, &mut chosen, left);
                    choices.push((branch.weight, chosen));
                }
                match Weighted::new(choices) {
                    Some(choices) => steps.push(Step::OneOf(choices)),
                    None => self.note(branches, "nothing can be chosen", "give branches weights above 0"),
                }
            }
            _ => self.note(
                file,
                "this is not a step",
                "a step is one of { from, size, after_ms, wait, scaled }, { run }, { repeat, steps }, { one_of }",
            ),
        }
    }

    fn message(&mut self, file: &'f Spanned<StepFile>) -> Option<Send> {
        let step = file.get_ref();
        let (Some(from), Some(size)) = (&step.from, &step.size) else {
            self.note(file, "a message needs a sender and a size", "write from and size");
            return None;
        };
        let side = match from.get_ref().as_str() {
            "client" => Side::Client,
            "server" => Side::Server,
            other => {
                self.note(from, format!("{other:?} is no end of a flow"), "write \"client\" or \"server\"");
                return None;
            }
        };
        Some(Send {
            from: side,
            size: self.quantity(size),
            after_ms: step.after_ms.as_ref().map_or(Distribution::constant(0.0), |after| self.quantity(after)),
            waits: step.wait.unwrap_or(true),
            scaled: step.scaled.unwrap_or(true),
        })
    }

    fn run(&mut self, name: &'f Spanned<String>, steps: &mut Vec<Step>, left: &mut usize) {
        let Some(script) = self.scripts.get(name.get_ref()) else {
            let help = one_of(self.scripts.keys().map(String::as_str));
            self.note(name, format!("there is no script {:?}", name.get_ref()), help);
            return;
        };
        if self.running.contains(&name.get_ref().as_str()) || self.running.len() >= MOST_NESTING {
            let message = format!("script {:?} runs itself, or is nested too deeply", name.get_ref());
            self.note(name, message, "use repeat");
            return;
        }
        self.running.push(name.get_ref());
        self.steps(script, steps, left);
        self.running.pop();
    }

    fn quantity(&mut self, file: &Spanned<QuantityFile>) -> Distribution {
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

    fn note<T>(&mut self, at: &Spanned<T>, message: impl Into<String>, help: impl Into<String>) {
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

fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.collect();
    if names.is_empty() { "none is defined".to_owned() } else { format!("write one of {}", names.join(", ")) }
}
