//! What became of every packet and flow, in the end.

use std::fmt;
use std::time::{Duration, Instant};

use cato_runtime::{Eviction, Skip};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::worker::SourceEnd;
use super::{Refusal, SinkCounts, Snapshot, WorkerCounts};

/// The last counts of a server, which add up.
#[derive(Clone, Debug)]
pub struct Report {
    /// Sums over all workers. Verdicts that found no room in a queue are still apart in `refused`.
    pub total: WorkerCounts,
    /// The verdicts that reached the writing thread; those that it never took out of its queues are among the blocked.
    pub sink: SinkCounts,
    classes: Vec<String>,
    members: Vec<String>,
    /// From the start of the workers until the last of them had ended.
    pub elapsed: Duration,
    /// Why sources ended before their time.
    pub errors: Vec<String>,
    /// What was found wrong with the input.
    pub warnings: Vec<String>,
}

impl Report {
    pub(crate) fn new(snapshot: Snapshot, ends: Vec<SourceEnd>, lost_threads: usize, started: Instant) -> Self {
        let total = snapshot.total();
        let Snapshot { mut sink, classes, members, .. } = snapshot;
        let sent = total.verdicts.iter().sum::<u64>() - total.refused;
        let taken = sink.written + sink.dropped.iter().sum::<u64>();
        sink.drop(Refusal::Blocked, sent.saturating_sub(taken));
        let (mut errors, mut warnings) = (Vec::new(), Vec::new());
        let mut elapsed = Duration::ZERO;
        for end in ends {
            elapsed = elapsed.max(end.at.saturating_duration_since(started));
            errors.extend(end.error.map(|error| error.to_string()));
            warnings.extend(end.warnings);
        }
        if lost_threads > 0 {
            errors.push(format!("{lost_threads} threads ended by a fault of the program"));
        }
        Self { total, sink, classes, members, elapsed, errors, warnings }
    }

    /// Packets that there were: those that workers were given, and those that were lost before.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.total.packets + self.total.kernel_drops + self.total.ring_drops
    }

    /// Verdicts given.
    #[must_use]
    pub fn verdicts(&self) -> u64 {
        self.total.verdicts.iter().sum()
    }

    /// Packets without a verdict that rests on them, by reason, but for absorbed ones.
    pub fn dropped_packets(&self) -> impl Iterator<Item = (&'static str, u64)> {
        dropped_packets(&self.total).map(|dropped| (dropped.reason, dropped.packets))
    }

    /// Flows without a verdict, by reason.
    pub fn evicted_flows(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Eviction::ALL.into_iter().map(Eviction::name).zip(self.total.evicted_flows)
    }

    /// Verdicts that were not written, by reason.
    pub fn dropped_verdicts(&self) -> impl Iterator<Item = (&'static str, u64)> {
        dropped_verdicts(self.total.refused, &self.sink).map(|(reason, count)| (reason.name(), count))
    }

    /// The first sum that does not add up, in words; `None` where all do.
    #[must_use]
    pub fn imbalance(&self) -> Option<String> {
        let Self { total, sink, .. } = self;
        let sum = |counts: &mut dyn Iterator<Item = (&'static str, u64)>| counts.map(|(_, count)| count).sum::<u64>();
        let packets = total.classified + total.absorbed + sum(&mut self.dropped_packets());
        let flows = self.verdicts() + total.declined_flows + sum(&mut self.evicted_flows());
        let verdicts = sink.written + sum(&mut self.dropped_verdicts());
        let sums = [
            ("packets", self.packets(), "classified, absorbed and dropped", packets),
            ("flows", total.flows, "with a verdict, not admitted and evicted", flows),
            ("verdicts", self.verdicts(), "written and dropped", verdicts),
        ];
        let wrong = sums.into_iter().find(|(_, whole, _, parts)| whole != parts);
        wrong.map(|(what, whole, names, parts)| format!("{whole} {what}, but {parts} {names}"))
    }
}

/// Packets dropped at one place for one reason.
pub(crate) struct DroppedPackets {
    pub(crate) stage: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) packets: u64,
}

/// Every reason for which packets are dropped.
pub(crate) fn dropped_packets(counts: &WorkerCounts) -> impl Iterator<Item = DroppedPackets> {
    let before = [
        ("kernel", "kernel", counts.kernel_drops),
        ("ring", "ring", counts.ring_drops),
        ("admission", "not_admitted", counts.declined),
    ];
    let skipped = Skip::ALL.into_iter().zip(counts.skipped).map(|(reason, packets)| {
        let stage = if matches!(reason, Skip::NoFlowStart | Skip::TableFull) { "table" } else { "decode" };
        (stage, reason.name(), packets)
    });
    let evicted = Eviction::ALL.into_iter().zip(counts.evicted_packets);
    let evicted = evicted.map(|(reason, packets)| ("table", reason.name(), packets));
    let all = before.into_iter().chain(skipped).chain(evicted);
    all.map(|(stage, reason, packets)| DroppedPackets { stage, reason, packets })
}

