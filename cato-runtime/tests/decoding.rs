//! From frames to packets: fields, lengths, fragments, extension headers, damage.

mod packets;

use cato_runtime::{Decoded, FlowKey, LinkType, PacketView, Skip, TcpFlags, decode};
use packets::{TCP, UDP, ipv4, ipv6, tcp, udp};

fn raw(packet: &[u8]) -> Result<Decoded, Skip> {
    decode(LinkType::RawIp, packet, packet.len() as u32)
}

fn put16(packet: &mut [u8], at: usize, value: u16) {
    packet[at..at + 2].copy_from_slice(&value.to_be_bytes());
}

#[test]
fn fields_are_those_of_the_headers() {
    let flags = TcpFlags::SYN | TcpFlags::ECE | TcpFlags::CWR;
    let packets = [
        (ipv4(1, 2, TCP, &[tcp(443, 50_000, flags, 0xabcd), vec![0; 7]].concat()), 47, 61, 0xabcd, flags),
        (ipv6(1, 2, TCP, &[tcp(443, 50_000, flags, 0xabcd), vec![0; 7]].concat()), 67, 62, 0xabcd, flags),
        (ipv4(1, 2, UDP, &udp(443, 50_000, 100)), 128, 61, 0, 0),
        (ipv6(1, 2, UDP, &udp(443, 50_000, 100)), 148, 62, 0, 0),
    ];
    for (packet, bytes, ttl, winsize, flags) in packets {
        let decoded = raw(&packet).unwrap();
        let view = decoded.view;
        assert_eq!((view.bytes(), view.ttl(), view.winsize(), view.flags()), (bytes, ttl, winsize, flags));
        assert_eq!((view.source_port(), view.destination_port()), (443, 50_000));
        assert_eq!((view.protocol(), view.is_ipv6()), (decoded.key.protocol(), decoded.key.is_ipv6()));
        assert_eq!(view.is_tcp(), decoded.key.protocol() == TCP);
        assert!(decoded.from_first);
    }
}

#[test]
fn both_directions_have_one_key() {
    let there = ipv4(1, 2, UDP, &udp(9, 7, 0));
    let back = ipv4(2, 1, UDP, &udp(7, 9, 0));
    let (there, back) = (raw(&there).unwrap(), raw(&back).unwrap());
    assert_eq!(there.key, back.key);
    assert_ne!(there.from_first, back.from_first);
    // The same address: the port decides.
    let (up, down) = (ipv4(1, 1, UDP, &udp(7, 9, 0)), ipv4(1, 1, UDP, &udp(9, 7, 0)));
    assert_eq!(raw(&up).unwrap().key, raw(&down).unwrap().key);
    // The same ports over another protocol or IP version are another flow.
    let others = [ipv4(1, 2, TCP, &tcp(9, 7, 0, 0)), ipv6(1, 2, UDP, &udp(9, 7, 0)), ipv4(1, 2, UDP, &udp(9, 8, 0))];
    for other in others {
        assert_ne!(raw(&other).unwrap().key, there.key);
    }
    // Zeros behind an IPv4 address do not make it an IPv6 one.
    let mut v6 = ipv6(0, 0, UDP, &udp(9, 7, 0));
    v6[8..40].fill(0);
    (v6[8], v6[11], v6[24], v6[27]) = (10, 1, 10, 2);
    assert_ne!(raw(&v6).unwrap().key, there.key);
}

#[test]
fn bytes_are_the_declared_ones() {
    // Padding does not count, nor do bytes that were not captured.
    let mut padded = ipv4(1, 2, UDP, &udp(7, 9, 4));
    padded.resize(46, 0);
    assert_eq!(raw(&padded).unwrap().view.bytes(), 32);
    let mut cut = ipv4(1, 2, UDP, &udp(7, 9, 0));
    put16(&mut cut, 2, 1500);
    assert_eq!(raw(&cut).unwrap().view.bytes(), 1500);
    put16(&mut cut, 2, u16::MAX);
    assert_eq!(raw(&cut).unwrap().view.bytes(), 65_535);
    let mut largest = ipv6(1, 2, UDP, &udp(7, 9, 0));
    put16(&mut largest, 4, u16::MAX);
    assert_eq!(raw(&largest).unwrap().view.bytes(), PacketView::MAX_BYTES);
}

