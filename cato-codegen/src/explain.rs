//! The plan of a pipeline, for people: what it reads, keeps, computes and decides.

use std::collections::BTreeSet;
use std::fmt::{Display, Write};

use crate::catalog::{Field, MEDIAN_WINDOW, Side};
use crate::ir::{
    Accumulator, Classifier, Column, Condition, EarlyStage, Emission, Formula, Operand, Pipeline, Read, Slot,
};
use crate::model::{ModelKind, Vote};
use crate::spec::Depth;

/// What the pipeline is, in a line.
pub(crate) fn headline(pipeline: &Pipeline) -> String {
    let features = counted(pipeline.features().len(), "feature");
    match pipeline.depth() {
        Depth::Packets(1) => format!("{features} after the first packet of a flow."),
        Depth::Packets(packets) => format!("{features} after at most {packets} packets of a flow."),
        Depth::All => format!("{features} at the end of a flow."),
    }
}

/// Explains what the pipeline reads of each packet, what it keeps of each flow, how features follow from that, how the
/// model is written and why, and where a median does not see all values.
#[must_use]
pub fn explain(pipeline: &Pipeline) -> String {
    let mut plan = Plan { text: headline(pipeline) + "\n" };
    plan.section("Reads of each packet", reads(pipeline));
    let state = format!("Keeps of each flow, {} bytes", pipeline.state_bytes());
    plan.section(&state, pipeline.slots().iter().map(|slot| kept(pipeline, slot)));
    plan.section("Computes at the inference point", pipeline.columns().iter().map(computed));
    for stage in pipeline.early() {
        plan.section(&format!("Decides after {} packets, where sure", stage.depth), asked(stage));
    }
    plan.section("Decides", pipeline.classifier().map_or_else(|| vec![no_model()], decided));
    plan.section("Mind", limits(pipeline));
    plan.text
}

/// A term and what is said of it.
type Line = (String, String);

struct Plan {
    text: String,
}

impl Plan {
    /// A heading and its lines, in two columns; nothing where there is no line.
    fn section(&mut self, heading: &str, lines: impl IntoIterator<Item = Line>) {
        let lines: Vec<Line> = lines.into_iter().collect();
        let width = lines.iter().map(|(term, _)| term.len()).max();
        let Some(width) = width else { return };
        self.line(format_args!("\n{heading}:"));
        for (term, words) in lines {
            self.line(format_args!("  {term:width$}  {words}"));
        }
    }

    fn line(&mut self, line: impl Display) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{line}");
    }
}

fn reads(pipeline: &Pipeline) -> Vec<Line> {
    let reads: BTreeSet<Read> = pipeline.slots().iter().filter_map(|slot| slot.accumulator.reads()).collect();
    reads
        .into_iter()
        .map(|read| {
            let (term, words) = match read {
                Read::Time => ("time", "since the flow's first packet, ns; known from the capture"),
                Read::Protocol => ("protocol", "known from finding the flow"),
                Read::Ports => ("ports", "known from finding the flow"),
                Read::Bytes => ("bytes", "IP length; known from finding the flow"),
                Read::Ttl => ("ttl", "one byte of the IP header"),
                Read::Winsize => ("winsize", "two bytes of the TCP header, 0 for UDP"),
                Read::Flags => ("flags", "one byte of the TCP header, 0 for UDP"),
            };
            (term.to_owned(), words.to_owned())
        })
        .collect()
}

fn kept(pipeline: &Pipeline, slot: &Slot) -> Line {
    let term = match slot.len {
        _ if slot.is_array() => format!("{}: {} x {}", slot.accumulator.name(), slot.len, slot.width.name()),
        _ => format!("{}: {}", slot.accumulator.name(), slot.width.name()),
    };
    let users: Vec<&str> = pipeline
        .columns()
        .iter()
        .filter(|column| column.needs().contains(&slot.accumulator))
        .map(|column| column.feature.name())
        .collect();
    // What no formula reads itself is there to keep others up to date.
    let users = if users.is_empty() { String::new() } else { format!(", for {}", users.join(", ")) };
    (term, format!("{}{users}", meaning(slot.accumulator)))
}

