//! Frames in memory, for measuring.

use std::path::Path;

use cato_runtime::{Frame, LinkType};

use super::record::{read_inputs, write_inputs};
use super::seal::{SealReader, SealWriter};
use super::{CaptureReader, Error, Input, Inputs};

/// The last character is the version.
const KIND: &[u8; 8] = b"catotrc1";

/// How much is taken into a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceOptions {
    /// The most frames.
    pub max_frames: u64,
    /// The most captured bytes.
    pub max_bytes: u64,
    /// The files, in the order of their names, are parts of one capture.
    pub merge: bool,
}

impl Default for TraceOptions {
    fn default() -> Self {
        Self { max_frames: 400_000, max_bytes: 512 << 20, merge: false }
    }
}

/// Frames of captures, in order, in segments that stand for one capture each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    files: Vec<Input>,
    /// Where in `frames` each segment ends.
    ends: Vec<usize>,
    frames: Vec<Stored>,
    bytes: Vec<u8>,
    left_out: LeftOut,
}

/// What did not fit into a trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Files of which nothing was taken.
    pub files: u64,
    /// The last file was taken in part.
    pub cut: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stored {
    time_ns: u64,
    wire_len: u32,
    /// Captured bytes; frames lie one after the other.
    len: u32,
    link: Option<LinkType>,
}

impl Trace {
    /// Reads the frames of `inputs`, all of them where they fit.
    ///
    /// Otherwise whole files are taken, spread evenly over the input, until one does not fit; of that one the beginning
    /// is taken where the trace would be less than half full without it. Where files are parts of one capture, the
    /// beginning of that is taken. Files that are no capture are passed over, as
    /// [`FlowRecords::read`](super::FlowRecords::read) does.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Capture`].
    pub fn collect(inputs: &Inputs, options: &TraceOptions) -> Result<Self, Error> {
        if options.merge {
            let mut trace = Self::take(inputs.by_name().files().iter(), options)?;
            trace.files.truncate(1);
            trace.ends = trace.files.iter().map(|_| trace.frames.len()).collect();
            return Ok(trace);
        }
        let trace = Self::take(inputs.files().iter(), options)?;
        if trace.left_out == LeftOut::default() {
            return Ok(trace);
        }
        Self::take(spread(inputs.files()), options)
    }

    /// The capture that each segment stands for; for a merged one, its first file.
    #[must_use]
    pub fn files(&self) -> &[Input] {
        &self.files
    }

    /// What did not fit.
    #[must_use]
    pub fn left_out(&self) -> LeftOut {
        self.left_out
    }

    /// The number of frames.
    #[must_use]
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether there are no frames.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// The frames as the driver takes them, to be made once.
    #[must_use]
    pub fn frames(&self) -> TraceFrames<'_> {
        let mut rest = self.bytes.as_slice();
        let frames = (self.frames.iter())
            .map(|stored| {
                let (data, after) = rest.split_at_checked(stored.len as usize).unwrap_or((&[], &[]));
                rest = after;
                Frame { link: stored.link, wire_len: stored.wire_len, time_ns: stored.time_ns, data }
            })
            .collect();
        TraceFrames { frames, ends: &self.ends }
    }

    /// A hash of the frames and their segments, the same wherever and under whatever name the captures lie.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for end in &self.ends {
            hasher.update(&(*end as u64).to_le_bytes());
        }
        for stored in &self.frames {
            hasher.update(&stored.to_bytes());
        }
        hasher.update(&self.bytes);
        hasher.finalize().to_hex().to_string()
    }

    /// Writes the trace to a file, whole or not at all.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        let mut file = SealWriter::create(path, KIND)?;
        write_inputs(&mut file, &self.files)?;
        file.u64(self.left_out.files)?;
        file.u8(u8::from(self.left_out.cut))?;
        file.items(&self.ends, |end| (*end as u64).to_le_bytes())?;
        file.items(&self.frames, |stored| stored.to_bytes())?;
        file.count(self.bytes.len())?;
        file.bytes(&self.bytes)?;
        file.finish()
    }

    /// Reads what [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// [`Error::Io`], or [`Error::Sealed`] for a file that is damaged or of another version.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let mut file = SealReader::open(path, KIND)?;
        let files = read_inputs(&mut file)?;
        let left_out = LeftOut { files: file.u64()?, cut: file.u8()? != 0 };
        let ends: Vec<usize> = file.items(|end| usize::try_from(u64::from_le_bytes(*end)).ok())?;
        let frames = file.items(Stored::from_bytes)?;
        let len = file.count()?;
        let bytes = file.bytes(len)?.to_vec();
        let held: u64 = frames.iter().map(|stored| u64::from(stored.len)).sum();
        let in_order = ends.is_sorted() && ends.last().copied().unwrap_or(0) == frames.len();
        if !in_order || ends.len() != files.len() || held != len as u64 {
            return Err(file.wrong());
        }
        file.finish()?;
        Ok(Self { files, ends, frames, bytes, left_out })
    }

    /// Takes files in the order given.
    fn take<'a>(mut files: impl Iterator<Item = &'a Input>, options: &TraceOptions) -> Result<Self, Error> {
        let mut trace = Self::default();
        let mut first_error = None;
        for input in files.by_ref() {
            let before = (trace.frames.len(), trace.bytes.len());
            let whole = match trace.append(input, options) {
                Ok(whole) => whole,
                Err(error) if input.given => return Err(error),
                Err(error) => {
                    first_error.get_or_insert(error);
                    continue;
                }
            };
            let half_full = before.0 as u64 >= options.max_frames / 2 || before.1 as u64 >= options.max_bytes / 2;
            if whole || !half_full || options.merge {
                trace.files.push(input.clone());
                trace.ends.push(trace.frames.len());
                trace.left_out.cut = !whole;
            } else {
                trace.frames.truncate(before.0);
                trace.bytes.truncate(before.1);
                trace.left_out.files = 1;
            }
            if !whole {
                break;
            }
        }
        trace.left_out.files += files.count() as u64;
        match first_error {
            Some(error) if trace.files.is_empty() => Err(error),
            _ => Ok(trace),
        }
    }

    /// Appends the frames of one file; `false` where not all fitted.
    fn append(&mut self, input: &Input, options: &TraceOptions) -> Result<bool, Error> {
        let mut capture = CaptureReader::open_as(&input.path, &input.name)?;
        while let Some(Frame { link, wire_len, time_ns, data }) = capture.next_frame()? {
            let fits = (self.frames.len() as u64) < options.max_frames
                && (self.bytes.len() + data.len()) as u64 <= options.max_bytes;
            if !fits {
                return Ok(false);
            }
            self.frames.push(Stored { time_ns, wire_len, len: data.len() as u32, link });
            self.bytes.extend_from_slice(data);
        }
        Ok(true)
    }
}

