//! The search for the highest rate at which nothing is lost.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, bail};
use cato_runtime::decode;
use cato_tests::network::{Namespace, Sender, Sent};
use cato_traffic::replay::{Pace, Replay, ReplayOptions};
use cato_traffic::{Inputs, Trace, TraceOptions};
use clap::Parser;
use rustix::thread::{CpuSet, sched_setaffinity};
use serde_json::json;

use super::receiver::Receiver;

/// Packets a second without loss, on a pair of virtual Ethernet interfaces: sender on one core, receiver on another.
#[derive(Debug, Parser)]
struct Arguments {
    /// Captures to send, over and over, each time under other addresses.
    #[arg(long, required = true, num_args = 1..)]
    pcap: Vec<PathBuf>,
    /// The spec that `cato serve` runs.
    #[arg(long)]
    spec: PathBuf,
    /// The program `cato`.
    #[arg(long)]
    cato: PathBuf,
    /// Who receives: cato, tcpdump.
    #[arg(long, num_args = 1.., default_values = ["cato", "tcpdump"])]
    receiver: Vec<String>,
    /// Seconds of a trial of the search.
    #[arg(long, default_value_t = 2.0)]
    trial: f64,
    /// Seconds of each of the last trials.
    #[arg(long, default_value_t = 10.0)]
    last_trial: f64,
    /// How often the last trial is repeated; every time nothing may be lost.
    #[arg(long, default_value_t = 3)]
    repeats: usize,
    /// Bytes that are sent of a frame.
    #[arg(long, default_value_t = 65_535)]
    cut: usize,
    /// Lets the kernel receive on the core of the receiver, where the interrupts of a card would come in, and not on that
    /// of the sender, as it does for virtual interfaces.
    #[arg(long)]
    steer: bool,
    /// Result as JSON.
    #[arg(long)]
    json: bool,
}

/// Rates closer than this are one.
const PRECISION: f64 = 1.03;

pub(super) fn run() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let (Some(near), Some(far)) = (Namespace::new(), Namespace::new()) else { bail!("this needs root") };
    near.join("near", &far, "far")?;
    near.ip("link set near mtu 65535")?;
    far.ip("link set far mtu 65535")?;
    near.within(|| pin(0))?;
    far.within(|| pin(1))?;
    if arguments.steer {
        far.within(steer)?;
    }
    let trace =
        Trace::collect(&Inputs::collect(&arguments.pcap)?, &TraceOptions { merge: false, ..TraceOptions::default() })?;
    let bench = Bench { near, far, trace, arguments };
    let results = bench.compare()?;
    if bench.arguments.json {
        println!("{}", serde_json::to_string_pretty(&results)?);
    }
    Ok(())
}

struct Bench {
    near: Namespace,
    far: Namespace,
    trace: Trace,
    arguments: Arguments,
}

impl Bench {
    fn compare(&self) -> anyhow::Result<serde_json::Value> {
        let Arguments { cato, spec, trial, .. } = &self.arguments;
        let alone = self.send(Pace::Unpaced, *trial)?;
        println!("the sender alone: {:.0} packets/s", alone.rate());
        let mut rates = Vec::new();
        for name in &self.arguments.receiver {
            let receiver = Receiver::by_name(name, cato, spec)?;
            let found = self.search(&receiver, alone.rate() * 1.05)?;
            println!("{}: {:.0} packets/s without loss", receiver.name, found.rate);
            rates.push((receiver.name, found));
        }
        if let Some((ours, found)) = rates.first() {
            for (name, other) in rates.iter().skip(1) {
                println!("{ours} : {name} = {:.2}", found.rate / other.rate);
            }
        }
        let receivers: Vec<_> = rates
            .iter()
            .map(|(name, found)| json!({ "name": name, "packets_per_second": found.rate, "packets": found.packets }))
            .collect();
        Ok(json!({ "sender_packets_per_second": alone.rate(), "receivers": receivers }))
    }

