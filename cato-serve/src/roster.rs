//! Which pipeline has which place, now and earlier.

use std::path::PathBuf;
use std::sync::Weak;

use super::{Member, MemberCounts, WorkerCounts};

/// The places of a server's pipelines, with the same numbers in all workers.
#[derive(Debug)]
pub(crate) struct Roster {
    /// Whoever has been served up to now, in order of coming.
    names: Vec<String>,
    places: Vec<Place>,
    /// What was done by each worker at places that were given to another one since, by name.
    past: Vec<Vec<MemberCounts>>,
}

/// One place.
#[derive(Debug, Default)]
struct Place {
    /// Whose it is or was, and from which counts on, for each worker.
    tenant: Option<Tenant>,
    hold: Hold,
}

#[derive(Debug)]
struct Tenant {
    name: usize,
    library: PathBuf,
    state_bytes: usize,
    since: Vec<MemberCounts>,
}

/// Whether there may be flows that are bound to a place.
#[derive(Debug, Default)]
enum Hold {
    #[default]
    Free,
    Serving,
    /// For as long as somebody has the other end.
    Leaving(Weak<()>),
}

impl Roster {
    /// So many free places, for so many workers.
    pub(crate) fn new(places: usize, workers: usize) -> Self {
        Self {
            names: Vec::new(),
            places: (0..places).map(|_| Place::default()).collect(),
            past: vec![Vec::new(); workers],
        }
    }

    /// Names of all that were ever served.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// How many places are free.
    pub(crate) fn free(&self) -> usize {
        self.places.iter().filter(|place| place.is_free()).count()
    }

    /// The place at which the same pipeline is served under the same name.
    pub(crate) fn serving(&self, member: &Member) -> Option<u8> {
        let same = |place: &Place| match (&place.tenant, &place.hold) {
            (Some(tenant), Hold::Serving) => {
                tenant.library == member.library && self.names.get(tenant.name) == Some(&member.name)
            }
            _ => false,
        };
        u8::try_from(self.places.iter().position(same)?).ok()
    }

    /// Gives a free place to a pipeline whose states have so many bytes; `counts` are those of each worker up to now.
    pub(crate) fn take(&mut self, member: &Member, state_bytes: usize, counts: &[WorkerCounts]) -> Option<u8> {
        let number = self.places.iter().position(Place::is_free)?;
        let name = self.names.iter().position(|name| *name == member.name).unwrap_or_else(|| {
            self.names.push(member.name.clone());
            self.names.len() - 1
        });
        for past in &mut self.past {
            past.resize(self.names.len(), MemberCounts::default());
        }
        let place = self.places.get_mut(number)?;
        let now = |counts: &WorkerCounts| counts.members.get(number).copied().unwrap_or_default();
        let since = counts.iter().map(now).collect();
        if let Some(before) = place.tenant.take() {
            for ((past, now), since) in self.past.iter_mut().zip(counts.iter().map(now)).zip(&before.since) {
                if let Some(sum) = past.get_mut(before.name) {
                    sum.add(now.less(*since));
                }
            }
        }
        place.tenant = Some(Tenant { name, library: member.library.clone(), state_bytes, since });
        place.hold = Hold::Serving;
        u8::try_from(number).ok()
    }

    /// Lets all places but these become free once nobody has `hold` any more; which ones.
    pub(crate) fn leave_all_but(&mut self, keep: &[u8], hold: &Weak<()>) -> Vec<u8> {
        let mut leaving = Vec::new();
        for (number, place) in (0..).zip(&mut self.places) {
            if matches!(place.hold, Hold::Serving) && !keep.contains(&number) {
                place.hold = Hold::Leaving(Weak::clone(hold));
                leaving.push(number);
            }
        }
        leaving
    }

    /// Bytes of a state of each pipeline that is there now, together.
    pub(crate) fn state_bytes(&self) -> usize {
        let there = self.places.iter().filter(|place| !place.is_free());
        there.filter_map(|place| place.tenant.as_ref()).map(|tenant| tenant.state_bytes).sum()
    }

    /// The counts of a worker's places as counts of those who were served there, by [name](Self::names).
    pub(crate) fn by_name(&self, worker: usize, places: &[MemberCounts]) -> Vec<MemberCounts> {
        let mut counts = self.past.get(worker).cloned().unwrap_or_default();
        for (place, now) in self.places.iter().zip(places) {
            let Some(tenant) = &place.tenant else { continue };
            let since = tenant.since.get(worker).copied().unwrap_or_default();
            if let Some(sum) = counts.get_mut(tenant.name) {
                sum.add(now.less(since));
            }
        }
        counts
    }
}

impl Place {
    fn is_free(&self) -> bool {
        match &self.hold {
            Hold::Free => true,
            Hold::Serving => false,
            Hold::Leaving(hold) => hold.strong_count() == 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn member(name: &str) -> Member {
        Member { name: name.into(), library: format!("{name}.so").into(), classes: Vec::new() }
    }

    fn counts(flows: [u64; 2]) -> WorkerCounts {
        let members = flows.map(|flows| MemberCounts { flows, ..MemberCounts::default() }).to_vec();
        WorkerCounts { members, ..WorkerCounts::default() }
    }

    #[test]
    fn a_place_is_free_when_nobody_holds_it_and_counts_stay_with_their_names() {
        let mut roster = Roster::new(2, 1);
        let start = [counts([0, 0])];
        assert_eq!(roster.take(&member("a"), 8, &start), Some(0));
        assert_eq!(roster.take(&member("b"), 16, &start), Some(1));
        assert_eq!((roster.take(&member("c"), 1, &start), roster.free(), roster.state_bytes()), (None, 0, 24));
        assert_eq!(roster.serving(&member("b")), Some(1));

        let hold = Arc::new(());
        assert_eq!(roster.leave_all_but(&[1], &Arc::downgrade(&hold)), [0]);
        assert_eq!((roster.serving(&member("a")), roster.free()), (None, 0));
        drop(hold);
        assert_eq!((roster.free(), roster.state_bytes()), (1, 16));
        // The place had 5 flows of a, and gets 2 of c.
        assert_eq!(roster.take(&member("c"), 1, &[counts([5, 7])]), Some(0));
        let now = counts([7, 9]);
        let flows: Vec<u64> = roster.by_name(0, &now.members).iter().map(|counts| counts.flows).collect();
        assert_eq!((roster.names(), flows), (&["a", "b", "c"].map(String::from)[..], vec![5, 9, 2]));
    }
}
