//! Counting, by the rules by which code is written.

use std::collections::BTreeSet;

use super::{Kind, Operations, Scope};
use crate::catalog::{Field, Side};
use crate::ir::{Accumulator, Arithmetic, Column, Condition, Formula, Operand, Pipeline, Read, Slot, Width};

/// Bytes that come into the cache together.
const LINE: usize = 64;

/// What the start of a flow and its packets do.
pub(super) fn keep(pipeline: &Pipeline) -> Operations {
    let mut operations = Operations::none();
    reads(pipeline, &mut operations);
    for slot in &pipeline.slots {
        update(pipeline, slot, &mut operations);
        start(slot, &mut operations);
    }
    for side in Side::BOTH {
        first_and_gap(pipeline, side, &mut operations);
    }
    operations.add(Kind::StateLine, Scope::Flow, pipeline.state_bytes().div_ceil(LINE));
    operations
}

/// What is read of a packet: once, however many accumulators it enters.
fn reads(pipeline: &Pipeline, operations: &mut Operations) {
    let read_by = |side: Option<Side>| -> BTreeSet<Read> {
        let slots = pipeline.slots.iter().filter(|slot| slot.accumulator.side() == side);
        slots.filter_map(|slot| slot.accumulator.reads()).collect()
    };
    let [both, source, destination] = [None, Some(Side::Source), Some(Side::Destination)].map(read_by);
    for (read, kind) in [
        (Read::Time, Kind::ReadTime),
        (Read::Bytes, Kind::ReadBytes),
        (Read::Ttl, Kind::ReadTtl),
        (Read::Winsize, Kind::ReadWinsize),
        (Read::Flags, Kind::ReadFlags),
    ] {
        // The two steps of the handshake that are watched for read flags too.
        let handshake = |accumulator| read == Read::Flags && pipeline.slot(accumulator).is_some();
        let of_source = source.contains(&read) || handshake(Accumulator::AckTime);
        let of_destination = destination.contains(&read) || handshake(Accumulator::SynAckTime);
        // The state of the handshake itself is looked at by these two steps only.
        let of_both = match read {
            Read::Flags => {
                pipeline.slots.iter().any(|slot| matches!(slot.accumulator, Accumulator::Flag(_) | Accumulator::Flags))
            }
            _ => both.contains(&read),
        };
        match (of_both, of_source, of_destination) {
            (true, ..) | (_, true, true) => operations.add(kind, Scope::EachPacket, 1),
            (_, true, _) => operations.add(kind, Scope::SourcePacket, 1),
            (_, _, true) => operations.add(kind, Scope::DestinationPacket, 1),
            (false, false, false) => {}
        }
    }
    let sided = pipeline.slots.iter().any(|slot| slot.accumulator.side().is_some());
    let ports = pipeline.slots.iter().any(|slot| matches!(slot.accumulator, Accumulator::Port(_)));
    if sided || ports {
        operations.add(Kind::Direction, Scope::EachPacket, 1);
    }
}

/// What a packet does to one accumulator.
fn update(pipeline: &Pipeline, slot: &Slot, operations: &mut Operations) {
    let scope = slot.accumulator.side().map_or(Scope::EachPacket, scope_of);
    let constant = if pipeline.writes_once() { Scope::Flow } else { Scope::EachPacket };
    let wide = slot.width >= Width::U64;
    let (kind, scope) = match slot.accumulator {
        Accumulator::Protocol => (Kind::StoreProtocol, constant),
        Accumulator::Port(_) => (Kind::StorePort, constant),
        Accumulator::FirstTime(_) => (Kind::StoreTime, Scope::Flow),
        Accumulator::Duration | Accumulator::LastTime(_) => (Kind::StoreTime, scope),
        Accumulator::Flag(_) => (Kind::CountFlag, scope),
        Accumulator::Flags => (Kind::CountFlags, scope),
        // Changed where its two steps are watched for.
        Accumulator::Handshake => return,
        Accumulator::SynAckTime => (Kind::WatchSynAck, scope),
        Accumulator::AckTime => (Kind::WatchAck, scope),
        Accumulator::Packets(_) => (Kind::CountPacket, scope),
        Accumulator::Sum(..) => (Kind::Add, scope),
        Accumulator::Squares(..) if slot.width == Width::U128 => (Kind::AddSquareWide, scope),
        Accumulator::Squares(..) => (Kind::AddSquare, scope),
        Accumulator::Min(..) => (Kind::Min, scope),
        Accumulator::Max(..) => (Kind::Max, scope),
        Accumulator::Sorted(..) => (if wide { Kind::InsertWide } else { Kind::Insert }, scope),
        Accumulator::Window(..) => (if wide { Kind::AppendWide } else { Kind::Append }, scope),
    };
    operations.add(kind, scope, 1);
}

