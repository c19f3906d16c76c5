//! The algorithms by the names that users choose them by.

use std::fmt;
use std::str::FromStr;

use super::algorithm::Algorithm;
use super::anneal::Anneal;
use super::cato::Cato;
use super::exhaustive::Exhaustive;
use super::knowledge::Knowledge;
use super::mobo::Mobo;
use super::nsga2::Nsga2;
use super::priors::Priors;
use super::random::Random;
use super::space::{CandidateSpace, SpaceError};

/// A search algorithm by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AlgorithmName {
    /// [`Mobo`].
    Mobo,
    /// [`Cato`].
    Cato,
    /// [`Random`].
    Random,
    /// [`Anneal`].
    Anneal,
    /// [`Nsga2`].
    Nsga2,
    /// [`Exhaustive`].
    Exhaustive,
}

/// The name of no algorithm.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no algorithm `{0}`; there are {names}", names = AlgorithmName::ALL.map(AlgorithmName::name).join(", "))]
pub struct UnknownAlgorithm(String);

impl AlgorithmName {
    /// All algorithms.
    pub const ALL: [Self; 6] = [Self::Mobo, Self::Cato, Self::Random, Self::Anneal, Self::Nsga2, Self::Exhaustive];

    /// The name as it is typed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mobo => "mobo",
            Self::Cato => "cato",
            Self::Random => "random",
            Self::Anneal => "anneal",
            Self::Nsga2 => "nsga2",
            Self::Exhaustive => "exhaustive",
        }
    }

    /// The algorithm over a space, with what is known beforehand.
    ///
    /// # Errors
    /// Where the algorithm finds nothing to search over: `cato` leaves out features without mutual information.
    pub fn algorithm(
        self,
        space: &CandidateSpace,
        knowledge: Knowledge,
        seed: u64,
    ) -> Result<Box<dyn Algorithm>, SpaceError> {
        Ok(match self {
            Self::Mobo => Box::new(Mobo::new(space, knowledge, seed)?),
            Self::Cato => {
                let features = space.features().iter().copied().collect();
                Box::new(Cato::new(Priors::new(features, &knowledge.information, space.max_depth())?, seed))
            }
            Self::Random => Box::new(Random::new(space.clone(), seed)),
            Self::Anneal => Box::new(Anneal::new(space.clone(), seed)),
            Self::Nsga2 => Box::new(Nsga2::new(space.clone(), seed)),
            Self::Exhaustive => Box::new(Exhaustive::new(space.clone())),
        })
    }
}

impl fmt::Display for AlgorithmName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for AlgorithmName {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        Self::ALL.into_iter().find(|known| known.name() == text).ok_or_else(|| UnknownAlgorithm(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::candidate::FeatureSet;

    #[test]
    fn every_algorithm_answers_to_its_name() {
        let space = CandidateSpace::new(FeatureSet::EMPTY.with(3).with(9), 5).unwrap();
        for name in AlgorithmName::ALL {
            let knowledge =
                Knowledge { information: vec![1.0; 10], reach: Vec::new(), waiting: Vec::new(), proxy: None };
            assert_eq!(name.algorithm(&space, knowledge, 1).unwrap().name(), name.name());
            assert_eq!(name.name().parse(), Ok(name));
        }
        let error = "genetic".parse::<AlgorithmName>().unwrap_err().to_string();
        assert!(error.contains("`genetic`") && error.contains("exhaustive"), "{error}");
    }
}
