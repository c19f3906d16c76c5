//! An interface being captured from.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use cato_runtime::{Frame, LinkType};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::netdevice::index_to_name;
use socket2::Socket;

use super::kernel::{Ring, get_option};
use super::socket::{self, Opened};
use super::{LiveError, LiveOptions, LiveStatistics, block};

/// How often the kernel is asked for its counts, which have 32 bits.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// What a call of [`LiveSource::poll`] brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polled {
    /// So many frames.
    Frames(u64),
    /// None within the time given, or a signal came.
    Idle,
    /// The interface went down; once it is up again, frames come again.
    Down,
}

/// The frames of an interface, or a worker's share of them.
#[derive(Debug)]
pub struct LiveSource {
    ring: Ring,
    socket: Socket,
    interface: String,
    index: u32,
    link: LinkType,
    /// The block that comes next.
    next: usize,
    statistics: LiveStatistics,
    asked: Instant,
}

impl LiveSource {
    /// Begins to capture from an interface.
    ///
    /// # Errors
    /// [`LiveError`]: what the process lacks, what is wrong with the interface, or what the system refused.
    pub fn open(options: &LiveOptions) -> Result<Self, LiveError> {
        let opened = socket::open(options, options.shape()?)?;
        socket::admit(&opened.socket, options.snap_length)?;
        Ok(Self::new(opened, options))
    }

    /// As [`open`](Self::open), for several workers: each packet comes to one of them, and those of a flow, in both
    /// directions, to the same one. Each has a ring of its own.
    ///
    /// # Errors
    /// Those of [`open`](Self::open), and [`LiveError::Option`] for no worker or more than 256.
    pub fn open_workers(options: &LiveOptions, workers: usize) -> Result<Vec<Self>, LiveError> {
        let shape = options.shape()?;
        if !(1..=256).contains(&workers) {
            return Err(LiveError::Option {
                option: "a number of workers",
                given: workers as u64,
                least: 1,
                most: 256,
            });
        }
        let opened = (0..workers).map(|_| socket::open(options, shape)).collect::<Result<Vec<_>, _>>()?;
        if workers > 1 {
            socket::share(&opened, options.defragment)?;
        }
        for source in &opened {
            socket::admit(&source.socket, options.snap_length)?;
        }
        Ok(opened.into_iter().map(|source| Self::new(source, options)).collect())
    }

    /// Hands the frames of the next block to `sink`, in order, at most [`LIVE_BATCH`](super::LIVE_BATCH) at a time; waits
    /// for one where there is none, no longer than `wait`. Frames stand in the ring, and their memory goes back to the
    /// kernel before this returns.
    ///
    /// # Errors
    /// [`LiveError::Gone`] where the interface was removed, [`LiveError::System`] where waiting fails.
    pub fn poll(&mut self, wait: Duration, sink: impl FnMut(&[Frame<'_>])) -> Result<Polled, LiveError> {
        if self.asked.elapsed() >= ASK_EVERY {
            self.ask()?;
        }
        if !self.ring.is_ready(self.next)
            && let Some(ended) = self.wait(wait)?
        {
            return Ok(ended);
        }
        let Some(block) = self.ring.ready(self.next) else { return Ok(Polled::Idle) };
        let found = block::deliver(block, self.link, sink);
        self.ring.give_back(self.next);
        self.next = (self.next + 1) % self.ring.blocks();
        self.statistics.frames += found.frames;
        self.statistics.bytes += found.bytes;
        self.statistics.unreadable += found.unreadable;
        Ok(Polled::Frames(found.frames))
    }

    /// What is known of the packets since the source was opened. What the kernel counts is not older than a second before
    /// the last [`poll`](Self::poll).
    #[must_use]
    pub fn counted(&self) -> LiveStatistics {
        self.statistics
    }

    /// As [`counted`](Self::counted), after asking the kernel.
    ///
    /// # Errors
    /// [`LiveError::System`] where the kernel does not answer.
    pub fn statistics(&mut self) -> Result<LiveStatistics, LiveError> {
        self.ask()?;
        Ok(self.statistics)
    }

    /// Share of the ring's blocks that wait to be read, from 0 to 1. Looks at every block.
    #[must_use]
    pub fn occupancy(&self) -> f64 {
        let waiting = (0..self.ring.blocks()).filter(|&number| self.ring.is_ready(number)).count();
        waiting as f64 / self.ring.blocks() as f64
    }

    /// How frames begin.
    #[must_use]
    pub fn link(&self) -> LinkType {
        self.link
    }

    /// Name of the interface.
    #[must_use]
    pub fn interface(&self) -> &str {
        &self.interface
    }

    fn new(opened: Opened, options: &LiveOptions) -> Self {
        let Opened { socket, ring, link, index } = opened;
        Self {
            ring,
            socket,
            interface: options.interface.clone(),
            index,
            link,
            next: 0,
            statistics: LiveStatistics::default(),
            asked: Instant::now(),
        }
    }

    /// Waits for a block; what [`poll`](Self::poll) returns where it need not look for one.
    fn wait(&mut self, wait: Duration) -> Result<Option<Polled>, LiveError> {
        let timeout = Timespec::try_from(wait).map_err(|_| LiveError::Option {
            option: "a time to wait, in seconds,",
            given: wait.as_secs(),
            least: 0,
            most: i64::MAX as u64,
        })?;
        let mut ready = [PollFd::new(&self.socket, PollFlags::IN)];
        match poll(&mut ready, Some(&timeout)) {
            Ok(_) => {}
            Err(Errno::INTR) => return Ok(Some(Polled::Idle)),
            Err(error) => return Err(LiveError::System { what: "waiting for frames", source: error.into() }),
        }
        let failed = ready.iter().any(|ready| ready.revents().intersects(PollFlags::ERR | PollFlags::NVAL));
        if failed { self.failure() } else { Ok(None) }
    }

    /// What the socket has to say of the interface.
    #[cold]
    fn failure(&mut self) -> Result<Option<Polled>, LiveError> {
        match self.socket.take_error().map_err(LiveError::system("SO_ERROR"))? {
            Some(error) if socket::is_down(&error) => {
                self.statistics.downs += 1;
                if index_to_name(&self.socket, self.index).is_err() {
                    return Err(LiveError::Gone { interface: self.interface.clone() });
                }
                Ok(Some(Polled::Down))
            }
            Some(error) => Err(LiveError::System { what: "capturing", source: error }),
            None => Ok(None),
        }
    }

    /// Adds up what the kernel has counted since it was last asked, which is what it tells.
    fn ask(&mut self) -> Result<(), LiveError> {
        let none = libc::tpacket_stats_v3 { tp_packets: 0, tp_drops: 0, tp_freeze_q_cnt: 0 };
        let counts =
            get_option(&self.socket, libc::PACKET_STATISTICS, none).map_err(LiveError::system("PACKET_STATISTICS"))?;
        self.statistics.received += u64::from(counts.tp_packets);
        self.statistics.dropped += u64::from(counts.tp_drops);
        self.statistics.freezes += u64::from(counts.tp_freeze_q_cnt);
        self.asked = Instant::now();
        Ok(())
    }
}

impl AsFd for LiveSource {
    /// The socket, to be waited for together with others: it is readable when a block is ready.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
