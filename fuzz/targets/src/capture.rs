//! Captures of every container and compression.

use std::io::{Cursor, Write as _};

use cato_traffic::CaptureReader;

/// Captures that unpack to more are left; a few bytes can stand for gigabytes.
const FRAMES: u64 = 100_000;

/// Takes a file: reading it ends, with an error or with frames that hold to what is promised of them, and what was wrong
/// is said in few words.
pub fn run(input: &[u8]) {
    let mut reader = match CaptureReader::from_stream(Cursor::new(input.to_vec()), "input") {
        Ok(reader) => reader,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let mut frames = 0;
    loop {
        match reader.next_frame() {
            Ok(Some(frame)) => {
                assert!(frame.wire_len as usize >= frame.data.len() && frame.time_ns < 1 << 63);
                frames += 1;
            }
            Ok(None) => break,
            Err(error) => {
                assert!(frames == 0 && !error.to_string().is_empty());
                break;
            }
        }
        if frames == FRAMES {
            return;
        }
    }
    assert_eq!(reader.frames(), frames);
    assert!(reader.next_frame().is_ok_and(|frame| frame.is_none()), "a reader that has ended goes on");
    assert_eq!(reader.warnings().is_empty(), reader.damaged() == 0);
    assert!(reader.warnings().len() <= 10);
}

/// A pcapng capture of these frames (link type, microseconds, bytes), with blocks of every kind that readers know.
#[must_use]
pub fn pcapng(frames: &[(u16, u64, &[u8])]) -> Vec<u8> {
    let mut file = Vec::new();
    block(&mut file, 0x0a0d_0d0a, &[&0x1a2b_3c4d_u32.to_le_bytes(), &[1, 0, 0, 0], &[0xff; 8]]);
    for link in [1_u16, 101] {
        // An option that says that times are in nanoseconds, for the second interface.
        let option: &[u8] = if link == 101 { &[9, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0] } else { &[] };
        block(&mut file, 1, &[&link.to_le_bytes(), &[0, 0], &[0, 0, 4, 0], option]);
    }
    for &(link, time, data) in frames {
        let interface = u32::from(link == 101);
        let time = if interface == 1 { time * 1000 } else { time };
        let (high, low) = ((time >> 32) as u32, time as u32);
        let len = data.len() as u32;
        let words: Vec<u8> = [interface, high, low, len, len].iter().flat_map(|word| word.to_le_bytes()).collect();
        block(&mut file, 6, &[&words, data]);
    }
    if let Some((_, _, data)) = frames.first() {
        block(&mut file, 3, &[&(data.len() as u32).to_le_bytes(), data]);
    }
    block(&mut file, 5, &[b"statistics"]);
    block(&mut file, 0xbad, &[b"unknown"]);
    file
}

fn block(file: &mut Vec<u8>, kind: u32, parts: &[&[u8]]) {
    let mut body = parts.concat();
    body.resize(body.len().next_multiple_of(4), 0);
    let len = (body.len() as u32 + 12).to_le_bytes();
    file.extend(kind.to_le_bytes());
    file.extend(len);
    file.extend(body);
    file.extend(len);
}

/// The same bytes packed by gzip and by Zstandard.
///
/// # Errors
/// Those of the packers, which write to memory.
pub fn packed(bytes: &[u8]) -> std::io::Result<[Vec<u8>; 2]> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes)?;
    Ok([gzip.finish()?, zstd::encode_all(bytes, 19)?])
}
