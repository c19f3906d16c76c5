//! The way out of a fitted `rafor` classifier: it keeps its tree private, but serialises it.
//!
//! The serialiser here passes over everything but the tree, so that the leaf distributions, by far the largest part of
//! a classifier, are neither written nor read.

use std::fmt;

use rafor::dt::Classifier;
use serde::ser::{Impossible, Serialize, SerializeStruct, Serializer};

use super::grown::Grown;
use crate::train::tree::GrownNode;

/// Bytes of a packed node: feature, threshold, left child (0: a leaf), all little-endian.
const NODE_BYTES: usize = 10;

/// The nodes of the tree in `classifier`; none if it is not where rafor 0.4.1 has it.
pub(super) fn nodes(classifier: &Classifier<Grown>) -> Option<Vec<GrownNode>> {
    let mut packed = Vec::new();
    classifier.serialize(TreeOnly { packed: &mut packed }).ok()?;
    let (nodes, _) = packed.as_chunks::<NODE_BYTES>();
    (!nodes.is_empty()).then(|| nodes.iter().map(unpack).collect())
}

impl Serialize for Grown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.nodes.iter().map(pack).collect::<Vec<_>>().as_flattened())
    }
}

fn pack(node: &GrownNode) -> [u8; NODE_BYTES] {
    let (feature, threshold, left) = match *node {
        // The right child is always the one after the left.
        GrownNode::Split { feature, threshold, left, .. } => (feature, threshold, left),
        GrownNode::Leaf => (0, 0.0, 0),
    };
    let ([a, b], [c, d, e, f], [g, h, i, j]) = (feature.to_le_bytes(), threshold.to_le_bytes(), left.to_le_bytes());
    [a, b, c, d, e, f, g, h, i, j]
}

fn unpack(&[a, b, c, d, e, f, g, h, i, j]: &[u8; NODE_BYTES]) -> GrownNode {
    match u32::from_le_bytes([g, h, i, j]) {
        0 => GrownNode::Leaf,
        left => GrownNode::Split {
            feature: u16::from_le_bytes([a, b]),
            threshold: f32::from_le_bytes([c, d, e, f]),
            left,
            right: left + 1,
        },
    }
}

/// Takes the bytes that a [`Grown`] serialises to, wherever the fields on the way to it lead.
struct TreeOnly<'a> {
    packed: &'a mut Vec<u8>,
}

impl SerializeStruct for TreeOnly<'_> {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), fmt::Error> {
        match name {
            "classifier" | "predictor" => value.serialize(TreeOnly { packed: self.packed }),
            _ => Ok(()),
        }
    }

    fn end(self) -> Result<(), fmt::Error> {
        Ok(())
    }
}

type Refused = Impossible<(), fmt::Error>;

/// Serialiser methods that meet nothing on the way to the tree.
macro_rules! refuse {
    ($($method:ident $(<$generic:ident>)? ($($argument:ty),*) -> $result:ty;)*) => {
        $(fn $method $(<$generic: Serialize + ?Sized>)? (self $(, _: $argument)*) -> Result<$result, fmt::Error> {
            Err(fmt::Error)
        })*
    };
}

impl Serializer for TreeOnly<'_> {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeStruct = Self;
    type SerializeSeq = Refused;
    type SerializeTuple = Refused;
    type SerializeTupleStruct = Refused;
    type SerializeTupleVariant = Refused;
    type SerializeMap = Refused;
    type SerializeStructVariant = Refused;

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, fmt::Error> {
        Ok(self)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), fmt::Error> {
        self.packed.extend_from_slice(bytes);
        Ok(())
    }

    refuse! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_str(&str) -> ();
        serialize_none() -> ();
        serialize_some<T>(&T) -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_newtype_struct<T>(&'static str, &T) -> ();
        serialize_newtype_variant<T>(&'static str, u32, &'static str, &T) -> ();
        serialize_seq(Option<usize>) -> Refused;
        serialize_tuple(usize) -> Refused;
        serialize_tuple_struct(&'static str, usize) -> Refused;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Refused;
        serialize_map(Option<usize>) -> Refused;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Refused;
    }
}
