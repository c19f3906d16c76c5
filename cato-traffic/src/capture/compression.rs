//! Compression around a capture, recognised by its first bytes.

use std::io::{self, BufReader, Read};

use super::Layer;
use super::window::Window;

const GZIP: [u8; 3] = [0x1f, 0x8b, 8];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// A Zstandard stream may begin with a frame to skip, whose magic number ends in any of sixteen digits.
const ZSTD_SKIPPABLE: [u8; 3] = [0x2a, 0x4d, 0x18];

/// Undoes the compression of `stream`, if there is any; members and frames that follow each other are one stream.
///
/// # Errors
/// Where not even the first bytes can be read.
pub(super) fn undo(mut stream: impl Read + Send + 'static) -> io::Result<Window> {
    let mut head = Vec::with_capacity(ZSTD.len());
    stream.by_ref().take(ZSTD.len() as u64).read_to_end(&mut head)?;
    let layer = recognise(&head);
    let whole = BufReader::with_capacity(1 << 16, io::Cursor::new(head).chain(stream));
    let source: Box<dyn Read + Send> = match layer {
        Layer::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(whole)),
        // Its window is bounded: a frame that asks for more than 128 MiB is refused.
        Layer::Zstd => Box::new(zstd::Decoder::with_buffer(whole)?),
        _ => Box::new(whole),
    };
    Ok(Window::new(source, layer))
}

fn recognise(head: &[u8]) -> Layer {
    let skippable = matches!(head, [0x50..=0x5f, rest @ ..] if rest == ZSTD_SKIPPABLE);
    if head.starts_with(&GZIP) {
        Layer::Gzip
    } else if head.starts_with(&ZSTD) || skippable {
        Layer::Zstd
    } else {
        Layer::File
    }
}
