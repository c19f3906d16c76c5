//! A file, pipe or terminal that lines are written to, and only whole lines.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;

use super::block::Block;
use super::{Refusal, SinkSpec};

/// Up to here a pipe takes all or nothing, and so does one page of a file.
const ATOMIC: u64 = 4096;
/// How long a pipe is waited for before the caller is asked whether to go on.
const SLICE: Duration = Duration::from_millis(20);
/// How often a file that could not be opened is tried again.
const TRY_AGAIN: Duration = Duration::from_millis(100);
/// How far back the beginning of a last line is looked for.
const LAST_LINE: u64 = 1 << 16;
/// How every line begins.
const LINE_START: &[u8] = b"{\"file\":";

/// Where lines go.
#[derive(Debug)]
pub(crate) struct Outlet {
    spec: SinkSpec,
    open: Option<Open>,
    /// What kept it from being opened the last time.
    refused: Refusal,
    tried: Instant,
}

#[derive(Debug)]
struct Open {
    file: File,
    /// Of a file: where the next byte goes, and whether it can be cut. `None` of pipes and the like.
    place: Option<u64>,
    /// What is still to be written of a line that was only taken in part, and could not be taken back.
    rest: Vec<u8>,
}

impl Outlet {
    /// Opens the place that `spec` names. A pipe without a reader and a full disk may get better later, and are no errors.
    ///
    /// # Errors
    /// Where the file can never be opened as things stand.
    pub(crate) fn open(spec: SinkSpec) -> io::Result<Self> {
        let mut outlet = Self { spec, open: None, refused: Refusal::Closed, tried: Instant::now() };
        match outlet.try_open() {
            Err(error) if outlet.refused == Refusal::Failed => Err(error),
            _ => Ok(outlet),
        }
    }

    /// Whether lines are looked at at all.
    pub(crate) fn is_null(&self) -> bool {
        self.spec == SinkSpec::Null
    }

    /// Opens the file by its name again. Where that fails, lines go on into the one that is open.
    pub(crate) fn reopen(&mut self) -> io::Result<()> {
        match self.spec {
            SinkSpec::File(_) => self.try_open(),
            SinkSpec::Null | SinkSpec::Stdout => Ok(()),
        }
    }

    /// Writes the lines of `block` from the one numbered `from` on, and says how many of the block are then written, and why no
    /// more are. While a pipe is full, `patient` is asked again and again whether to wait on.
    pub(crate) fn write(
        &mut self,
        block: &Block,
        from: usize,
        mut patient: impl FnMut() -> bool,
    ) -> (usize, Option<Refusal>) {
        if self.is_null() {
            return (block.len(), None);
        }
        if self.open.is_none() && self.tried.elapsed() >= TRY_AGAIN {
            // What is wrong is said of the lines.
            let _ = self.try_open();
        }
        let Some(open) = &mut self.open else { return (from, Some(self.refused)) };
        let mut written = from;
        while written < block.len() {
            match open.write_some(block, written, &mut patient) {
                Ok(now) => written = now,
                Err(error) => return (written, Some(refusal(&error))),
            }
        }
        (written, None)
    }

    fn try_open(&mut self) -> io::Result<()> {
        self.tried = Instant::now();
        let opened = match &self.spec {
            SinkSpec::Null => return Ok(()),
            SinkSpec::Stdout => io::stdout().as_fd().try_clone_to_owned().map(File::from),
            SinkSpec::File(path) => open_file(path),
        };
        self.open = Some(opened.and_then(Open::new).inspect_err(|error| self.refused = refusal(error))?);
        Ok(())
    }
}

impl Open {
    fn new(mut file: File) -> io::Result<Self> {
        let place = if file.metadata()?.is_file() { Some(file.seek(SeekFrom::End(0))?) } else { None };
        Ok(Self { file, place, rest: Vec::new() })
    }

    /// Writes some of the lines from `from` on with one call, and says how many are then written.
    fn write_some(&mut self, block: &Block, from: usize, patient: &mut impl FnMut() -> bool) -> io::Result<usize> {
        if self.place.is_none() {
            self.wait(patient)?;
        }
        if !self.rest.is_empty() {
            let taken = retried(|| self.file.write(&self.rest))?;
            self.rest.drain(..taken);
            return Ok(from);
        }
        let (start, to) = (block.end(from), self.reach(block, from));
        let bytes = block.bytes().get(start..block.end(to)).unwrap_or(&[]);
        let taken = retried(|| self.file.write(bytes))?;
        if taken == 0 {
            return Err(ErrorKind::WriteZero.into());
        }
        self.place = self.place.map(|place| place + taken as u64);
        let whole = block.whole(start + taken);
        let over = start + taken - block.end(whole);
        if over == 0 {
            return Ok(whole);
        }
        if self.cut(over as u64).is_err() {
            let rest = block.bytes().get(start + taken..block.end(whole + 1)).unwrap_or(&[]);
            self.rest = rest.to_vec();
            return Ok(whole + 1);
        }
        // The system says why only where it takes nothing at all, and there is room for half a line.
        if whole == from { Err(ErrorKind::StorageFull.into()) } else { Ok(whole) }
    }

    /// Up to which line the next call writes: as many as end before the next page does, since the kernel may break off
    /// between pages when the process is killed, but one at least.
    fn reach(&self, block: &Block, from: usize) -> usize {
        let room = ATOMIC - self.place.unwrap_or(0) % ATOMIC;
        block.whole(block.end(from) + room as usize).max(from + 1)
    }