    /// The highest rate at which a receiver loses nothing, in every one of the last trials.
    fn search(&self, receiver: &Receiver, highest: f64) -> anyhow::Result<Found> {
        let Arguments { trial, last_trial, repeats, .. } = self.arguments;
        let mut lossless = 0.0;
        let mut lossy = highest;
        // First as fast as the sender can, then by halves.
        let mut rate = highest;
        while lossless == 0.0 || lossy / lossless > PRECISION {
            let (sent, lost) = self.trial(receiver, rate, trial)?;
            println!("  {}: {:.0} packets/s, {lost} of {} lost", receiver.name, sent.rate(), sent.frames);
            if lost == 0 {
                lossless = f64::max(lossless, sent.rate());
                if sent.rate() < rate / PRECISION {
                    // The sender cannot do more.
                    lossy = lossless;
                }
            } else {
                lossy = f64::min(lossy, rate);
            }
            rate = if lossless == 0.0 { lossy / 2.0 } else { (lossless * lossy).sqrt() };
            if rate < 100.0 {
                bail!("{} loses packets at any rate", receiver.name);
            }
        }
        // What held for a moment need not hold for long.
        let mut rate = lossless;
        'lower: loop {
            let mut rates = Vec::new();
            let mut packets = 0;
            for _ in 0..repeats {
                let (sent, lost) = self.trial(receiver, rate, last_trial)?;
                println!(
                    "  {}: {:.0} packets/s, {lost} of {} lost, at length",
                    receiver.name,
                    sent.rate(),
                    sent.frames
                );
                if lost > 0 {
                    rate *= 0.95;
                    continue 'lower;
                }
                rates.push(sent.rate());
                packets += sent.frames;
            }
            rates.sort_by(f64::total_cmp);
            let median = *rates.get(rates.len() / 2).context("at least one last trial")?;
            return Ok(Found { rate: median, packets });
        }
    }

    /// Sends for so long to a receiver that is started for it; what was sent, and how much of it was lost.
    fn trial(&self, receiver: &Receiver, rate: f64, seconds: f64) -> anyhow::Result<(Sent, u64)> {
        let running = receiver.start(&self.far)?;
        let sent = self.send(Pace::Rate(rate), seconds)?;
        // What waits in rings is read within this time, or was read too late.
        std::thread::sleep(Duration::from_millis(500));
        let seen = receiver.stop(running)?;
        if seen > sent.frames {
            bail!("{} has seen {seen} packets, of {} sent", receiver.name, sent.frames);
        }
        Ok((sent, sent.frames - seen))
    }

    fn send(&self, pace: Pace, seconds: f64) -> anyhow::Result<Sent> {
        let frames = match pace {
            Pace::Rate(rate) => (rate * seconds) as u64,
            _ => (2e6 * seconds) as u64,
        };
        let mut replay = self.replay();
        let sent = self.near.within(move || Sender::open("near")?.play(&mut replay, pace, frames))?;
        if sent.frames == 0 {
            bail!("the captures hold no packet to send");
        }
        Ok(sent)
    }

    /// Packets of TCP and UDP alone, since not all receivers count others.
    fn replay(&self) -> Replay {
        let frames = self.trace.frames();
        let captures: Vec<Vec<_>> = (frames.segments())
            .map(|capture| {
                let whole = capture.iter().filter(|frame| {
                    frame.data.len() >= 60.min(frame.wire_len as usize)
                        && frame.link.is_some_and(|link| decode(link, frame.data, frame.wire_len).is_ok())
                });
                whole.copied().collect()
            })
            .collect();
        let options = ReplayOptions {
            loops: None,
            vary_addresses: true,
            snap_len: self.arguments.cut,
            ..ReplayOptions::default()
        };
        Replay::new(captures.iter().map(Vec::as_slice), &options)
    }
}

struct Found {
    rate: f64,
    packets: u64,
}

/// Has what `far` receives handled by the second core.
fn steer() -> anyhow::Result<()> {
    // Files of the namespace are seen by those who mount them there; the mount lives no longer than the shell.
    let script = "mount -t sysfs sysfs /sys && echo 2 >/sys/class/net/far/queues/rx-0/rps_cpus";
    let status = Command::new("unshare").args(["--mount", "sh", "-c", script]).status().context("starting unshare")?;
    if !status.success() {
        bail!("the kernel cannot be told where to receive");
    }
    Ok(())
}

fn pin(processor: usize) -> anyhow::Result<()> {
    let mut set = CpuSet::new();
    set.set(processor);
    sched_setaffinity(None, &set).context("one core for each side")
}
