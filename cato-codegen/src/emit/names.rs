//! The names that emitted code gives to what is kept of a flow.

use proc_macro2::Span;
use syn::Ident;

use crate::catalog::{FeatureId, Flag};
use crate::ir::Accumulator;

/// A name as a token.
pub(super) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// The local that holds a feature.
pub(super) fn feature(feature: FeatureId) -> Ident {
    ident(feature.name())
}

/// The field of the state that holds an accumulator.
pub(super) fn field(accumulator: Accumulator) -> Ident {
    ident(&match accumulator {
        Accumulator::Protocol => "protocol".to_owned(),
        Accumulator::Port(side) => format!("{}_port", side.letter()),
        Accumulator::Duration => "last_ns".to_owned(),
        Accumulator::Flag(flag) => format!("{}_cnt", flag.name().to_lowercase()),
        Accumulator::Handshake => "handshake".to_owned(),
        Accumulator::SynAckTime => "syn_ack_ns".to_owned(),
        Accumulator::AckTime => "ack_ns".to_owned(),
        Accumulator::Packets(side) => format!("{}_pkt_cnt", side.letter()),
        Accumulator::FirstTime(side) => format!("{}_first_ns", side.letter()),
        Accumulator::LastTime(side) => format!("{}_last_ns", side.letter()),
        Accumulator::Sum(side, field) => format!("{}_{}_sum", side.letter(), field.name()),
        Accumulator::Squares(side, field) => format!("{}_{}_squares", side.letter(), field.name()),
        Accumulator::Min(side, field) => format!("{}_{}_min", side.letter(), field.name()),
        Accumulator::Max(side, field) => format!("{}_{}_max", side.letter(), field.name()),
        Accumulator::Window(side, field) => format!("{}_{}_window", side.letter(), field.name()),
    })
}

/// The runtime's constant for a flag.
pub(super) fn flag(flag: Flag) -> Ident {
    ident(flag.name())
}