#[test]
fn without_a_declared_length_the_wire_counts() {
    let mut v4 = ipv4(1, 2, TCP, &tcp(7, 9, 0, 0));
    put16(&mut v4, 2, 0);
    let mut v6 = ipv6(1, 2, TCP, &tcp(7, 9, 0, 0));
    put16(&mut v6, 4, 0);
    for packet in [v4, v6] {
        let bytes = |wire| decode(LinkType::RawIp, &packet, wire).map(|decoded| decoded.view.bytes());
        assert_eq!(bytes(30_000), Ok(30_000));
        assert_eq!(bytes(PacketView::MAX_BYTES), Ok(PacketView::MAX_BYTES));
        assert_eq!(bytes(PacketView::MAX_BYTES + 1), Err(Skip::Malformed));
        assert_eq!(bytes(packet.len() as u32), Ok(packet.len() as u32));
        assert_eq!(bytes(packet.len() as u32 - 1), Err(Skip::Malformed));
        assert_eq!(bytes(0), Err(Skip::Malformed));
        // The link header is no part of it.
        let frame = packets::ethernet(if packet[0] == 0x45 { 0x0800 } else { 0x86dd }, &packet);
        assert_eq!(decode(LinkType::Ethernet, &frame, 114).map(|decoded| decoded.view.bytes()), Ok(100));
    }
}

#[test]
fn lengths_below_the_headers_are_malformed() {
    let mut short = ipv4(1, 2, TCP, &tcp(7, 9, 0, 0));
    put16(&mut short, 2, 39);
    assert_eq!(raw(&short).err(), Some(Skip::Malformed));
    let mut short = ipv4(1, 2, UDP, &udp(7, 9, 0));
    put16(&mut short, 2, 27);
    assert_eq!(raw(&short).err(), Some(Skip::Malformed));
    let mut short = ipv6(1, 2, UDP, &udp(7, 9, 0));
    put16(&mut short, 4, 7);
    assert_eq!(raw(&short).err(), Some(Skip::Malformed));
    // A data offset below the fixed header, and one beyond the packet.
    for (offset, expected) in
        [(0x00, Some(Skip::Malformed)), (0x40, Some(Skip::Malformed)), (0x50, None), (0x60, Some(Skip::Malformed))]
    {
        let mut packet = ipv4(1, 2, TCP, &tcp(7, 9, 0, 0));
        packet[32] = offset;
        assert_eq!(raw(&packet).err(), expected, "{offset:#x}");
    }
    let mut small_header = ipv4(1, 2, UDP, &udp(7, 9, 0));
    small_header[0] = 0x44;
    assert_eq!(raw(&small_header).err(), Some(Skip::Malformed));
}

#[test]
fn options_are_stepped_over() {
    let mut packet = ipv4(1, 2, UDP, &[]);
    packet.extend([1; 8]);
    packet.extend(udp(7, 9, 3));
    packet[0] = 0x47;
    let len = packet.len() as u16;
    put16(&mut packet, 2, len);
    let view = raw(&packet).unwrap().view;
    assert_eq!((view.source_port(), view.bytes()), (7, 39));
    // TCP options need not be captured.
    let mut packet = ipv4(1, 2, TCP, &[tcp(7, 9, 0, 0), vec![0; 12]].concat());
    packet[32] = 0x80;
    assert!(decode(LinkType::RawIp, &packet[..40], packet.len() as u32).is_ok());
    assert_eq!(decode(LinkType::RawIp, &packet[..39], packet.len() as u32).err(), Some(Skip::Truncated));
}

#[test]
fn only_the_first_fragment_has_ports() {
    let mut packet = ipv4(1, 2, UDP, &udp(7, 9, 100));
    put16(&mut packet, 6, 0x2000);
    assert!(raw(&packet).is_ok());
    for later in [0x2001, 0x0001, 0x1fff] {
        put16(&mut packet, 6, later);
        assert_eq!(raw(&packet).err(), Some(Skip::Fragment));
    }
    put16(&mut packet, 6, 0x4000);
    assert!(raw(&packet).is_ok(), "the bit against fragmentation is no fragment");

    let fragment = |offset_and_more: u16| {
        let [high, low] = offset_and_more.to_be_bytes();
        ipv6(1, 2, 44, &[vec![UDP, 0, high, low, 0, 0, 0, 1], udp(7, 9, 100)].concat())
    };
    assert_eq!(raw(&fragment(0x0001)).unwrap().view.bytes(), 156);
    assert!(raw(&fragment(0x0000)).is_ok());
    assert_eq!(raw(&fragment(0x0008)).err(), Some(Skip::Fragment));
    assert_eq!(raw(&fragment(0xfff9)).err(), Some(Skip::Fragment));
}

