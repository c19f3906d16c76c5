//! What all commands share: where to print, where to cache.

use std::fmt;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use serde::Serialize;
use tracing_subscriber::EnvFilter;

use crate::cli::Cli;

/// The surroundings of a command.
#[derive(Debug)]
pub(super) struct Context {
    /// Whether stdout is for one JSON document.
    pub(super) json: bool,
    /// Whether only warnings are wanted.
    pub(super) quiet: bool,
    cache: Option<PathBuf>,
}

impl Context {
    pub(super) fn new(cli: &Cli) -> Self {
        let level = if cli.quiet { "warn" } else { "info" };
        let filter = EnvFilter::try_from_env("CATO_LOG").unwrap_or_else(|_| EnvFilter::new(level));
        // A second subscriber is refused, which only happens where a test set one.
        let _ = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .without_time()
            .try_init();
        Self { json: cli.json, quiet: cli.quiet, cache: cli.cache.clone() }
    }

    /// The folder for what is kept between runs; made where it is not there.
    pub(super) fn cache(&self) -> anyhow::Result<PathBuf> {
        let folder = match &self.cache {
            Some(folder) => folder.clone(),
            None => {
                dirs::cache_dir().context("there is no cache folder for this user; name one with --cache")?.join("cato")
            }
        };
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the cache folder {}", folder.display()))?;
        Ok(std::path::absolute(folder)?)
    }

    /// Prints the command's result: as the JSON document where that was asked for, else as text for people.
    pub(super) fn result(&self, document: &impl Serialize, text: impl fmt::Display) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        if self.json {
            serde_json::to_writer_pretty(&mut out, document).map_err(std::io::Error::from)?;
            writeln!(out)?;
        } else {
            write!(out, "{text}")?;
        }
        Ok(out.flush()?)
    }

    /// Prints a line about what is going on to stderr.
    pub(super) fn say(&self, line: impl fmt::Display) {
        if !self.quiet {
            eprintln!("{line}");
        }
    }
}
