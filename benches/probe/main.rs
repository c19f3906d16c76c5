//! A program that callgrind counts: the candidate of `spec.toml`, its feature code alone and its whole pipeline.
//!
//! Compiled by rustc against the kit, as candidates are. What is counted happens inside the functions whose names begin
//! with `counted_`, one after the other.

use std::hint::black_box;
use std::process::ExitCode;

use cato_runtime::{
    Bucket, Depth, Driver, Entry, FixedStorage, FlowSettings, Frame, LinkType, Packet, Pipeline, StaticPipeline, TcpFlags,
    Tracker, Verdict, decode,
};

#[cato_macros::cato_pipeline(spec = "spec.toml")]
pub struct Candidate;

/// A pipeline that does nothing: what remains of the loop around feature code.
struct Nothing;

impl Pipeline for Nothing {
    type State = ();
    type Features = [f32; 0];

    const DEPTH: Depth = Candidate::DEPTH;
    const FEATURES: &'static [&'static str] = &[];
    const CLASSES: &'static [&'static str] = &[];

    fn start() {}

    fn update(_state: &mut (), _packet: &Packet) {}

    fn extract(_state: &()) -> [f32; 0] {
        []
    }

    fn predict(_features: &[f32; 0]) -> Verdict {
        Verdict::FEATURES_ONLY
    }
}

fn main() -> ExitCode {
    let path = std::env::args_os().nth(1).unwrap_or_default();
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("{} cannot be read", path.display());
        return ExitCode::FAILURE;
    };
    let segments = read(&bytes);
    let mut flows = Vec::new();
    let used: Vec<Vec<Frame<'_>>> = segments.iter().map(|segment| follow(segment, &mut flows)).collect();
    let packets: usize = flows.iter().map(Vec::len).sum();

    counted_features(&flows, &mut Candidate::start());
    counted_loop(&flows, &mut ());

    let most = used.iter().map(Vec::len).max().unwrap_or(0).max(1);
    let mut buckets = vec![Bucket::default(); 2 * most.next_power_of_two()];
    let mut entries = vec![Entry::VACANT; most];
    let pipeline = StaticPipeline::<Candidate, _>::new(vec![Candidate::start(); most]);
    let storage = FixedStorage::new(&mut buckets, &mut entries);
    let mut driver = Driver::new(pipeline, FlowSettings::default(), storage);
    let verdicts = counted_pipeline(&used, &mut driver);

    println!("{} {packets} {verdicts} {}", flows.len(), size_of::<<Candidate as Pipeline>::State>());
    ExitCode::SUCCESS
}

#[inline(never)]
#[unsafe(no_mangle)]
fn counted_features(flows: &[Vec<Packet>], state: &mut <Candidate as Pipeline>::State) {
    each_flow::<Candidate>(flows, state);
}

#[inline(never)]
#[unsafe(no_mangle)]
fn counted_loop(flows: &[Vec<Packet>], state: &mut ()) {
    each_flow::<Nothing>(flows, state);
}

/// The optimiser is told nothing of state, packet and features, as where flows take turns.
#[inline(always)]
fn each_flow<P: Pipeline>(flows: &[Vec<Packet>], state: &mut P::State) {
    for flow in flows {
        P::reset(black_box(&mut *state));
        for packet in flow {
            P::update(black_box(&mut *state), black_box(packet));
        }
        let features = P::extract(black_box(&*state));
        black_box(&features);
    }
}

type Appliance<'a> = Driver<StaticPipeline<Candidate, Vec<<Candidate as Pipeline>::State>>, FixedStorage<'a>>;

/// From raw bytes to verdicts, whose number it gives.
#[inline(never)]
#[unsafe(no_mangle)]
fn counted_pipeline(segments: &[Vec<Frame<'_>>], driver: &mut Appliance<'_>) -> u64 {
    let mut verdicts = 0;
    for segment in segments {
        driver.run(segment, |finished, _| {
            black_box(finished.verdict);
            verdicts += 1;
        });
        driver.end_input(|finished, _| {
            black_box(finished.verdict);
            verdicts += 1;
        });
    }
    verdicts
}

/// Adds the packets of each TCP flow up to its inference point, and gives the frames of these packets and of later ones
/// that may end a flow.
fn follow<'a>(frames: &[Frame<'a>], flows: &mut Vec<Vec<Packet>>) -> Vec<Frame<'a>> {
    let most = frames.len().max(1);
    let mut buckets = vec![Bucket::default(); 2 * most.next_power_of_two()];
    let mut entries = vec![Entry::VACANT; most];
    let mut tracker =
        Tracker::new(FlowSettings::default(), Candidate::DEPTH, FixedStorage::new(&mut buckets, &mut entries));
    let mut of_slot = vec![0; most];
    let mut used = Vec::new();
    for frame in frames {
        let Some(packet) = frame.link.and_then(|link| decode(link, frame.data, frame.wire_len).ok()) else { continue };
        if !packet.view.is_tcp() {
            continue;
        }
        let hash = tracker.hash(&packet.key);
        let Ok(seen) = tracker.observe(&packet, hash, frame.time_ns, |_, _| {}) else { continue };
        if seen.starts {
            of_slot[seen.slot as usize] = flows.len();
            flows.push(Vec::new());
        }
        if seen.updates {
            let packet = Packet { view: packet.view, time_ns: seen.time_ns, direction: seen.direction };
            flows[of_slot[seen.slot as usize]].push(packet);
        }
        if seen.updates || packet.view.flags() & (TcpFlags::FIN | TcpFlags::RST) != 0 {
            used.push(*frame);
        }
    }
    used
}

/// Frames as the parent wrote them, in segments that stand for one capture each.
fn read(mut bytes: &[u8]) -> Vec<Vec<Frame<'_>>> {
    let mut segments = vec![Vec::new()];
    while let Some((head, rest)) = bytes.split_first_chunk::<24>() {
        let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let time_ns = u64::from(word(0)) | u64::from(word(4)) << 32;
        let (data, rest) = rest.split_at(word(16) as usize);
        let frame = Frame { link: LinkType::from_capture(word(8)), wire_len: word(12), time_ns, data };
        if word(20) != 0 {
            segments.push(Vec::new());
        }
        segments.last_mut().expect("there is always one").push(frame);
        bytes = rest;
    }
    segments
}
