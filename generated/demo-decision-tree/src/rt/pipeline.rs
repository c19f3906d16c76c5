// From cato-runtime 0.1.0, src/pipeline.rs, by `cato vendor`; do not edit.
// SPDX-License-Identifier: MIT OR Apache-2.0
// Copyright (c) 2026 The cato authors

//! What generated code implements.

use super::Packet;

/// How many packets of a flow a pipeline sees before it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Depth {
    /// The record is made right after this many packets, both directions together, or earlier if the flow ends. Never 0.
    Packets(u32),
    /// The record is made at the end of the flow.
    All,
}

/// What a pipeline says of a flow.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Verdict {
    /// Index into [`Pipeline::CLASSES`]; [`Verdict::NO_CLASS`] where the pipeline has no model.
    pub class: u16,
    /// Share of the vote that the class got, in 65535ths.
    pub confidence: u16,
}

impl Verdict {
    /// The class index of a pipeline without a model.
    pub const NO_CLASS: u16 = u16::MAX;
    /// The verdict of a pipeline without a model.
    pub const FEATURES_ONLY: Self = Self { class: Self::NO_CLASS, confidence: 0 };
    /// No verdict: the pipeline wants to see more packets. No sink is given this.
    pub const UNDECIDED: Self = Self { class: Self::NO_CLASS, confidence: u16::MAX };
}

/// A feature representation (feature set, depth) and, where there is one, its model, compiled.
///
/// A pipeline may have stages: inference points before the last, at each of which it answers if its model there is sure.
/// A flow that ends earlier is asked of all stages that are left, one after the other.
///
/// Implemented by `#[cato_pipeline]` and by vendored crates; never by hand.
pub trait Pipeline {
    /// What is kept of one flow: plain data of fixed size.
    type State: Copy;
    /// The features of one flow in column order; `f32`, undefined is -1.
    type Features: AsRef<[f32]> + AsMut<[f32]> + Copy;

    /// The inference point, the last one where there are stages.
    const DEPTH: Depth;
    /// The inference points of the stages before the last, in packets, ascending.
    const EARLY: &'static [u32] = &[];
    /// Feature names in column order.
    const FEATURES: &'static [&'static str];
    /// Class labels, bytewise ascending; empty where there is no model.
    const CLASSES: &'static [&'static str];

    /// The state of a flow that has seen no packet.
    fn start() -> Self::State;

    /// Makes `state`, whatever it was, that of a flow that has seen no packet.
    ///
    /// Generated code touches only what would otherwise be read before a packet writes it.
    #[inline]
    fn reset(state: &mut Self::State) {
        *state = Self::start();
    }

    /// Takes one packet of the flow into its state.
    fn update(state: &mut Self::State, packet: &Packet);

    /// Computes the features at the inference point.
    fn extract(state: &Self::State) -> Self::Features;

    /// Applies the model to features.
    fn predict(features: &Self::Features) -> Verdict;

    /// Extraction and prediction in one step.
    #[inline]
    fn classify(state: &Self::State) -> Verdict {
        Self::predict(&Self::extract(state))
    }

    /// What the pipeline says at `stage`, counted from 0, or where the flow has `ended`, at that stage or one behind it;
    /// `None` to see more packets. The last stage always answers.
    #[inline]
    fn decide(state: &Self::State, stage: u8, ended: bool) -> Option<Verdict> {
        let _ = (stage, ended);
        Some(Self::classify(state))
    }
}