/// The files in an order of which every beginning is spread over the whole: by their places with the bits reversed.
fn spread(files: &[Input]) -> impl Iterator<Item = &Input> {
    let mut places: Vec<usize> = (0..files.len()).collect();
    places.sort_by_key(|place| place.reverse_bits());
    places.into_iter().filter_map(|place| files.get(place))
}

/// The frames of a [`Trace`].
#[derive(Clone, Debug)]
pub struct TraceFrames<'a> {
    frames: Vec<Frame<'a>>,
    ends: &'a [usize],
}

impl<'a> TraceFrames<'a> {
    /// The frames of each capture.
    pub fn segments(&self) -> impl Iterator<Item = &[Frame<'a>]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(self.ends).map(|(start, &end)| self.frames.get(start..end).unwrap_or(&[]))
    }

    /// The frames of all captures.
    #[must_use]
    pub fn all(&self) -> &[Frame<'a>] {
        &self.frames
    }
}

impl Stored {
    const LEN: usize = 20;

    fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..8].copy_from_slice(&self.time_ns.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.wire_len.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.len.to_le_bytes());
        bytes[16..].copy_from_slice(&self.link.map_or(NO_LINK, link_number).to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8; Self::LEN]) -> Option<Self> {
        let (time, rest) = bytes.split_first_chunk()?;
        let (wire_len, rest) = rest.split_first_chunk()?;
        let (len, rest) = rest.split_first_chunk()?;
        let link = match u32::from_le_bytes(*rest.first_chunk()?) {
            NO_LINK => None,
            number => Some(LinkType::from_capture(number)?),
        };
        Some(Self {
            time_ns: u64::from_le_bytes(*time),
            wire_len: u32::from_le_bytes(*wire_len),
            len: u32::from_le_bytes(*len),
            link,
        })
    }
}

const NO_LINK: u32 = u32::MAX;

