//! From state to features.

use proc_macro2::TokenStream;
use quote::quote;

use super::{integer_type, names, number};
use crate::ir::{Accumulator, Column, Condition, Formula, Operand, Pipeline, Width};

/// The function `extract`.
pub(super) fn extract(pipeline: &Pipeline) -> TokenStream {
    let state = if pipeline.slots.is_empty() { quote!(_state) } else { quote!(state) };
    let delays = delays(pipeline);
    let names: Vec<_> = pipeline.features.iter().copied().map(names::feature).collect();
    let values = pipeline.columns.iter().map(|column| value(pipeline, column));
    let features = number(names.len());
    quote! {
        #[inline]
        fn extract(#state: &State) -> [f32; #features] {
            #delays
            #(let #names: f32 = #values;)*
            [#(#names),*]
        }
    }
}

/// The parts of the handshake, each computed once.
fn delays(pipeline: &Pipeline) -> TokenStream {
    let wants = |formula| pipeline.columns.iter().any(|column| column.formula == formula);
    let rtt = wants(Formula::TcpRtt);
    let syn_ack = (rtt || wants(Formula::SynAck)).then(|| {
        quote! {
            let syn_ack_delay = if state.handshake != 0 && state.s_pkt_cnt != 0 {
                state.syn_ack_ns.checked_sub(state.s_first_ns)
            } else {
                None
            };
        }
    });
    let ack_dat = (rtt || wants(Formula::AckDat)).then(|| {
        quote! {
            let ack_delay = if state.handshake == 2 { state.ack_ns.checked_sub(state.syn_ack_ns) } else { None };
        }
    });
    quote!(#syn_ack #ack_dat)
}

fn value(pipeline: &Pipeline, column: &Column) -> TokenStream {
    let value = formula(pipeline, column.formula);
    if column.conditions.is_empty() {
        return value;
    }
    let conditions = column.conditions.iter().map(|&condition| self::condition(condition));
    // A deviation is a block already.
    let block = if let Formula::Deviation { .. } = column.formula { value } else { quote!({ #value }) };
    quote!(if #(#conditions)&&* #block else { -1.0 })
}

fn condition(condition: Condition) -> TokenStream {
    let kept = names::field(condition.needs());
    match condition {
        Condition::IsTcp => quote!(state.#kept == rt::PacketView::TCP),
        Condition::AtLeast(_, 1) | Condition::TimePassed => quote!(state.#kept != 0),
        Condition::AtLeast(_, packets) => {
            let packets = number(packets);
            quote!(state.#kept >= #packets)
        }
    }
}

fn formula(pipeline: &Pipeline, formula: Formula) -> TokenStream {
    match formula {
        Formula::Constant(value) => {
            let magnitude = proc_macro2::Literal::f32_unsuffixed(f32::from(value.unsigned_abs()));
            if value < 0 { quote!(-#magnitude) } else { quote!(#magnitude) }
        }
        Formula::Integer(operand) => {
            let value = self::operand(operand);
            quote!(#value as f32)
        }
        Formula::Quotient(above, below) => {
            let (above, below) = (self::operand(above), self::operand(below));
            quote!((#above as f64 / #below as f64) as f32)
        }
        Formula::Load { bytes, duration } => {
            let (bytes, duration) = (names::field(bytes), names::field(duration));
            quote!((state.#bytes as f64 * 8e9 / state.#duration as f64) as f32)
        }
        Formula::Deviation { count, sum, squares } => deviation(pipeline, count, sum, squares),
        Formula::Median(window) => median(pipeline, window),
        Formula::SynAck => quote!(match syn_ack_delay {
            Some(ns) => ns as f32,
            None => -1.0,
        }),
        Formula::AckDat => quote!(match ack_delay {
            Some(ns) => ns as f32,
            None => -1.0,
        }),
        Formula::TcpRtt => quote! {
            match (syn_ack_delay, ack_delay) {
                (Some(syn_ack), Some(ack_dat)) => syn_ack.wrapping_add(ack_dat) as f32,
                _ => -1.0,
            }
        },
    }
}

fn operand(operand: Operand) -> TokenStream {
    match operand {
        Operand::Kept(accumulator) => {
            let kept = names::field(accumulator);
            quote!(state.#kept)
        }
        Operand::Gaps(side) => {
            let packets = names::field(Accumulator::Packets(side));
            quote!(state.#packets.wrapping_sub(1))
        }
        Operand::GapSum(side) => {
            let (first, last) = (Accumulator::FirstTime(side), Accumulator::LastTime(side));
            let (first, last) = (names::field(first), names::field(last));
            quote!(state.#last.wrapping_sub(state.#first))
        }
    }
}

/// sqrt(count * squares - sum^2) / count. The difference wraps to the true value, which is never negative.
fn deviation(pipeline: &Pipeline, count: Operand, sum: Operand, squares: Accumulator) -> TokenStream {
    let width = pipeline
        .variances
        .iter()
        .find(|(accumulator, _)| *accumulator == squares)
        .map_or(Width::U128, |&(_, width)| width);
    let integer = integer_type(width);
    let widened = |operand: Operand| {
        let value = self::operand(operand);
        if width_of(pipeline, operand) == width { value } else { quote!(#integer::from(#value)) }
    };
    let (count, sum, squares) = (widened(count), widened(sum), widened(Operand::Kept(squares)));
    quote! {{
        let count = #count;
        let sum = #sum;
        let variance = count.wrapping_mul(#squares).wrapping_sub(sum.wrapping_mul(sum));
        (rt::math::sqrt(variance as f64) / count as f64) as f32
    }}
}

fn median(pipeline: &Pipeline, window: Accumulator) -> TokenStream {
    let name = names::field(window);
    // Where one word holds the answer it is an integer. Two gaps of one direction never add up to more than a word.
    if width_of(pipeline, Operand::Kept(window)) == Width::U64 {
        return quote! {
            match state.#name.middle() {
                Some((low, high)) if low == high => low as f32,
                Some((low, high)) => (low.wrapping_add(high) as f64 / 2.0) as f32,
                None => -1.0,
            }
        };
    }
    quote! {
        match state.#name.middle() {
            Some((low, high)) => (u64::from(low).wrapping_add(u64::from(high)) as f64 / 2.0) as f32,
            None => -1.0,
        }
    }
}

fn width_of(pipeline: &Pipeline, operand: Operand) -> Width {
    let accumulator = match operand {
        Operand::Kept(accumulator) => accumulator,
        Operand::Gaps(side) => Accumulator::Packets(side),
        Operand::GapSum(side) => Accumulator::LastTime(side),
    };
    pipeline.slots.iter().find(|slot| slot.accumulator == accumulator).map_or(Width::U128, |slot| slot.width)
}
