use std::io::Write;

use proptest::prelude::*;

use super::*;

/// What the tests look at in a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    link: Option<LinkType>,
    wire_len: u32,
    time_ns: u64,
    data: Vec<u8>,
}

fn seen(link: Option<LinkType>, wire_len: u32, time_ns: u64, data: &[u8]) -> Seen {
    Seen { link, wire_len, time_ns, data: data.to_vec() }
}

/// Reads a capture to its end.
fn read(bytes: &[u8]) -> Result<(Vec<Seen>, Vec<Warning>), Error> {
    let mut reader = CaptureReader::from_stream(std::io::Cursor::new(bytes.to_vec()), "test")?;
    let mut frames = Vec::new();
    while let Some(Frame { link, wire_len, time_ns, data }) = reader.next_frame()? {
        frames.push(seen(link, wire_len, time_ns, data));
    }
    assert!(reader.next_frame()?.is_none(), "the end stays the end");
    assert_eq!(reader.frames(), frames.len() as u64);
    assert_eq!(read_in_batches(bytes)?, (frames.clone(), reader.warnings()));
    Ok((frames, reader.warnings()))
}

/// The same, many frames at once.
fn read_in_batches(bytes: &[u8]) -> Result<(Vec<Seen>, Vec<Warning>), Error> {
    let mut reader = CaptureReader::from_stream(std::io::Cursor::new(bytes.to_vec()), "test")?;
    let mut frames = Vec::new();
    let each = |frame: &Frame<'_>| seen(frame.link, frame.wire_len, frame.time_ns, frame.data);
    while reader.next_frames(|batch| frames.extend(batch.iter().map(each)))? {}
    assert!(!reader.next_frames(|_| panic!("the end stays the end"))?);
    assert_eq!(reader.frames(), frames.len() as u64);
    Ok((frames, reader.warnings()))
}

fn read_whole(bytes: &[u8]) -> Vec<Seen> {
    let (frames, warnings) = read(bytes).unwrap();
    assert_eq!(warnings, []);
    frames
}

const ETHERNET: Option<LinkType> = Some(LinkType::Ethernet);

/// Numbers in one byte order.
#[derive(Clone, Copy)]
struct Order {
    big: bool,
}

