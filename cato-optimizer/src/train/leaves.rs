//! The leaf distributions that the trees of a model share.

use std::collections::BTreeMap;

use cato_codegen::model::Leaf;

/// The distinct leaves of a model, in the order of first use.
#[derive(Default)]
pub(super) struct Leaves {
    place_of: BTreeMap<Leaf, u32>,
}

impl Leaves {
    /// The place of a distribution, new or known.
    pub(super) fn place(&mut self, shares: &[(u16, u16)]) -> u32 {
        if let Some(&place) = self.place_of.get(shares) {
            return place;
        }
        let place = self.place_of.len() as u32;
        self.place_of.insert(shares.to_vec(), place);
        place
    }

    pub(super) fn into_vec(self) -> Vec<Leaf> {
        let mut leaves: Vec<(Leaf, u32)> = self.place_of.into_iter().collect();
        leaves.sort_unstable_by_key(|&(_, place)| place);
        leaves.into_iter().map(|(leaf, _)| leaf).collect()
    }
}
