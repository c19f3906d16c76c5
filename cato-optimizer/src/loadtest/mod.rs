//! A server of a pool under load, in real time: what is simulated elsewhere, with a real worker.
//!
//! A generator on one core plays arrivals at their times into a ring of fixed size, from which a [`Server`] takes them on
//! another core: the same worker, flow table, pipelines and policy that serve an interface. What does not fit into the ring is
//! lost; the generator never waits. Each arrival has addresses of its own, by which its verdict is known.

mod generator;
mod listen;
mod ring;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use cato_serve::admission::WorthTable;
use cato_serve::policy::Policy;
use cato_serve::{Answer, Constraints, Control, Input, Pool, Report, ServeError, ServeOptions, Server, SinkSpec};

pub use generator::Punctuality;
use listen::{Heard, Watched};

use crate::load::{Arrivals, Population, arrival_of};
use crate::simulate::Tally;

/// What is played to a server, and how large it is.
pub struct LoadTest<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// The flows that arrivals are copies of.
    pub population: &'a Population,
    /// The packets that come.
    pub arrivals: &'a Arrivals,
    /// How many times as fast as they were captured flows go on.
    pub speed: f64,
    /// How many times as long as it takes the server's work is made to take.
    pub slowdown: f64,
    /// Packets that may wait.
    pub ring: usize,
    /// The most flows that the worker remembers.
    pub table_capacity: usize,
    /// What flows are worth by their first packet.
    pub worth: Option<WorthTable>,
}

/// What came of it.
#[derive(Debug)]
pub struct Tested {
    /// What became of flows and packets.
    pub tally: Tally,
    /// What the server counted.
    pub report: Report,
    /// How well the generator kept to its times.
    pub punctuality: Punctuality,
}

/// How long the server has to come to rest before the first packet.
const LEAD: Duration = Duration::from_millis(50);

impl LoadTest<'_> {
    /// Plays all arrivals to a server that is steered by `policy`, which takes as long as they do.
    ///
    /// # Errors
    /// Where the server does not start.
    pub fn run(self, policy: Box<dyn Policy>) -> Result<Tested, ServeError> {
        let Self { pool, population, arrivals, speed, slowdown, ring, table_capacity, worth } = self;
        let mut tally = Tally::new(arrivals);
        let (sender, source) = ring::ring(ring);
        let heard = Arc::new(Mutex::new(Heard::new(arrivals.flows.len())));
        let options = ServeOptions {
            settings: population.settings,
            table_capacity,
            worth,
            constraints: Constraints::default(),
            sink: SinkSpec::Null,
            file: None,
            metrics: None,
            slowdown,
        };
        let listener = {
            let heard = Arc::clone(&heard);
            move |answer: &Answer, at: Instant| heard.lock().unwrap_or_else(PoisonError::into_inner).note(answer, at)
        };
        let (policy, decided) = Watched::new(policy, Duration::from_nanos(arrivals.length_ns));
        let input = Input::Each(vec![Box::new(source)]);
        let server =
            Server::start_heard(pool, Box::new(policy), input, &options, &Control::new(), Some(Box::new(listener)))?;
        let start = Instant::now() + LEAD;
        let punctuality = thread::scope(|scope| {
            let playing = scope.spawn(|| {
                server.leave_cores_to_workers();
                thread::sleep(LEAD);
                generator::play(population, arrivals, speed, start, sender, &mut tally)
            });
            // A generator that ended by a fault was not on time.
            playing.join().unwrap_or(Punctuality { late: 1.0, latest_ms: f64::INFINITY })
        });
        let report = server.finish();
        let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.tell(&mut tally, arrivals, start, speed);
        tally.declined = report.total.declined_flows;
        tally.decided = decided.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Tested { tally, report, punctuality })
    }
}

/// The arrival that an answer is on.
fn arrival(answer: &Answer) -> Option<u32> {
    // Where the first packet was lost, the end that answers may have been taken for the one that opened the flow.
    [answer.source(), answer.destination()].into_iter().find_map(|end| match answer.key.ip_address(end) {
        IpAddr::V4(address) => arrival_of(address.to_bits()),
        IpAddr::V6(_) => None,
    })
}