fn meaning(accumulator: Accumulator) -> String {
    match accumulator {
        Accumulator::Protocol => "transport protocol number".to_owned(),
        Accumulator::Port(side) => format!("port of the {}", end(side)),
        Accumulator::Duration => "time of the latest packet".to_owned(),
        Accumulator::Flag(flag) => format!("packets with {}", flag.name()),
        Accumulator::Flags => "packets with each flag, counted by one addition".to_owned(),
        Accumulator::Handshake => "0 at first, then the flag that is awaited, then all others".to_owned(),
        Accumulator::SynAckTime => "time of the first SYN-ACK".to_owned(),
        Accumulator::AckTime => "time of the first ACK after it".to_owned(),
        Accumulator::Packets(side) => format!("packets of the {}", end(side)),
        Accumulator::FirstTime(side) => format!("time of the {}'s first packet", end(side)),
        Accumulator::LastTime(side) => format!("time of the {}'s latest packet", end(side)),
        Accumulator::Sum(side, field) => format!("sum of {} of the {}", values(field), end(side)),
        Accumulator::Squares(side, field) => format!("sum of squared {} of the {}", values(field), end(side)),
        Accumulator::Min(side, field) => format!("smallest of {} of the {}", values(field), end(side)),
        Accumulator::Max(side, field) => format!("largest of {} of the {}", values(field), end(side)),
        Accumulator::Window(side, field) => format!("first {} of the {}", values(field), end(side)),
        Accumulator::Sorted(side, field) => format!("{} of the {}, ascending", values(field), end(side)),
    }
}

fn computed(column: &Column) -> Line {
    let formula = match column.formula {
        Formula::Constant(value) => format!("{value}, which follows from the depth"),
        Formula::Integer(operand) => operand_text(operand),
        Formula::Quotient(above, below) => format!("{} / {}", grouped(above), grouped(below)),
        Formula::Load { bytes, duration } => format!("{} * 8e9 / {}", bytes.name(), duration.name()),
        Formula::Deviation { count, sum, squares } => format!(
            "sqrt({count} * {} - {sum}^2) / {count}",
            squares.name(),
            count = grouped(count),
            sum = grouped(sum),
        ),
        Formula::Median(values @ Accumulator::Sorted(side, _)) => {
            format!("middle of the {}'s in {}", end(side), values.name())
        }
        Formula::Median(window) => format!("middle of {}", window.name()),
        Formula::SynAck => "syn_ack_ns - s_first_ns, where both are there".to_owned(),
        Formula::AckDat => "ack_ns - syn_ack_ns, where both are there".to_owned(),
        Formula::TcpRtt => "syn_ack + ack_dat, where both are defined".to_owned(),
    };
    let conditions: Vec<String> = column
        .conditions
        .iter()
        .map(|condition| match condition {
            Condition::IsTcp => "the flow is TCP".to_owned(),
            Condition::AtLeast(side, least) => {
                format!("the {} has {} or more", end(*side), counted(usize::from(*least), "packet"))
            }
            Condition::TimePassed => "time has passed".to_owned(),
        })
        .collect();
    let defined = if conditions.is_empty() { String::new() } else { format!(", where {}", conditions.join(" and ")) };
    (column.feature.name().to_owned(), format!("= {formula}{defined}"))
}

fn operand_text(operand: Operand) -> String {
    match operand {
        Operand::Kept(accumulator) => accumulator.name(),
        Operand::Gaps(side) => format!("{} - 1", Accumulator::Packets(side).name()),
        Operand::GapSum(side) => {
            format!("{} - {}", Accumulator::LastTime(side).name(), Accumulator::FirstTime(side).name())
        }
        Operand::Smallest(side, field) => {
            format!("smallest of the {}'s in {}", end(side), Accumulator::Sorted(side, field).name())
        }
        Operand::Largest(side, field) => {
            format!("largest of the {}'s in {}", end(side), Accumulator::Sorted(side, field).name())
        }
        Operand::FlagCount(flag) => format!("{} of {}", flag.name(), Accumulator::Flags.name()),
    }
}

