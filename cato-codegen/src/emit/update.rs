//! What a packet does to the state.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::{integer_type, names};
use crate::catalog::{Field, Side};
use crate::ir::{Accumulator, Pipeline, Read, Slot, Width};

/// The function `update`: what both directions do, then one branch on the direction.
pub(super) fn update(pipeline: &Pipeline) -> TokenStream {
    let both = Block::of(pipeline, None);
    let source = Block::of(pipeline, Some(Side::Source));
    let destination = Block::of(pipeline, Some(Side::Destination));
    if both.is_empty() && source.is_empty() && destination.is_empty() {
        return quote! {
            #[inline]
            fn update(_state: &mut State, _packet: &rt::Packet) {}
        };
    }
    // What both branches read is read once, before them; what only one of them reads, inside it.
    let early: BTreeSet<Read> =
        both.reads.iter().chain(source.reads.intersection(&destination.reads)).copied().collect();
    let reads = early.iter().copied().map(read);
    let common = &both.steps;
    let branch = branch(source.code(&early), destination.code(&early));
    quote! {
        #[inline]
        fn update(state: &mut State, packet: &rt::Packet) {
            #(#reads)*
            #(#common)*
            #branch
        }
    }
}

fn branch(source: Option<TokenStream>, destination: Option<TokenStream>) -> TokenStream {
    match (source, destination) {
        (None, None) => quote!(),
        (Some(source), None) => quote!(if packet.direction == rt::Direction::Source { #source }),
        (None, Some(destination)) => quote!(if packet.direction == rt::Direction::Destination { #destination }),
        (Some(source), Some(destination)) => quote! {
            match packet.direction {
                rt::Direction::Source => { #source }
                rt::Direction::Destination => { #destination }
            }
        },
    }
}

/// The steps for the packets of one direction, or those for all packets.
struct Block {
    reads: BTreeSet<Read>,
    steps: Vec<TokenStream>,
}

impl Block {
    fn of(pipeline: &Pipeline, side: Option<Side>) -> Self {
        let mut block = Self { reads: BTreeSet::new(), steps: Vec::new() };
        match side {
            None => block.push_common(pipeline),
            Some(side) => block.push_side(pipeline, side),
        }
        block
    }

    fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    fn code(&self, early: &BTreeSet<Read>) -> Option<TokenStream> {
        let reads = self.reads.difference(early).copied().map(read);
        let steps = &self.steps;
        (!self.is_empty()).then(|| quote!(#(#reads)* #(#steps)*))
    }

    fn push(&mut self, reads: impl IntoIterator<Item = Read>, step: TokenStream) {
        self.reads.extend(reads);
        self.steps.push(step);
    }

    fn push_common(&mut self, pipeline: &Pipeline) {
        for slot in &pipeline.slots {
            let name = names::field(slot.accumulator);
            match slot.accumulator {
                Accumulator::Protocol if !pipeline.writes_once() => {
                    self.push([], quote!(state.#name = packet.view.protocol();));
                }
                Accumulator::Flags => self.push([Read::Flags], quote!(state.#name.count(flags);)),
                Accumulator::Duration => self.push([Read::Time], quote!(state.#name = time_ns;)),
                Accumulator::Flag(flag) => {
                    let flag = names::flag(flag);
                    let integer = integer_type(slot.width);
                    self.push(
                        [Read::Flags],
                        quote!(state.#name = state.#name.wrapping_add(#integer::from(flags & rt::TcpFlags::#flag != 0));),
                    );
                }
                _ => {}
            }
        }
    }

    fn push_side(&mut self, pipeline: &Pipeline, side: Side) {
        self.push_handshake(pipeline, side);
        let own: Vec<&Slot> = pipeline.slots.iter().filter(|slot| slot.accumulator.side() == Some(side)).collect();
        let count = own.iter().find(|slot| slot.accumulator == Accumulator::Packets(side));
        if let Some(count) = count {
            let name = names::field(count.accumulator);
            self.push([], quote!(let count = state.#name;));
        }
        let ports = ports(pipeline, side);
        if pipeline.writes_once() {
            let protocol =
                keeps(pipeline, Accumulator::Protocol).then(|| quote!(state.protocol = packet.view.protocol();));
            self.push_times(&own, side, quote!(#protocol #ports));
        } else {
            if !ports.is_empty() {
                self.push([], ports);
            }
            self.push_times(&own, side, quote!());
        }
        for slot in &own {
            if let Some((field, step)) = value_step(slot)
                && field != Field::Iat
            {
                self.push(slot.accumulator.reads(), step);
            }
        }
        for slot in &own {
            let name = names::field(slot.accumulator);
            match slot.accumulator {
                Accumulator::LastTime(_) => self.push([Read::Time], quote!(state.#name = time_ns;)),
                Accumulator::Packets(_) => self.push([], quote!(state.#name = count.wrapping_add(1);)),
                _ => {}
            }
        }
    }

    fn push_handshake(&mut self, pipeline: &Pipeline, side: Side) {
        let reads = [Read::Time, Read::Flags];
        match side {
            Side::Destination if keeps(pipeline, Accumulator::SynAckTime) => self.push(
                reads,
                quote! {
                    if state.handshake == 0
                        && flags & (rt::TcpFlags::SYN | rt::TcpFlags::ACK) == rt::TcpFlags::SYN | rt::TcpFlags::ACK
                    {
                        state.syn_ack_ns = time_ns;
                        state.handshake = rt::TcpFlags::ACK;
                    }
                },
            ),
            // One test of both: what the handshake waits for is the flag itself.
            Side::Source if keeps(pipeline, Accumulator::AckTime) => self.push(
                reads,
                quote! {
                    if state.handshake & flags & rt::TcpFlags::ACK != 0 {
                        state.ack_ns = time_ns;
                        state.handshake = !rt::TcpFlags::ACK;
                    }
                },
            ),
            _ => {}
        }
    }

    /// What the first packet of a direction does, `once` among it, and what the gap before each later one does. Both come
    /// before the packet is counted and its time is kept.
    fn push_times(&mut self, own: &[&Slot], side: Side, once: TokenStream) {
        let last = names::field(Accumulator::LastTime(side));
        let first = own.iter().find(|slot| slot.accumulator == Accumulator::FirstTime(side)).map(|slot| {
            let name = names::field(slot.accumulator);
            quote!(state.#name = time_ns;)
        });
        let gaps: Vec<_> = own
            .iter()
            .filter_map(|slot| value_step(slot))
            .filter_map(|(field, step)| (field == Field::Iat).then_some(step))
            .collect();
        let later = (!gaps.is_empty()).then(|| quote!(let iat = time_ns.wrapping_sub(state.#last); #(#gaps)*));
        let time = (first.is_some() || later.is_some()).then_some(Read::Time);
        let first = quote!(#once #first);
        let step = match (first.is_empty(), later) {
            (true, None) => return,
            (false, None) => quote!(if count == 0 { #first }),
            (true, Some(later)) => quote!(if count != 0 { #later }),
            (false, Some(later)) => quote!(if count == 0 { #first } else { #later }),
        };
        self.push(time, step);
    }
}

fn keeps(pipeline: &Pipeline, accumulator: Accumulator) -> bool {
    pipeline.slot(accumulator).is_some()
}

/// The ports, of which a packet of `side` has that side's first.
fn ports(pipeline: &Pipeline, side: Side) -> TokenStream {
    let ports = Side::BOTH.into_iter().filter(|&end| keeps(pipeline, Accumulator::Port(end))).map(|end| {
        let name = names::field(Accumulator::Port(end));
        let port = if end == side { quote!(source_port) } else { quote!(destination_port) };
        quote!(state.#name = packet.view.#port();)
    });
    quote!(#(#ports)*)
}

/// How a value of a field enters its accumulator.
fn value_step(slot: &Slot) -> Option<(Field, TokenStream)> {
    let name = names::field(slot.accumulator);
    let (field, step) = match slot.accumulator {
        Accumulator::Sum(_, field) => {
            let value = widened(field, slot.width);
            (field, quote!(state.#name = state.#name.wrapping_add(#value);))
        }
        Accumulator::Squares(_, field) => {
            let value = widened(field, slot.width);
            (field, quote!(state.#name = state.#name.wrapping_add(#value.wrapping_mul(#value));))
        }
        Accumulator::Min(_, field) => {
            let value = names::ident(field.name());
            (field, quote!(state.#name = state.#name.min(#value);))
        }
        Accumulator::Max(_, field) => {
            let value = names::ident(field.name());
            (field, quote!(state.#name = state.#name.max(#value);))
        }
        Accumulator::Window(_, field) => {
            let value = names::ident(field.name());
            (field, quote!(state.#name.push(#value);))
        }
        Accumulator::Sorted(side, field) => {
            let value = names::ident(field.name());
            // Before the packet itself is counted, gaps are one fewer than packets.
            let count = match field {
                Field::Iat => quote!(usize::from(count.wrapping_sub(1))),
                _ => quote!(usize::from(count)),
            };
            let insert = match side {
                Side::Source => quote!(insert_source),
                Side::Destination => quote!(insert_destination),
            };
            (field, quote!(state.#name.#insert(#count, #value);))
        }
        _ => return None,
    };
    Some((field, step))
}

/// The local that holds a field, as an integer of the given width.
fn widened(field: Field, width: Width) -> TokenStream {
    let value = names::ident(field.name());
    if Width::of(u128::from(field.max())) == width {
        return quote!(#value);
    }
    let integer = integer_type(width);
    quote!(#integer::from(#value))
}

/// The local that holds a part of the packet.
fn read(read: Read) -> TokenStream {
    match read {
        Read::Time => quote!(let time_ns = packet.time_ns;),
        Read::Bytes => quote!(let bytes = packet.view.bytes();),
        Read::Ttl => quote!(let ttl = packet.view.ttl();),
        Read::Winsize => quote!(let winsize = packet.view.winsize();),
        Read::Flags => quote!(let flags = packet.view.flags();),
        // Read where they are kept.
        Read::Protocol | Read::Ports => quote!(),
    }
}
