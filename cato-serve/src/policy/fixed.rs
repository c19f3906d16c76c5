//! One member, whatever comes.

use super::{Mix, Policy, Signals};

/// Binds every flow to the same member.
#[derive(Clone, Debug)]
pub struct Fixed {
    member: u8,
    name: String,
}

impl Fixed {
    /// The member with this number, called `id`.
    #[must_use]
    pub fn new(member: u8, id: &str) -> Self {
        Self { member, name: format!("static:{id}") }
    }
}

impl Policy for Fixed {
    fn name(&self) -> &str {
        &self.name
    }

    fn start(&self) -> Mix {
        Mix::only(self.member)
    }

    fn is_constant(&self) -> bool {
        true
    }

    fn decide(&mut self, _: &Signals) -> Mix {
        Mix::only(self.member)
    }
}