impl Order {
    fn u16(self, value: u16) -> [u8; 2] {
        if self.big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn u32(self, value: u32) -> [u8; 4] {
        if self.big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn words(self, words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| self.u32(*word)).collect()
    }

    fn pcap(self, magic: u32, snaplen: u32, link: u32, records: &[(u32, u32, u32, &[u8])]) -> Vec<u8> {
        let mut bytes = self.words(&[magic]);
        bytes.extend([self.u16(2), self.u16(4)].concat());
        bytes.extend(self.words(&[0, 0, snaplen, link]));
        for (seconds, fraction, wire_len, data) in records {
            bytes.extend(self.words(&[*seconds, *fraction, data.len() as u32, *wire_len]));
            bytes.extend(*data);
        }
        bytes
    }

    fn block(self, kind: u32, content: &[u8]) -> Vec<u8> {
        let padded = content.len().next_multiple_of(4);
        let len = padded as u32 + 12;
        let mut bytes = self.words(&[kind, len]);
        bytes.extend(content);
        bytes.resize(padded + 8, 0);
        bytes.extend(self.u32(len));
        bytes
    }

    fn section(self) -> Vec<u8> {
        self.block(0x0a0d_0d0a, &self.words(&[0x1a2b_3c4d, if self.big { 0x0001_0000 } else { 1 }, u32::MAX, u32::MAX]))
    }

    fn interface(self, link: u16, snaplen: u32, options: &[(u16, &[u8])]) -> Vec<u8> {
        let mut content = [self.u16(link), self.u16(0)].concat();
        content.extend(self.u32(snaplen));
        for (code, value) in options {
            content.extend([self.u16(*code), self.u16(value.len() as u16)].concat());
            content.extend(*value);
            content.resize(content.len().next_multiple_of(4), 0);
        }
        self.block(1, &content)
    }

    fn enhanced(self, interface: u32, ticks: u64, wire_len: u32, data: &[u8]) -> Vec<u8> {
        let high = (ticks >> 32) as u32;
        let mut content = self.words(&[interface, high, ticks as u32, data.len() as u32, wire_len]);
        content.extend(data);
        self.block(6, &content)
    }

    fn simple(self, wire_len: u32, data: &[u8]) -> Vec<u8> {
        self.block(3, &[self.u32(wire_len).as_slice(), data].concat())
    }

    fn obsolete(self, interface: u16, ticks: u64, wire_len: u32, data: &[u8]) -> Vec<u8> {
        let mut content = [self.u16(interface), self.u16(9)].concat();
        content.extend(self.words(&[(ticks >> 32) as u32, ticks as u32, data.len() as u32, wire_len]));
        content.extend(data);
        self.block(2, &content)
    }
}

const BOTH: [Order; 2] = [Order { big: false }, Order { big: true }];
const LITTLE: Order = Order { big: false };

#[test]
fn pcap_in_both_units_and_orders() {
    for order in BOTH {
        for (magic, unit) in [(0xa1b2_c3d4, 1000), (0xa1b2_3c4d, 1)] {
            let bytes = order.pcap(magic, 65535, 1, &[(7, 8, 100, b"abc"), (9, 10, 2, b"defg"), (11, 0, 5, b"")]);
            let expected = [
                seen(ETHERNET, 100, 7_000_000_000 + 8 * unit, b"abc"),
                // The length on the wire is never below the captured one.
                seen(ETHERNET, 4, 9_000_000_000 + 10 * unit, b"defg"),
                seen(ETHERNET, 5, 11_000_000_000, b""),
            ];
            assert_eq!(read_whole(&bytes), expected);
        }
    }
}

#[test]
fn pcap_with_modified_records() {
    let mut bytes = LITTLE.pcap(0xa1b2_cd34, 65535, 1, &[]);
    for second in 1..3 {
        bytes.extend(LITTLE.words(&[second, 0, 3, 3, 0xdead, 0xbeef]));
        bytes.extend(b"abc");
    }
    let expected = [seen(ETHERNET, 3, 1_000_000_000, b"abc"), seen(ETHERNET, 3, 2_000_000_000, b"abc")];
    assert_eq!(read_whole(&bytes), expected);
}

#[test]
fn link_types_come_from_the_low_bits() {
    for (value, link) in [(0x1400_0001, ETHERNET), (101, Some(LinkType::RawIp)), (9999, None), (u32::MAX, None)] {
        let frames = read_whole(&LITTLE.pcap(0xa1b2_c3d4, 0, value, &[(0, 0, 1, b"x")]));
        assert_eq!(frames, [seen(link, 1, 0, b"x")]);
    }
}

#[test]
fn pcap_is_read_up_to_the_damage() {
    let whole = LITTLE.pcap(0xa1b2_c3d4, 96, 1, &[(1, 0, 3, b"abc"), (2, 0, 3, b"def")]);
    for cut in 24 + 19 + 1..whole.len() {
        let (frames, warnings) = read(&whole[..cut]).unwrap();
        assert_eq!(frames.len(), 1, "cut at {cut}");
        assert_eq!(warnings.len(), 1);
        assert_eq!(warnings[0].offset, Some(43));
    }
    for claimed in [262_145, u32::MAX] {
        let mut huge = whole.clone();
        huge.extend(LITTLE.words(&[3, 0, claimed, claimed]));
        huge.extend([0; 100]);
        let (frames, warnings) = read(&huge).unwrap();
        assert_eq!((frames.len(), warnings.len()), (2, 1));
        assert!(warnings[0].what.contains(&claimed.to_string()), "{}", warnings[0]);
    }
}

#[test]
fn pcap_records_may_be_as_large_as_the_capture_says() {
    let jumbo = vec![7; 1 << 20];
    assert_eq!(read_whole(&LITTLE.pcap(0xa1b2_c3d4, 1 << 20, 1, &[(1, 0, 1 << 20, &jumbo)])).len(), 1);
    assert!(read(&LITTLE.pcap(0xa1b2_c3d4, 65535, 1, &[(1, 0, 1 << 20, &jumbo)])).is_err());
}

#[test]
fn what_is_no_capture_is_an_error_with_its_place() {
    let header = LITTLE.pcap(0xa1b2_c3d4, 65535, 1, &[]);
    let broken = [header.as_slice(), &[0xff; 30]].concat();
    let section = LITTLE.section();
    let no_length = [section.as_slice(), &LITTLE.words(&[1, 0, 0])].concat();
    let cases: [(&[u8], Layer, u64); 8] = [
        (b"", Layer::File, 0),
        (b"ab", Layer::File, 0),
        (b"#!/bin/sh and so on, much longer than a header", Layer::File, 0),
        (&header[..23], Layer::Pcap, 0),
        (&broken, Layer::Pcap, 24),
        (&section[..27], Layer::PcapNg, 0),
        (&no_length, Layer::PcapNg, 28),
        (&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 0xff], Layer::Gzip, 0),
    ];
    for (bytes, expected_layer, expected_offset) in cases {
        match read(bytes) {
            Err(Error::Capture { layer, offset, .. }) => {
                assert_eq!((layer, offset), (expected_layer, expected_offset), "{bytes:?}");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(read_whole(&header), []);
    assert_eq!(read_whole(&section), []);
}

#[test]
fn pcapng_interfaces_have_their_own_clocks() {
    for order in BOTH {
        let offset: i64 = -2;
        let offset = if order.big { offset.to_be_bytes() } else { offset.to_le_bytes() };
        let ticks = 5_000_000_123;
        let bytes = [
            order.section(),
            order.interface(1, 0, &[]),
            order.interface(101, 0, &[(2, b"eth1"), (9, &[9]), (0, &[])]),
            order.interface(0, 0, &[(9, &[0x80 | 10]), (14, &offset)]),
            order.interface(9999, 0, &[]),
            order.enhanced(0, ticks, 6, b"abc"),
            order.enhanced(1, ticks, 6, b"abcd"),
            order.block(0x1234_5678, b"unknown"),
            order.enhanced(2, 5 << 10, 6, b""),
            order.enhanced(3, 1, 1, b"x"),
            order.obsolete(1, ticks, 7, b"abcde"),
        ]
        .concat();
        let expected = [
            seen(ETHERNET, 6, ticks * 1000, b"abc"),
            seen(Some(LinkType::RawIp), 6, ticks, b"abcd"),
            seen(Some(LinkType::Null), 6, 3_000_000_000, b""),
            seen(None, 1, 1000, b"x"),
            seen(Some(LinkType::RawIp), 7, ticks, b"abcde"),
        ];
        assert_eq!(read_whole(&bytes), expected);
    }
}

#[test]
fn pcapng_sections_stand_alone() {
    let [little, big] = BOTH;
    let bytes = [
        little.section(),
        little.interface(1, 0, &[(9, &[9])]),
        little.enhanced(0, 1, 1, b"a"),
        big.section(),
        big.interface(101, 0, &[]),
        big.enhanced(0, 2, 1, b"b"),
        little.section(),
        little.enhanced(0, 3, 1, b"c"),
    ]
    .concat();
    let (frames, warnings) = read(&bytes).unwrap();
    let expected = [seen(ETHERNET, 1, 1, b"a"), seen(Some(LinkType::RawIp), 1, 2000, b"b"), seen(None, 1, 3000, b"c")];
    assert_eq!(frames, expected);
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].what.contains("interface 0"), "{}", warnings[0]);
}

#[test]
fn simple_packets_have_the_time_before_them() {
    let bytes = [
        LITTLE.section(),
        LITTLE.interface(1, 4, &[]),
        LITTLE.simple(3, b"abc"),
        LITTLE.enhanced(0, 5, 1, b"x"),
        LITTLE.simple(9, b"abcdefgh"),
    ]
    .concat();
    let expected = [seen(ETHERNET, 3, 0, b"abc"), seen(ETHERNET, 1, 5000, b"x"), seen(ETHERNET, 9, 5000, b"abcd")];
    assert_eq!(read_whole(&bytes), expected);
}

#[test]
fn a_packet_beyond_its_block_is_passed_over() {
    let lying = |kind, at: usize| {
        let mut block = if kind == 6 { LITTLE.enhanced(0, 1, 4, b"abcd") } else { LITTLE.obsolete(0, 1, 4, b"abcd") };
        block[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        block
    };
    let start = [LITTLE.section(), LITTLE.interface(1, 0, &[]), LITTLE.enhanced(0, 1, 1, b"a")].concat();
    let bytes = [start.clone(), lying(6, 20), lying(2, 20), LITTLE.block(6, b"short"), LITTLE.enhanced(0, 2, 1, b"b")];
    let (frames, warnings) = read(&bytes.concat()).unwrap();
    assert_eq!(frames, [seen(ETHERNET, 1, 1000, b"a"), seen(ETHERNET, 1, 2000, b"b")]);
    assert_eq!(warnings.len(), 3);
    assert_eq!(warnings[0].offset, Some(start.len() as u64));

    // Where the lengths of a block differ, nothing behind it can be trusted.
    let mut torn = lying(6, 20);
    let last = torn.len() - 4;
    torn[last] += 4;
    let (frames, warnings) = read(&[start, torn, LITTLE.enhanced(0, 2, 1, b"b")].concat()).unwrap();
    assert_eq!((frames.len(), warnings.len()), (1, 1));
}

#[test]
fn large_blocks_are_skipped_and_huge_claims_refused() {
    let start = [LITTLE.section(), LITTLE.interface(1, 0, &[]), LITTLE.enhanced(0, 1, 1, b"a")].concat();
    let large = LITTLE.block(0xbad, &vec![0; 20 << 20]);
    let (frames, warnings) = read(&[start.clone(), large, LITTLE.enhanced(0, 2, 1, b"b")].concat()).unwrap();
    assert_eq!((frames.len(), warnings.len()), (2, 0));
    for kind in [1, 2, 3, 6, 0xbad] {
        for len in [0, 11, 0xffff_fff0, u32::MAX] {
            let claim = LITTLE.words(&[kind, len, 0, 0, 0]);
            let (frames, warnings) = read(&[start.clone(), claim].concat()).unwrap();
            assert_eq!((frames.len(), warnings.len()), (1, 1));
            assert_eq!(warnings[0].offset, Some(start.len() as u64));
        }
    }
}

#[test]
fn compression_is_recognised_by_content() {
    let plain = LITTLE.pcap(0xa1b2_3c4d, 0, 1, &[(1, 2, 3, b"abc"), (4, 5, 6, b"def")]);
    let expected = read_whole(&plain);
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 1).unwrap();
    let skippable = [0x5a, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2];
    let (first, second) = plain.split_at(30);
    assert_eq!(read_whole(&gzip(&plain)), expected);
    assert_eq!(read_whole(&[gzip(first), gzip(second)].concat()), expected);
    assert_eq!(read_whole(&zstd(&plain)), expected);
    assert_eq!(read_whole(&[zstd(first), zstd(second)].concat()), expected);
    assert_eq!(read_whole(&[skippable.as_slice(), &zstd(&plain)].concat()), expected);

    let noise: Vec<u8> =
        (0..100_000_u32).flat_map(|number| (number.wrapping_mul(2_654_435_761) >> 7).to_le_bytes()).collect();
    let long = LITTLE.pcap(0xa1b2_3c4d, 0, 1, &noise.chunks(100).map(|data| (0, 0, 100, data)).collect::<Vec<_>>());
    for (packed, layer) in [(gzip(&long), "gzip"), (zstd(&long), "zstd")] {
        let (frames, warnings) = read(&packed[..packed.len() / 2]).unwrap();
        assert!(!frames.is_empty() && frames.len() < 4000, "{}", frames.len());
        assert_eq!(frames, read_whole(&long)[..frames.len()]);
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].what.starts_with(layer), "{}", warnings[0]);
    }
}