    /// Takes the last `over` bytes out of the file again.
    fn cut(&mut self, over: u64) -> io::Result<()> {
        let place = self.file.stream_position()?;
        if self.place.is_none() || self.file.metadata()?.len() != place || place < over {
            return Err(ErrorKind::Unsupported.into());
        }
        self.file.set_len(place - over)?;
        // Where the file was not opened to append, this is where the next line goes.
        self.place = Some(self.file.seek(SeekFrom::Start(place - over))?);
        Ok(())
    }

    /// Waits until the other side takes something.
    fn wait(&self, patient: &mut impl FnMut() -> bool) -> io::Result<()> {
        let slice = Timespec { tv_sec: 0, tv_nsec: i64::from(SLICE.subsec_nanos()) };
        loop {
            let mut ready = [PollFd::new(&self.file, PollFlags::OUT)];
            match poll(&mut ready, Some(&slice)) {
                Ok(0) | Err(rustix::io::Errno::INTR) if !patient() => return Err(ErrorKind::TimedOut.into()),
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Opens a file to append to, made where it is not there, or a pipe without waiting for its reader.
fn open_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true);
    if path.metadata().is_ok_and(|data| data.file_type().is_fifo()) {
        return options.custom_flags(OFlags::NONBLOCK.bits() as i32).open(path);
    }
    let mut file = options.create(true).open(path)?;
    if file.metadata()?.is_file() {
        end_last_line(path, &mut file)?;
    }
    Ok(file)
}

/// Sees to it that the file's last line has ended: half a line of a verdict is cut off, any other is ended.
fn end_last_line(path: &Path, file: &mut File) -> io::Result<()> {
    let len = file.metadata()?.len();
    let Ok(mut reader) = File::open(path) else { return Ok(()) };
    let from = len.saturating_sub(LAST_LINE);
    reader.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    reader.take(len - from).read_to_end(&mut tail)?;
    let begun = tail.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    match tail.get(begun..).unwrap_or(&[]) {
        [] => Ok(()),
        half if half.starts_with(LINE_START) || LINE_START.starts_with(half) => file.set_len(from + begun as u64),
        _ => file.write_all(b"\n"),
    }
}

/// Tries again where a signal came in between.
fn retried(mut write: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match write() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

fn refusal(error: &io::Error) -> Refusal {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Refusal::DiskFull,
        ErrorKind::BrokenPipe => Refusal::Closed,
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Refusal::Blocked,
        // A pipe without a reader.
        _ if error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) => Refusal::Closed,
        _ => Refusal::Failed,
    }
}

#[cfg(test)]
mod tests {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;
    use crate::Answer;

    fn block(lines: usize) -> Block {
        let mut block = Block::new();
        for _ in 0..lines {
            block.push(&Answer::NOTHING, &[], Some("a"), Instant::now());
        }
        block
    }

    #[test]
    fn calls_end_where_pages_do_but_for_one_line() {
        let file = tempfile::tempfile().unwrap();
        let block = block(100);
        let line = block.end(1);
        for place in [0, 1, 4000, 4095, 4096, 10_000] {
            let open = Open { file: file.try_clone().unwrap(), place: Some(place), rest: Vec::new() };
            let (page, to) = (place as usize / 4096, open.reach(&block, 3));
            let end = place as usize + (to - 3) * line;
            assert!(to == 4 || page == (end - 1) / 4096, "{place} to {end}");
            // Not one line earlier than it has to be.
            assert!((end + line - 1) / 4096 > page, "{place} to {end}");
        }
    }

    #[test]
    fn what_was_taken_of_a_line_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        let mut outlet = Outlet::open(SinkSpec::File(path.clone())).unwrap();
        let block = block(3);
        assert_eq!(outlet.write(&block, 0, || true), (3, None));
        let open = outlet.open.as_mut().unwrap();
        open.cut(10).unwrap();
        assert_eq!(open.place, Some(block.end(3) as u64 - 10));
        open.cut(block.end(1) as u64 - 10).unwrap();
        assert_eq!(outlet.write(&block, 2, || true), (3, None));
        assert_eq!(std::fs::read(&path).unwrap(), block.bytes());
    }

    #[test]
    fn a_pipe_gets_whole_lines_as_it_has_room_and_is_opened_when_it_has_a_reader() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let mut outlet = Outlet::open(SinkSpec::File(path.clone())).unwrap();
        let block = block(Block::MOST);
        assert_eq!(outlet.write(&block, 0, || true), (0, Some(Refusal::Closed)));

        let mut reader =
            OpenOptions::new().read(true).custom_flags(OFlags::NONBLOCK.bits() as i32).open(&path).unwrap();
        std::thread::sleep(TRY_AGAIN);
        let mut written = 0;
        let refused = loop {
            let (lines, refused) = outlet.write(&block, 0, || false);
            written += lines;
            if refused.is_some() {
                break refused;
            }
        };
        assert_eq!(refused, Some(Refusal::Blocked));
        let mut bytes = Vec::new();
        // Ends with the error of a pipe that is empty for now.
        let _ = reader.read_to_end(&mut bytes);
        assert_eq!((bytes.len(), bytes.last()), (written * block.end(1), Some(&b'\n')));
        drop(reader);
        assert_eq!(outlet.write(&block, 0, || true), (0, Some(Refusal::Closed)));
    }
}
