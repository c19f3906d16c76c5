//! Every link layer leads to the same packet.

mod packets;

use cato_runtime::{LinkType, Skip, decode};
use packets::{UDP, ethernet, ipv4, ipv6, udp};

/// A link layer, what stands before the IP header, and whether that is IPv4.
fn headers(v4: bool) -> Vec<(LinkType, Vec<u8>)> {
    let ip: [u8; 2] = if v4 { [0x08, 0x00] } else { [0x86, 0xdd] };
    let ppp: [u8; 2] = if v4 { [0x00, 0x21] } else { [0x00, 0x57] };
    let under = |ether_type: u16, rest: &[u8]| ethernet(ether_type, rest);
    let tag = |next: [u8; 2]| vec![0x20, 0x07, next[0], next[1]];
    let mut headers = vec![
        (LinkType::Ethernet, under(u16::from_be_bytes(ip), &[])),
        (LinkType::RawIp, vec![]),
        (LinkType::LinuxSll, [vec![0; 14], ip.to_vec()].concat()),
        (LinkType::LinuxSll2, [ip.to_vec(), vec![0; 18]].concat()),
        // Tags and labels follow cooked headers as they follow Ethernet.
        (LinkType::LinuxSll, [vec![0; 14], vec![0x81, 0], tag(ip)].concat()),
        (LinkType::LinuxSll2, [vec![0x88, 0x47], vec![0; 18], vec![0, 1, 1, 64]].concat()),
        (LinkType::Ppp, ppp.to_vec()),
        (LinkType::Ppp, [vec![0xff, 0x03], ppp.to_vec()].concat()),
        // The protocol field compressed to one octet.
        (LinkType::Ppp, vec![ppp[1]]),
        (LinkType::Ppp, vec![0xff, 0x03, ppp[1]]),
        (LinkType::Ethernet, under(0x8864, &[&[0x11, 0, 0, 1, 0, 9], ppp.as_slice()].concat())),
        (LinkType::Ethernet, under(0x8847, &[0, 1, 1, 64])),
        (LinkType::Ethernet, under(0x8848, &[0, 1, 0, 64, 0, 2, 0, 64, 0, 3, 1, 64])),
        (LinkType::Ethernet, under(0x8100, &[tag([0x88, 0x47]), vec![0, 1, 1, 64]].concat())),
    ];
    for outer in [0x8100, 0x88a8, 0x9100, 0x9200] {
        headers.push((LinkType::Ethernet, under(outer, &tag(ip))));
        headers.push((LinkType::Ethernet, under(outer, &[tag([0x81, 0]), tag([0x88, 0xa8]), tag(ip)].concat())));
    }
    for family in if v4 { vec![2_u32] } else { vec![10, 23, 24, 28, 30] } {
        headers.push((LinkType::Null, family.to_le_bytes().to_vec()));
        headers.push((LinkType::Null, family.to_be_bytes().to_vec()));
    }
    headers
}

#[test]
fn every_header_leads_to_the_packet() {
    for v4 in [true, false] {
        let packet = if v4 { ipv4(1, 2, UDP, &udp(7, 9, 5)) } else { ipv6(1, 2, UDP, &udp(7, 9, 5)) };
        for (link, header) in headers(v4) {
            // What follows the packet is padding.
            let frame = [header.clone(), packet.clone(), vec![0xaa; 9]].concat();
            let decoded = decode(link, &frame, frame.len() as u32)
                .unwrap_or_else(|skip| panic!("{link:?} {header:02x?}: {skip:?}"));
            let view = decoded.view;
            assert_eq!((view.source_port(), view.destination_port()), (7, 9), "{link:?} {header:02x?}");
            assert_eq!((view.bytes(), view.is_ipv6()), (packet.len() as u32, !v4));
        }
    }
}

#[test]
fn a_cut_header_is_truncated_and_nothing_else() {
    for v4 in [true, false] {
        let packet = if v4 { ipv4(1, 2, UDP, &udp(7, 9, 5)) } else { ipv6(1, 2, UDP, &udp(7, 9, 5)) };
        for (link, header) in headers(v4) {
            let frame = [header.clone(), packet.clone()].concat();
            for len in 0..frame.len() {
                let cut = decode(link, &frame[..len], frame.len() as u32);
                let headers_len = frame.len() - 5;
                assert_eq!(
                    cut.err(),
                    (len < headers_len).then_some(Skip::Truncated),
                    "{link:?} {header:02x?} at {len}"
                );
            }
        }
    }
}

#[test]
fn other_protocols_are_told_apart() {
    let frames = [
        (LinkType::Ethernet, ethernet(0x0806, &[0; 46])),
        (LinkType::Ethernet, ethernet(0x8100, &[0, 1, 0x08, 0x06, 0, 0, 0, 0])),
        // A length instead of a type: IEEE 802.3 with LLC.
        (LinkType::Ethernet, ethernet(0x0026, &[0x42; 38])),
        (LinkType::Ethernet, ethernet(0x0800, &[0x15; 40])),
        // Control words of pseudo-wires stand where IP would.
        (LinkType::Ethernet, ethernet(0x8847, &[0, 1, 1, 64, 0, 0, 0, 0])),
        (LinkType::Ethernet, ethernet(0x8864, &[0x11, 0, 0, 1, 0, 9, 0xc0, 0x21])),
        (LinkType::Ppp, vec![0xc0, 0x21, 1, 1]),
        (LinkType::Null, vec![7, 0, 0, 0, 1]),
        (LinkType::RawIp, vec![0; 40]),
        (LinkType::LinuxSll, vec![0; 40]),
        (LinkType::LinuxSll2, vec![0; 40]),
    ];
    for (link, frame) in frames {
        assert_eq!(decode(link, &frame, frame.len() as u32).err(), Some(Skip::NotIp), "{link:?} {frame:02x?}");
    }
}

#[test]
fn tags_without_end_are_walked_to_the_end() {
    let tags = ethernet(0x8100, &[0, 1, 0x81, 0].repeat(16_000));
    assert_eq!(decode(LinkType::Ethernet, &tags, tags.len() as u32).err(), Some(Skip::Truncated));
    let labels = ethernet(0x8847, &[0; 64_000]);
    assert_eq!(decode(LinkType::Ethernet, &labels, labels.len() as u32).err(), Some(Skip::Truncated));
}

#[test]
fn link_types_of_captures_are_known() {
    let known = [
        (0, LinkType::Null),
        (1, LinkType::Ethernet),
        (9, LinkType::Ppp),
        (12, LinkType::RawIp),
        (14, LinkType::RawIp),
        (50, LinkType::Ppp),
        (101, LinkType::RawIp),
        (108, LinkType::Null),
        (113, LinkType::LinuxSll),
        (228, LinkType::RawIp),
        (229, LinkType::RawIp),
        (276, LinkType::LinuxSll2),
    ];
    for value in 0..1000 {
        let expected = known.iter().find(|(known, _)| *known == value).map(|(_, link)| *link);
        assert_eq!(LinkType::from_capture(value), expected, "{value}");
        assert_eq!(LinkType::from_capture(value | 0x2400_0000), expected, "with a frame check sequence");
    }
}