/// What the start of a flow sets back.
fn start(slot: &Slot, operations: &mut Operations) {
    match slot.accumulator {
        Accumulator::Protocol
        | Accumulator::Port(_)
        | Accumulator::Duration
        | Accumulator::FirstTime(_)
        | Accumulator::LastTime(_)
        | Accumulator::SynAckTime
        | Accumulator::AckTime
        | Accumulator::Sorted(..) => {}
        _ => operations.add(Kind::Reset, Scope::Flow, 1),
    }
}

/// What the first packet of a direction does and the later ones do not, or the other way round.
fn first_and_gap(pipeline: &Pipeline, side: Side, operations: &mut Operations) {
    let has = |wanted: fn(Accumulator) -> bool| {
        pipeline.slots.iter().any(|slot| slot.accumulator.side() == Some(side) && wanted(slot.accumulator))
    };
    let constants =
        pipeline.slots.iter().any(|slot| matches!(slot.accumulator, Accumulator::Protocol | Accumulator::Port(_)));
    let gaps = has(Accumulator::is_of_gaps);
    let first = has(|accumulator| matches!(accumulator, Accumulator::FirstTime(_)));
    if gaps {
        operations.add(Kind::Gap, scope_of(side), 1);
    }
    if gaps || first || (constants && pipeline.writes_once()) {
        operations.add(Kind::TestFirst, scope_of(side), 1);
    }
}

/// What is computed at the inference point where these columns are wanted.
pub(super) fn finish(pipeline: &Pipeline, columns: &[Column], operations: &mut Operations) {
    let columns = || columns.iter().filter(|column| !column.is_constant());
    // Features that are defined together are behind one test.
    let groups: BTreeSet<&[Condition]> = columns().map(|column| column.conditions.as_slice()).collect();
    for condition in groups.into_iter().flatten() {
        let kind = match condition {
            Condition::IsTcp => Kind::TestTcp,
            Condition::AtLeast(..) => Kind::TestPackets,
            Condition::TimePassed => Kind::TestTime,
        };
        operations.add(kind, Scope::Flow, 1);
    }
    for column in columns() {
        if let Some(kind) = formula(pipeline, column) {
            operations.add(kind, Scope::Flow, 1);
        }
        if let Formula::Median(Accumulator::Window(side, field)) = column.formula {
            let kind = if field == Field::Iat { Kind::SelectWide } else { Kind::Select };
            operations.add(kind, scope_of(side), 1);
        }
    }
    let any = |wanted: [Formula; 2]| columns().any(|column| wanted.contains(&column.formula));
    operations.add(Kind::SynAckDelay, Scope::Flow, any([Formula::SynAck, Formula::TcpRtt]).into());
    operations.add(Kind::AckDelay, Scope::Flow, any([Formula::AckDat, Formula::TcpRtt]).into());
}

fn formula(pipeline: &Pipeline, column: &Column) -> Option<Kind> {
    let wide = column.arithmetic == Arithmetic::Wide;
    Some(match column.formula {
        Formula::Constant(_) => return None,
        Formula::Integer(operand) if is_word(pipeline, operand) => Kind::ConvertWord,
        Formula::Integer(_) => Kind::Convert,
        Formula::Quotient(..) => Kind::Divide,
        Formula::Load { .. } => Kind::Load,
        Formula::Deviation { .. } if wide => Kind::DeviationWide,
        Formula::Deviation { .. } => Kind::Deviation,
        Formula::Median(Accumulator::Window(_, Field::Iat)) => Kind::WindowMedianWide,
        Formula::Median(Accumulator::Window(..)) => Kind::WindowMedian,
        Formula::Median(_) => Kind::SortedMedian,
        Formula::SynAck | Formula::AckDat | Formula::TcpRtt => Kind::ConvertWord,
    })
}

fn is_word(pipeline: &Pipeline, operand: Operand) -> bool {
    pipeline.slot(operand.holder()).is_some_and(|slot| slot.width >= Width::U64)
}

const fn scope_of(side: Side) -> Scope {
    match side {
        Side::Source => Scope::SourcePacket,
        Side::Destination => Scope::DestinationPacket,
    }
}