/// A LINKTYPE value that stands for the link layer.
const fn link_number(link: LinkType) -> u32 {
    match link {
        LinkType::Ethernet => 1,
        LinkType::RawIp => 101,
        LinkType::Null => 0,
        LinkType::Ppp => 9,
        LinkType::LinuxSll => 113,
        LinkType::LinuxSll2 => 276,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::testing::{Folder, syn};
    use super::*;

    /// Captures of one frame a second, each as many as said.
    fn captures(frames: &[usize]) -> (Folder, Inputs) {
        let folder = Folder::new();
        for (number, &frames) in frames.iter().enumerate() {
            let frames: Vec<_> = (0..frames).map(|second| (second as u64, syn(number as u16, second as u16))).collect();
            folder.capture(&format!("{number}.pcap"), &frames);
        }
        let inputs = Inputs::collect(&[folder.path().to_owned()]).unwrap();
        (folder, inputs)
    }

    fn lens(trace: &Trace) -> Vec<(&str, usize)> {
        let frames = trace.frames();
        let lens: Vec<_> = frames.segments().map(<[_]>::len).collect();
        trace.files().iter().map(|file| file.name.as_str()).zip(lens).collect()
    }

    fn collect(inputs: &Inputs, max_frames: u64, merge: bool) -> Trace {
        Trace::collect(inputs, &TraceOptions { max_frames, merge, ..TraceOptions::default() }).unwrap()
    }

    #[test]
    fn all_is_taken_where_it_fits() {
        let (_folder, inputs) = captures(&[3, 2, 0, 4]);
        let trace = collect(&inputs, 9, false);
        assert_eq!(lens(&trace), [("0.pcap", 3), ("1.pcap", 2), ("2.pcap", 0), ("3.pcap", 4)]);
        assert_eq!(trace.left_out(), LeftOut::default());
        assert_eq!(trace.frames().all().len(), trace.len());
        assert_eq!(trace.frames().all()[1].time_ns, 1);
    }

    #[test]
    fn whole_files_are_spread_and_cut_only_to_fill_half() {
        let (_folder, inputs) = captures(&[1, 5, 9, 5]);
        let trace = collect(&inputs, 8, false);
        assert_eq!(lens(&trace), [("0.pcap", 1), ("2.pcap", 7)]);
        assert_eq!(trace.left_out(), LeftOut { files: 2, cut: true });
        let (_folder, inputs) = captures(&[3, 3, 3, 3]);
        let trace = collect(&inputs, 8, false);
        assert_eq!(lens(&trace), [("0.pcap", 3), ("2.pcap", 3)]);
        assert_eq!(trace.left_out(), LeftOut { files: 2, cut: false });
        let trace = collect(&inputs, 6, false);
        assert_eq!(lens(&trace), [("0.pcap", 3), ("2.pcap", 3)]);
        assert_eq!(trace.left_out(), LeftOut { files: 2, cut: false });
        let trace = collect(&inputs, 2, false);
        assert_eq!(lens(&trace), [("0.pcap", 2)]);
        assert_eq!(trace.left_out(), LeftOut { files: 3, cut: true });
    }

    #[test]
    fn parts_of_one_capture_are_one_segment() {
        let (_folder, inputs) = captures(&[3, 3, 3]);
        assert_eq!(lens(&collect(&inputs, 100, true)), [("0.pcap", 9)]);
        let trace = collect(&inputs, 5, true);
        assert_eq!(lens(&trace), [("0.pcap", 5)]);
        assert_eq!(trace.left_out(), LeftOut { files: 1, cut: true });
    }

    #[test]
    fn bytes_are_bounded_too() {
        let (_folder, inputs) = captures(&[100]);
        let whole = collect(&inputs, 100, false);
        let max_bytes = whole.frames().all().iter().take(10).map(|frame| frame.data.len() as u64).sum();
        let trace = Trace::collect(&inputs, &TraceOptions { max_bytes, ..TraceOptions::default() }).unwrap();
        assert_eq!(lens(&trace), [("0.pcap", 10)]);
    }

    #[test]
    fn a_trace_survives_the_disk() {
        let (folder, inputs) = captures(&[3, 1]);
        let trace = collect(&inputs, 100, false);
        let path = folder.path().join("trace");
        trace.save(&path).unwrap();
        let loaded = Trace::load(&path).unwrap();
        assert_eq!(loaded, trace);
        assert_eq!(loaded.hash(), trace.hash());
        assert_ne!(loaded.hash(), collect(&inputs, 3, false).hash());

        let mut bytes = std::fs::read(&path).unwrap();
        bytes[100] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(matches!(Trace::load(&path), Err(Error::Sealed { .. })));
    }

    #[test]
    fn every_link_layer_has_a_number() {
        let known = [0, 1, 9, 101, 113, 276].map(|number| LinkType::from_capture(number).unwrap());
        for link in known {
            assert_eq!(LinkType::from_capture(link_number(link)), Some(link));
        }
    }

    #[test]
    fn what_is_no_capture_is_passed_over_in_folders_only() {
        let (folder, inputs) = captures(&[2]);
        std::fs::write(folder.path().join("note.txt"), "not a capture").unwrap();
        let all = Inputs::collect(&[folder.path().to_owned()]).unwrap();
        assert_eq!(collect(&all, 9, false).hash(), collect(&inputs, 9, false).hash());
        let given: PathBuf = folder.path().join("note.txt");
        let given = Inputs::collect(&[given]).unwrap();
        assert!(matches!(Trace::collect(&given, &TraceOptions::default()), Err(Error::Capture { .. })));
    }
}
