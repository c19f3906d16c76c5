//! Writes `fuzz/seeds` anew, from the golden captures, specs and models of this repository.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use cato_fuzz_targets::{capture, frames, seeds};
use cato_runtime::Frame;
use cato_traffic::{CaptureReader, FrameBuffer};

/// Captures that are larger than seeds should be.
const LARGEST: u64 = 3000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (number, path) in files(&repository.join("tests/golden/captures"))?.iter().enumerate() {
        if fs::metadata(path)?.len() > LARGEST {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut buffer = FrameBuffer::default();
        buffer.fill(&mut CaptureReader::open(path)?, 40)?;
        let number = number as u8;
        let script = frames::seed(&buffer.frames(), number % 6, number % 5 * 5 + 1, number % 3 * 4 + 1);
        write("frames", &name, &script)?;
        if number.is_multiple_of(4) {
            write("capture", &name, &fs::read(path)?)?;
        }
        if number % 8 == 1 {
            let cut: Vec<Frame<'_>> = buffer.frames().into_iter().take(6).collect();
            let blocks: Vec<_> = cut.iter().enumerate().map(|(at, frame)| (1, at as u64 * 7, frame.data)).collect();
            let pcapng = capture::pcapng(&blocks);
            let [gzip, zstd] = capture::packed(&pcapng)?;
            write("capture", &format!("{name}.pcapng"), &pcapng)?;
            write("capture", &format!("{name}.gz"), &gzip)?;
            write("capture", &format!("{name}.zst"), &zstd)?;
        }
    }
    for folder in ["pass", "fail"] {
        for path in files(&repository.join("tests/specs").join(folder))? {
            if path.extension().is_some_and(|ending| ending == "toml") {
                write("spec", &name(&path), &fs::read(&path)?)?;
            }
        }
    }
    for path in files(&repository.join("tests/pipelines"))? {
        let bytes = fs::read(&path)?;
        if path.extension().is_some_and(|ending| ending == "json") {
            write("model", &name(&path), &bytes)?;
        } else {
            let text = String::from_utf8(bytes)?;
            let stem = name(&path);
            let model = path.with_file_name(format!("{}.json", stem.split('-').next().unwrap_or(&stem)));
            write("spec", &stem, format!("{text}\0{}", fs::read_to_string(model)?).as_bytes())?;
        }
    }
    labels()?;
    Ok(())
}

fn labels() -> io::Result<()> {
    let head = "file,proto,client_ip,client_port,server_ip,server_port,first_ts,last_ts,label\n";
    let row = "one.pcap,udp,10.0.0.2,39938,10.0.0.99,443,1500000002,1500000002.5,camera\n";
    let six = "./one.pcap.gz,6,2001:db8::5,39941,::1,443,1499999999.123456789,1500000009,\"plug, white\"\n";
    write("labels", "flows", format!("{head}{row}{six}").as_bytes())?;
    write("labels", "moved", b"\xef\xbb\xbflabel,x,mac\r\ncamera,1,02:00:00:00:00:01\r\nplug,,0200.0000.0002\r\n")?;
    write("labels", "other_version", format!("{head}one.pcap,tcp,10.0.0.1,1,::1,2,0,1,a\n").as_bytes())?;
    write("labels", "overlapping", format!("{head}{row}{row}{}", row.replace("camera", "plug")).as_bytes())?;
    write("labels", "empty", b"")?;
    write("labels", "no_row", head.as_bytes())?;
    write("labels", "quotes", b"mac,label\n\"02:00:00:00:00:00\",\"a \"\"b\"\"\n\"")
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    files.retain(|path| path.is_file());
    files.sort();
    Ok(files)
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn write(target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
    let folder = seeds(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), bytes)
}