/// Every reason for which verdicts are not written; those that found no room in a queue are blocked ones too.
pub(crate) fn dropped_verdicts(refused: u64, sink: &SinkCounts) -> impl Iterator<Item = (Refusal, u64)> {
    let of_queue = move |reason| if reason == Refusal::Blocked { refused } else { 0 };
    Refusal::ALL.into_iter().zip(sink.dropped).map(move |(reason, count)| (reason, count + of_queue(reason)))
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { total, sink, classes, members, elapsed, errors, warnings } = self;
        let verdicts = total.verdicts.iter().zip(classes).map(|(count, class)| (class.as_str(), *count));
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("seconds", &elapsed.as_secs_f64())?;
        map.serialize_entry("packets", &self.packets())?;
        map.serialize_entry("bytes", &total.bytes)?;
        map.serialize_entry("classified", &total.classified)?;
        map.serialize_entry("absorbed", &total.absorbed)?;
        map.serialize_entry("dropped", &Counted(self.dropped_packets().collect()))?;
        map.serialize_entry("flows", &total.flows)?;
        map.serialize_entry("verdicts", &self.verdicts())?;
        map.serialize_entry("not_admitted_flows", &total.declined_flows)?;
        let members = members.iter().zip(&total.members).map(|(name, counts)| (name.as_str(), counts.flows));
        map.serialize_entry("members", &Counted(members.collect()))?;
        map.serialize_entry("classes", &Counted(verdicts.collect()))?;
        map.serialize_entry("evicted_flows", &Counted(self.evicted_flows().collect()))?;
        map.serialize_entry("written", &sink.written)?;
        map.serialize_entry("unwritten", &Counted(self.dropped_verdicts().collect()))?;
        map.serialize_entry(
            "latency_us",
            &Counted(vec![
                ("p50", micros(sink.latency.quantile(0.5))),
                ("p99", micros(sink.latency.quantile(0.99))),
                ("max", micros(sink.latency.max())),
            ]),
        )?;
        map.serialize_entry("errors", errors)?;
        map.serialize_entry("warnings", warnings)?;
        map.end()
    }
}

/// Names with their counts, in order.
struct Counted<'a>(Vec<(&'a str, u64)>);

impl Serialize for Counted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { total, sink, elapsed, errors, warnings, .. } = self;
        let (seconds, packets) = (elapsed.as_secs_f64(), self.packets());
        if seconds > 0.0 {
            let [packets, verdicts] = [packets, self.verdicts()].map(|count| (count as f64 / seconds).round());
            writeln!(formatter, "{seconds:.3} s: {packets} packets/s, {verdicts} verdicts/s")?;
        }
        write!(formatter, "{packets} packets: {} classified, {} absorbed", total.classified, total.absorbed)?;
        list(formatter, self.dropped_packets())?;
        write!(formatter, "\n{} flows: {} verdicts", total.flows, self.verdicts())?;
        list(formatter, [("not_admitted", total.declined_flows)].into_iter().chain(self.evicted_flows()))?;
        if self.members.len() > 1 {
            write!(formatter, "\nflows of each member")?;
            list(
                formatter,
                self.members.iter().map(String::as_str).zip(total.members.iter().map(|counts| counts.flows)),
            )?;
        }
        write!(formatter, "\n{} verdicts: {} written", self.verdicts(), sink.written)?;
        list(formatter, self.dropped_verdicts())?;
        if sink.latency.count() > 0 {
            let [half, most] = [0.5, 0.99].map(|share| sink.latency.quantile(share));
            write!(
                formatter,
                "; within {half:?} half of them, 99 % within {most:?}, all within {:?}",
                sink.latency.max()
            )?;
        }
        for warning in warnings {
            write!(formatter, "\nwarning: {warning}")?;
        }
        for error in errors {
            write!(formatter, "\nerror: {error}")?;
        }
        Ok(())
    }
}

fn list<'a>(formatter: &mut fmt::Formatter<'_>, counts: impl Iterator<Item = (&'a str, u64)>) -> fmt::Result {
    for (reason, count) in counts.filter(|(_, count)| *count > 0) {
        write!(formatter, ", {count} {reason}")?;
    }
    Ok(())
}
