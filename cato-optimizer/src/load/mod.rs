//! Traffic as a server meets it: labelled flows that begin at a rate which changes, and go on with gaps of their own.
//!
//! A [`Profile`] says how many flows begin when, in multiples of what a server can bear; for a seed it becomes a
//! [`Timeline`]. [`Arrivals`] are the packets of the flows that it begins, each a copy of a flow of a [`Population`], in the
//! order in which they come. All that follows is the same for the same seed.

mod arrivals;
mod frames;
mod population;
mod profile;
mod timeline;

pub use arrivals::{Arrival, Arrivals, Event};
pub use frames::{Frames, arrival_of};
pub use population::{FlowTemplate, Population};
pub use profile::{Profile, ProfileError, Shape};
pub use timeline::{STEP_NS, Timeline};
