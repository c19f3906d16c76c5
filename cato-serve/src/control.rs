//! What the outside asks of a server while it runs.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

/// Requests, each made by setting a flag, so that signal handlers can make them.
#[derive(Clone, Debug, Default)]
pub struct Control {
    stop: Arc<AtomicBool>,
    reopen: Arc<AtomicBool>,
    reload: Arc<AtomicBool>,
}

impl Control {
    /// Nothing asked for.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Listens to signals from here on: SIGINT and SIGTERM ask to [stop](Self::stop), SIGHUP to [re-open](Self::reopen)
    /// and to [read the pool again](Self::takes_reload). A second SIGINT ends the process at once.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn listen(&self) -> io::Result<()> {
        // Looks at the flag before the first signal sets it.
        flag::register_conditional_shutdown(SIGINT, 128 + SIGINT, Arc::clone(&self.stop))?;
        for signal in [SIGINT, SIGTERM] {
            flag::register(signal, Arc::clone(&self.stop))?;
        }
        for asked in [&self.reopen, &self.reload] {
            flag::register(SIGHUP, Arc::clone(asked))?;
        }
        Ok(())
    }

    /// Asks to take nothing in any more, give the verdicts on all open flows, write them, and end.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Asks to open the sink's file again, as is wanted after it was renamed.
    pub fn reopen(&self) {
        self.reopen.store(true, Ordering::Relaxed);
    }

    /// Whether stopping was asked for.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether reading the pool again is asked for, which it is then no longer. Whoever runs the server sees to it, with
    /// [`Server::replace`](super::Server::replace).
    #[must_use]
    pub fn takes_reload(&self) -> bool {
        self.reload.load(Ordering::Relaxed) && self.reload.swap(false, Ordering::Relaxed)
    }

    /// Whether re-opening is asked for.
    pub(crate) fn asks_reopen(&self) -> bool {
        self.reopen.load(Ordering::Relaxed)
    }

    /// Whether re-opening is asked for, which it is then no longer.
    pub(crate) fn takes_reopen(&self) -> bool {
        self.asks_reopen() && self.reopen.swap(false, Ordering::Relaxed)
    }
}
