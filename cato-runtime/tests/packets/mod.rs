//! Packets made by hand.

#![allow(dead_code, reason = "each test file uses some of them")]

pub(crate) const TCP: u8 = 6;
pub(crate) const UDP: u8 = 17;

/// A TCP header without options: ports, flags, window.
pub(crate) fn tcp(from: u16, to: u16, flags: u8, window: u16) -> Vec<u8> {
    let mut header = vec![0; 20];
    header[..2].copy_from_slice(&from.to_be_bytes());
    header[2..4].copy_from_slice(&to.to_be_bytes());
    (header[12], header[13]) = (0x50, flags);
    header[14..16].copy_from_slice(&window.to_be_bytes());
    header
}

/// A UDP header and a payload of zeros.
pub(crate) fn udp(from: u16, to: u16, payload: usize) -> Vec<u8> {
    let mut header = vec![0; 8 + payload];
    header[..2].copy_from_slice(&from.to_be_bytes());
    header[2..4].copy_from_slice(&to.to_be_bytes());
    let len = header.len() as u16;
    header[4..6].copy_from_slice(&len.to_be_bytes());
    header
}

/// An IPv4 packet from 10.0.0.`from` to 10.0.0.`to`, time to live 61.
pub(crate) fn ipv4(from: u8, to: u8, protocol: u8, content: &[u8]) -> Vec<u8> {
    let len = (20 + content.len()) as u16;
    let mut packet = vec![0x45, 0];
    packet.extend(len.to_be_bytes());
    packet.extend([0, 0, 0, 0, 61, protocol, 0, 0, 10, 0, 0, from, 10, 0, 0, to]);
    packet.extend(content);
    packet
}

/// An IPv6 packet from fd00::`from` to fd00::`to`, hop limit 62.
pub(crate) fn ipv6(from: u8, to: u8, next_header: u8, content: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x60, 0, 0, 0];
    packet.extend((content.len() as u16).to_be_bytes());
    packet.extend([next_header, 62]);
    for host in [from, to] {
        packet.extend([0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host]);
    }
    packet.extend(content);
    packet
}

/// An Ethernet header and what it carries.
pub(crate) fn ethernet(ether_type: u16, content: &[u8]) -> Vec<u8> {
    let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
    frame.extend(ether_type.to_be_bytes());
    frame.extend(content);
    frame
}
