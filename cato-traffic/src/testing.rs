//! Frames and captures for tests.

use std::path::{Path, PathBuf};

use super::{Mac, PcapOptions, PcapWriter};

/// A folder for captures and tables, gone when dropped.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a capture of Ethernet frames, given with their times in nanoseconds.
    pub(crate) fn capture(&self, name: &str, frames: &[(u64, Vec<u8>)]) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut writer = PcapWriter::create(&path, PcapOptions::default()).unwrap();
        for (time_ns, frame) in frames {
            writer.write(*time_ns, frame.len() as u32, frame).unwrap();
        }
        writer.finish().unwrap();
        path
    }

    pub(crate) fn text(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

/// Sender and receiver of a packet: the last byte of an address in 10.0.0.0/8, and a port.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    pub(crate) from: (u8, u16),
    pub(crate) to: (u8, u16),
}

impl Way {
    pub(crate) fn back(self) -> Self {
        Self { from: self.to, to: self.from }
    }

    pub(crate) fn tcp(self, flags: u8) -> Vec<u8> {
        let mut tcp = vec![0; 20];
        (tcp[12], tcp[13]) = (0x50, flags);
        self.frame(6, tcp)
    }

    pub(crate) fn udp(self, payload: usize) -> Vec<u8> {
        self.frame(17, vec![0; 8 + payload])
    }

    fn frame(self, protocol: u8, mut transport: Vec<u8>) -> Vec<u8> {
        transport[..2].copy_from_slice(&self.from.1.to_be_bytes());
        transport[2..4].copy_from_slice(&self.to.1.to_be_bytes());
        let mut frame = [mac(self.to.0), mac(self.from.0)].concat();
        frame.extend([8, 0, 0x45, 0]);
        frame.extend((20 + transport.len() as u16).to_be_bytes());
        frame.extend([0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0, self.from.0, 10, 0, 0, self.to.0]);
        frame.extend(transport);
        frame
    }
}

/// The link-layer address of a host.
pub(crate) fn mac(host: u8) -> Mac {
    [2, 0, 0, 0, 0, host]
}

/// A SYN of its own flow for each pair of ports.
pub(crate) fn syn(from: u16, to: u16) -> Vec<u8> {
    Way { from: (1, from), to: (2, to) }.tcp(2)
}
