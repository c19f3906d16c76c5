//! Compression around a capture, recognised by its first bytes.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::window::Window;
use super::{Error, Layer};

const GZIP: [u8; 3] = [0x1f, 0x8b, 8];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// A Zstandard stream may begin with a frame to skip, whose magic number ends in any of sixteen digits.
const ZSTD_SKIPPABLE: [u8; 3] = [0x2a, 0x4d, 0x18];

/// Opens `path` and undoes its compression, if there is any; members and frames that follow each other are one stream.
///
/// # Errors
/// [`Error::Io`] where the file cannot be opened, or not even its first bytes be read.
pub(super) fn open(path: &Path) -> Result<Window, Error> {
    let mut file = File::open(path).map_err(Error::io(path))?;
    let mut head = Vec::with_capacity(ZSTD.len());
    file.by_ref().take(ZSTD.len() as u64).read_to_end(&mut head).map_err(Error::io(path))?;
    let layer = recognise(&head);
    let whole = BufReader::with_capacity(1 << 16, io::Cursor::new(head).chain(file));
    let source: Box<dyn Read + Send> = match layer {
        Layer::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(whole)),
        Layer::Zstd => Box::new(zstd::Decoder::with_buffer(whole).map_err(Error::io(path))?),
        _ => Box::new(whole),
    };
    Ok(Window::new(source, layer))
}

fn recognise(head: &[u8]) -> Layer {
    let skippable =
        head.get(1..).is_some_and(|rest| rest == ZSTD_SKIPPABLE) && head.first().is_some_and(|first| first >> 4 == 5);
    if head.starts_with(&GZIP) {
        Layer::Gzip
    } else if head.starts_with(&ZSTD) || skippable {
        Layer::Zstd
    } else {
        Layer::File
    }
}
