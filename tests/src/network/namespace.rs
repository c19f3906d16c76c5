//! Network namespaces.

use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use anyhow::{Context as _, bail};
use rustix::thread::{UnshareFlags, gettid, unshare_unsafe};

type Job = Box<dyn FnOnce() + Send>;

/// A network namespace, and the thread that lives in it.
#[derive(Debug)]
pub struct Namespace {
    /// Dropped first, so that the thread ends.
    jobs: Option<Sender<Job>>,
    thread: Option<thread::JoinHandle<()>>,
    /// Number of the thread in the system, by which others find the namespace.
    number: i32,
}

impl Namespace {
    /// A new namespace whose loopback is up; `None`, with a word on why, where the system does not allow one.
    #[must_use]
    pub fn new() -> Option<Self> {
        match Self::made() {
            Ok(namespace) => Some(namespace),
            Err(error) => {
                println!("skipped: no network namespace: {error:#}");
                None
            }
        }
    }

    fn made() -> anyhow::Result<Self> {
        let (jobs, todo): (Sender<Job>, Receiver<Job>) = channel();
        let (ready, made) = channel();
        let thread = thread::Builder::new().name("namespace".to_owned()).spawn(move || {
            // SAFETY: what is unshared is the network namespace of this thread alone; no memory, no file descriptor and no
            // other thread is concerned.
            let unshared = unsafe { unshare_unsafe(UnshareFlags::NEWNET) };
            let number = gettid().as_raw_nonzero().get();
            if ready.send(unshared.map(|()| number)).is_ok() && unshared.is_ok() {
                todo.iter().for_each(|job| job());
            }
        })?;
        let number = made.recv()?.context("unshare")?;
        let namespace = Self { jobs: Some(jobs), thread: Some(thread), number };
        namespace.ip("link set lo up")?;
        Ok(namespace)
    }

    /// Does something in the namespace, such as opening a socket or starting a program, and waits for it.
    ///
    /// # Panics
    /// Where what is done panics.
    pub fn within<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let (done, result) = channel();
        let job = Box::new(move || {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
            // Whoever asked is waiting.
            let _ = done.send(outcome);
        });
        self.jobs.as_ref().expect("there until dropped").send(job).expect("the thread lives");
        match result.recv().expect("the thread lives") {
            Ok(value) => value,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    /// Runs `ip` with these words in the namespace.
    ///
    /// # Errors
    /// What `ip` says, or that it is not there.
    pub fn ip(&self, words: &str) -> anyhow::Result<()> {
        let given = words.to_owned();
        let output =
            self.within(move || Command::new("ip").args(given.split_whitespace()).output()).context("starting ip")?;
        if !output.status.success() {
            bail!("ip {words}: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(())
    }

    /// Joins this namespace with `other` by a pair of virtual Ethernet interfaces, `here` in this and `there` in that one,
    /// both up and without addresses; nothing but what is sent by hand passes them.
    ///
    /// # Errors
    /// What `ip` says.
    pub fn join(&self, here: &str, other: &Self, there: &str) -> anyhow::Result<()> {
        let elsewhere = other.number;
        self.ip(&format!("link add {here} type veth peer name {there} netns {elsewhere}"))?;
        for (namespace, interface) in [(self, here), (other, there)] {
            // Without it the kernel would send greetings of IPv6 as soon as an interface is up.
            namespace.ip(&format!("link set {interface} addrgenmode none"))?;
            namespace.ip(&format!("link set {interface} up"))?;
        }
        Ok(())
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic of what was done within was handed on already.
            let _ = thread.join();
        }
    }
}

/// Whether so many packet sockets of this thread's namespace are bound to an interface and receive.
#[must_use]
pub fn is_captured_from(sockets: usize) -> bool {
    let table = std::fs::read_to_string("/proc/thread-self/net/packet").unwrap_or_default();
    let bound = table.lines().skip(1).filter(|line| {
        // Address, references, type, protocol, interface, running, and more.
        let columns: Vec<_> = line.split_whitespace().collect();
        matches!(columns.as_slice(), [_, _, _, _, interface, "1", ..] if *interface != "0")
    });
    bound.count() >= sockets
}