#[test]
fn extension_headers_are_walked() {
    let (hop_by_hop, routing, destination, authentication) = (0_u8, 43_u8, 60_u8, 51_u8);
    let chain = [
        vec![routing, 0, 0, 0, 0, 0, 0, 0],
        vec![destination, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        vec![authentication, 0, 0, 0, 0, 0, 0, 0],
        vec![TCP, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        tcp(7, 9, TcpFlags::SYN, 1),
    ]
    .concat();
    let packet = ipv6(1, 2, hop_by_hop, &chain);
    let decoded = raw(&packet).unwrap();
    assert_eq!(
        (decoded.view.protocol(), decoded.view.flags(), decoded.view.bytes()),
        (TCP, TcpFlags::SYN, packet.len() as u32)
    );
    for len in 40..packet.len() {
        assert_eq!(decode(LinkType::RawIp, &packet[..len], packet.len() as u32).err(), Some(Skip::Truncated), "{len}");
    }
    // A header that says it is longer than the packet.
    let beyond = ipv6(1, 2, hop_by_hop, &[vec![UDP, 255, 0, 0, 0, 0, 0, 0], udp(7, 9, 0)].concat());
    assert_eq!(raw(&beyond).err(), Some(Skip::Truncated));
    // A chain as long as the packet.
    let long = ipv6(1, 2, destination, &[destination, 0, 0, 0, 0, 0, 0, 0].repeat(8000));
    assert_eq!(raw(&long).err(), Some(Skip::Truncated));
}

#[test]
fn other_transports_are_told_apart() {
    for protocol in [1, 2, 4, 41, 47, 50, 132, 136, 255] {
        assert_eq!(raw(&ipv4(1, 2, protocol, &[0; 40])).err(), Some(Skip::NotTcpUdp), "{protocol}");
    }
    // Tunnels are not entered: IP in IP, and no next header, and ESP.
    for protocol in [4, 41, 47, 50, 58, 59, 132] {
        assert_eq!(raw(&ipv6(1, 2, protocol, &[0; 40])).err(), Some(Skip::NotTcpUdp), "{protocol}");
    }
}

#[test]
fn no_bytes_make_it_panic() {
    let links =
        [LinkType::Ethernet, LinkType::RawIp, LinkType::Null, LinkType::LinuxSll, LinkType::LinuxSll2, LinkType::Ppp];
    let seeds = [
        packets::ethernet(0x0800, &ipv4(1, 2, TCP, &tcp(7, 9, 0, 0))),
        packets::ethernet(0x8100, &[&[0, 1, 0x86, 0xdd], ipv6(1, 2, 0, &[6; 60]).as_slice()].concat()),
        ipv6(1, 2, 44, &[0; 60]),
        packets::ethernet(0x8847, &[&[0, 0, 1, 0], ipv4(1, 2, UDP, &udp(1, 2, 3)).as_slice()].concat()),
    ];
    let mut state = 1_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let mut decoded = 0;
    for round in 0..200_000 {
        let mut frame = seeds[round % seeds.len()].clone();
        for _ in 0..random() % 4 {
            let at = random() % frame.len();
            frame[at] = random() as u8;
        }
        frame.truncate(frame.len() - (random() % 8) * (random() % 2));
        let link = links[random() % links.len()];
        let wire = if random() % 4 == 0 { random() as u32 * 2 } else { frame.len() as u32 };
        if let Ok(packet) = decode(link, &frame, wire) {
            assert!((28..=PacketView::MAX_BYTES).contains(&packet.view.bytes()));
            let key = packet.key;
            let (back, to_first) = FlowKey::new(key.is_ipv6(), key.protocol(), key.second(), key.first());
            assert!(back == key && (!to_first || key.is_loop()));
            decoded += 1;
        }
    }
    assert!(decoded > 1000, "{decoded}");
}

/// What is decoded without a detour is decoded as everything else is.
#[test]
fn plain_frames_are_no_exception() {
    let segment = tcp(7, 9, 0x18, 4_000);
    let mut state = 1_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    for (ether_type, packet) in [(0x0800_u16, ipv4(1, 2, TCP, &segment)), (0x86dd, ipv6(1, 2, TCP, &segment))] {
        let whole = packets::ethernet(ether_type, &packet);
        let tag = [&[0, 1], ether_type.to_be_bytes().as_slice(), &packet].concat();
        let tagged = packets::ethernet(0x8100, &tag);
        let (mut sound, mut refused) = (0, 0);
        for _ in 0..200_000 {
            let mut changes = Vec::new();
            for _ in 0..random() % 3 {
                changes.push((14 + random() % packet.len(), random() as u8));
            }
            let cut = if random() % 4 == 0 { random() % 8 } else { 0 };
            let frame = |plain: &[u8], shift: usize| {
                let mut frame = plain.to_vec();
                for &(at, byte) in &changes {
                    frame[at + shift] = byte;
                }
                frame.truncate(frame.len() - cut);
                frame
            };
            let (plain, tagged) = (frame(&whole, 0), frame(&tagged, 4));
            let plain = decode(LinkType::Ethernet, &plain, plain.len() as u32);
            let tagged = decode(LinkType::Ethernet, &tagged, tagged.len() as u32);
            assert_eq!(plain, tagged, "{changes:?}, {cut} bytes short");
            *(if plain.is_ok() { &mut sound } else { &mut refused }) += 1;
        }
        assert!(sound > 10_000 && refused > 10_000, "{sound} sound, {refused} refused");
    }
}
