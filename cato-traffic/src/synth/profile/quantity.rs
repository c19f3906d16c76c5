//! Random quantities and weighted choices as they are typed in a profile.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use toml::Spanned;

use crate::synth::distribution::{Distribution, Shape, Weighted};

/// A number, or a table that names a law: `{ log_normal = [300, 0.8], max = 1400 }`.
#[derive(Debug)]
pub(super) enum QuantityFile {
    Number(f64),
    Law(LawFile),
}

/// A law and the range to which it is cut.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LawFile {
    uniform: Option<[f64; 2]>,
    exponential: Option<f64>,
    normal: Option<[f64; 2]>,
    log_normal: Option<[f64; 2]>,
    pareto: Option<[f64; 2]>,
    values: Option<Vec<f64>>,
    weights: Option<Vec<f64>>,
    min: Option<f64>,
    max: Option<f64>,
}

/// The laws, for help lines.
pub(super) const LAWS: &str = "write a number, or one of { uniform = [low, high] }, { exponential = mean }, \
     { normal = [mean, deviation] }, { log_normal = [median, sigma] }, { pareto = [smallest, shape] }, \
     { values = [..], weights = [..] }, each with min and max if wanted";

impl QuantityFile {
    /// The quantity.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub(super) fn check(&self) -> Result<Distribution, String> {
        match self {
            Self::Number(value) if (0.0..f64::INFINITY).contains(value) => Ok(Distribution::constant(*value)),
            Self::Number(value) => Err(format!("{value} is not a quantity: it must be finite and not negative")),
            Self::Law(law) => law.check(),
        }
    }
}

impl LawFile {
    fn check(&self) -> Result<Distribution, String> {
        let shapes = [
            self.uniform.map(|[low, high]| Shape::Uniform { low, high }),
            self.exponential.map(|mean| Shape::Exponential { mean }),
            self.normal.map(|[mean, deviation]| Shape::Normal { mean, deviation }),
            self.log_normal.map(|[median, sigma]| Shape::LogNormal { median, sigma }),
            self.pareto.map(|[smallest, shape]| Shape::Pareto { smallest, shape }),
            self.values.as_ref().map(|values| self.choices(values)).transpose()?.map(Shape::Values),
        ];
        let mut named = shapes.into_iter().flatten();
        let (Some(shape), None) = (named.next(), named.next()) else {
            return Err("a quantity names exactly one law".to_owned());
        };
        if self.weights.is_some() && self.values.is_none() {
            return Err("weights belong to values".to_owned());
        }
        let finite = |numbers: &[f64]| numbers.iter().all(|number| (0.0..f64::INFINITY).contains(number));
        let is_law = match &shape {
            Shape::Constant(value) => finite(&[*value]),
            Shape::Uniform { low, high } => finite(&[*low, *high]) && low <= high,
            Shape::Exponential { mean } => finite(&[*mean]),
            Shape::Normal { mean, deviation } => finite(&[*mean, *deviation]),
            Shape::LogNormal { median, sigma } => finite(&[*median, *sigma]),
            Shape::Pareto { smallest, shape } => finite(&[*smallest, *shape]) && *shape > 0.0,
            Shape::Values(values) => values.iter().all(|value| finite(&[*value])),
        };
        if !is_law {
            return Err("the law's numbers must be finite, not negative, and in order; a shape is above 0".to_owned());
        }
        let (min, max) = (self.min.unwrap_or(0.0), self.max.unwrap_or(f64::MAX));
        if !finite(&[min, max]) || min > max {
            return Err("min and max must be finite and not negative, and min not above max".to_owned());
        }
        Ok(Distribution { shape, min, max })
    }

    fn choices(&self, values: &[f64]) -> Result<Weighted<f64>, String> {
        let weights = self.weights.clone().unwrap_or_else(|| vec![1.0; values.len()]);
        if weights.len() != values.len() {
            return Err(format!("{} weights for {} values", weights.len(), values.len()));
        }
        Weighted::new(weights.into_iter().zip(values.iter().copied()))
            .ok_or_else(|| "weights must be finite and not negative, and not all 0".to_owned())
    }
}

impl<'de> Deserialize<'de> for QuantityFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Quantity;

        impl<'de> Visitor<'de> for Quantity {
            type Value = QuantityFile;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number or a table that names a law")
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<QuantityFile, E> {
                Ok(QuantityFile::Number(value as f64))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<QuantityFile, E> {
                Ok(QuantityFile::Number(value))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<QuantityFile, A::Error> {
                LawFile::deserialize(MapAccessDeserializer::new(map)).map(QuantityFile::Law)
            }
        }

        deserializer.deserialize_any(Quantity)
    }
}

/// A name or number, or a table of such with their weights: `{ linux = 0.7, windows = 0.3 }`.
#[derive(Debug)]
pub(super) enum ChoicesFile {
    One(String),
    Several(Vec<(Spanned<String>, f64)>),
}

impl<'de> Deserialize<'de> for ChoicesFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Choices;

        impl<'de> Visitor<'de> for Choices {
            type Value = ChoicesFile;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a name, a number, or a table of them with weights")
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<ChoicesFile, E> {
                Ok(ChoicesFile::One(value.to_owned()))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<ChoicesFile, E> {
                Ok(ChoicesFile::One(value.to_string()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ChoicesFile, A::Error> {
                let mut choices = Vec::new();
                while let Some(choice) = map.next_entry()? {
                    choices.push(choice);
                }
                Ok(ChoicesFile::Several(choices))
            }
        }

        deserializer.deserialize_any(Choices)
    }
}