#[test]
fn a_batch_is_what_is_in_memory() {
    let records: Vec<(u32, u32, u32, Vec<u8>)> =
        (0..20_000_u32).map(|number| (number, 0, 40, number.to_le_bytes().repeat(1 + number as usize % 13))).collect();
    let borrowed: Vec<_> = records.iter().map(|(s, us, wire, data)| (*s, *us, *wire, data.as_slice())).collect();
    for order in BOTH {
        let frames = read_whole(&order.pcap(0xa1b2_c3d4, 96, 1, &borrowed));
        assert_eq!(frames.len(), records.len());
        assert!(frames.iter().zip(&records).all(|(frame, record)| frame.data == record.3));
    }
}

#[test]
fn what_is_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("written");
    for (unit, time_ns) in [(TimeUnit::Nanos, 1_465_478_143_773_645_123), (TimeUnit::Micros, 1_465_478_143_773_645_000)]
    {
        let options = PcapOptions { unit, snaplen: 4, ..PcapOptions::default() };
        let mut writer = PcapWriter::create(&path, options).unwrap();
        writer.write(1_465_478_143_773_645_123, 60, b"abcdef").unwrap();
        writer.write(0, 2, b"ab").unwrap();
        assert!(matches!(writer.write(u64::MAX, 2, b"ab"), Err(Error::Io { .. })));
        writer.finish().unwrap();
        let written = std::fs::read(&path).unwrap();
        assert_eq!(read_whole(&written), [seen(ETHERNET, 60, time_ns, b"abcd"), seen(ETHERNET, 2, 0, b"ab")]);
    }
}