fn grouped(operand: Operand) -> String {
    match operand {
        Operand::Kept(_) | Operand::Smallest(..) | Operand::Largest(..) | Operand::FlagCount(_) => {
            operand_text(operand)
        }
        Operand::Gaps(_) | Operand::GapSum(_) => format!("({})", operand_text(operand)),
    }
}

fn no_model() -> Line {
    ("nothing".to_owned(), "the spec names no model, so the pipeline gives features only".to_owned())
}

/// What sort of model it is.
pub(crate) fn kind(classifier: &Classifier) -> String {
    let model = &classifier.model;
    match model.kind {
        ModelKind::DecisionTree => "a decision tree".to_owned(),
        ModelKind::RandomForest { vote } => {
            let vote = match vote {
                Vote::Soft => "that add up their leaves' distributions",
                Vote::Hard => "that have one vote each",
            };
            format!("a forest of {} {vote}", counted(model.trees.len(), "tree"))
        }
    }
}

/// How a model is written as code.
pub(crate) fn written(emission: Emission) -> &'static str {
    match emission {
        Emission::NestedIf => "as nested `if`",
        Emission::ConstTable => "as a table that a loop walks",
    }
}

fn decided(classifier: &Classifier) -> Vec<Line> {
    let Classifier { model, emission, reason } = classifier;
    let kind = kind(classifier);
    let written = written(*emission);
    let size =
        format!("{kind}, {}, {}", counted(model.nodes(), "node"), plural(model.classes.len(), "class", "classes"));
    let read = format!("{} of {}", model.features_read().len(), counted(model.features.len(), "feature"));
    let finishes = match (model.kind, emission) {
        (ModelKind::DecisionTree, Emission::NestedIf) => {
            format!("{read}, each at the first split of a path that reads it")
        }
        _ => format!("{read}, those that some split reads"),
    };
    let lines = [("model", size), ("written", format!("{written}: {reason}")), ("finishes", finishes)];
    lines.into_iter().map(|(term, words)| (term.to_owned(), words)).collect()
}

/// A stage before the last: its model, and how sure that has to be.
fn asked(stage: &EarlyStage) -> Vec<Line> {
    const WHOLE: u32 = u16::MAX as u32;
    let shares =
        stage.thresholds.iter().zip(&stage.classifier.model.classes).map(|(threshold, class)| match threshold {
            0..=WHOLE => format!("{class} at {:.4}", f64::from(*threshold) / f64::from(WHOLE)),
            _ => format!("{class} never"),
        });
    let shares: Vec<_> = shares.collect();
    let mut lines = decided(&stage.classifier);
    lines.push(("answers".to_owned(), shares.join(", ")));
    lines
}

/// Medians that may leave values out.
fn limits(pipeline: &Pipeline) -> Vec<Line> {
    let values_at_most = |field| match (pipeline.depth(), field) {
        (Depth::All, _) => u64::MAX,
        (Depth::Packets(packets), Field::Iat) => u64::from(packets).saturating_sub(1),
        (Depth::Packets(packets), _) => u64::from(packets),
    };
    let bites = |column: &&Column| matches!(column.formula, Formula::Median(Accumulator::Window(_, field)) if values_at_most(field) > MEDIAN_WINDOW);
    let words = format!("is taken of the first {MEDIAN_WINDOW} values of its direction; later ones do not move it");
    pipeline.columns().iter().filter(bites).map(|column| (column.feature.name().to_owned(), words.clone())).collect()
}

fn end(side: Side) -> &'static str {
    match side {
        Side::Source => "source",
        Side::Destination => "destination",
    }
}

fn values(field: Field) -> &'static str {
    match field {
        Field::Bytes => "bytes",
        Field::Iat => "gaps",
        Field::Winsize => "windows",
        Field::Ttl => "ttls",
    }
}

fn counted(count: usize, noun: &str) -> String {
    plural(count, noun, &format!("{noun}s"))
}

fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