/// A capture of each container, to be damaged.
fn samples() -> [Vec<u8>; 2] {
    let [little, big] = BOTH;
    let pcap = big.pcap(0xa1b2_c3d4, 96, 1, &[(1, 2, 3, b"abc"), (4, 5, 6, b"defgh"), (7, 8, 9, b"")]);
    let pcapng = [
        little.section(),
        little.interface(1, 0, &[(9, &[9]), (14, &[0; 8]), (0, &[])]),
        little.enhanced(0, 1, 3, b"abc"),
        little.simple(3, b"abc"),
        little.obsolete(0, 9, 3, b"abc"),
        little.block(5, b"statistics"),
        big.section(),
        big.interface(1, 0, &[]),
        big.enhanced(0, 1, 3, b"abc"),
    ];
    [pcap, pcapng.concat()]
}

proptest! {
    /// Whatever a file holds, reading it ends, with no more frames than it has room for.
    #[test]
    fn damage_never_panics(
        sample in 0_usize..2,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = samples()[sample].clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        bytes.truncate(cut.index(bytes.len() + 1));
        if let Ok((frames, _)) = read(&bytes) {
            prop_assert!(frames.len() * 16 <= bytes.len());
            prop_assert!(frames.iter().map(|frame| frame.data.len()).sum::<usize>() <= bytes.len());
            prop_assert!(frames.iter().all(|frame| frame.wire_len as usize >= frame.data.len()));
        }
    }
}
