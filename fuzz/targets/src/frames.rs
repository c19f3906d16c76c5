//! Frames through decoding, flow tracking and a pipeline.

use cato_codegen::interp::Interpreter;
use cato_codegen::record::{FlowRecord, PacketRecord};
use cato_codegen::spec::{Depth as SpecDepth, Spec};
use cato_runtime::{
    Depth, Driver, End, Eviction, Finished, FlowKey, Frame, Pipeline, Skip, StaticPipeline, Storage, Verdict,
};
use cato_traffic::{BoundedStorage, GrowingStorage, RecordOptions, Recorder};

use super::pipelines::{All1, All5, All40, AllToTheEnd, Mini, Tree};
use super::script::{Script, Step, write_frame, write_pause};

/// Frames that are handed over together.
const TOGETHER: usize = 7;

/// Takes a script of frames; see `fuzz/README.md`.
///
/// * Every packet is counted once, whatever the table had to let go.
/// * The table holds no more than it was made for.
/// * Neither the secret of the hash nor the way in which packets are handed over changes an answer.
/// * Where nothing had to be let go, features are those of the interpreter, bit for bit.
pub fn run(input: &[u8]) {
    let script = Script::read(input);
    match script.pipeline % 6 {
        0 => check::<Tree>(&script),
        1 => check::<All5>(&script),
        2 => check::<All40>(&script),
        3 => check::<AllToTheEnd>(&script),
        4 => check::<All1>(&script),
        _ => check::<Mini>(&script),
    }
}

/// A seed: the frames of a capture, followed in a table of so many keys and states by the pipeline of that number.
#[must_use]
pub fn seed(frames: &[Frame<'_>], pipeline: u8, keys: u8, states: u8) -> Vec<u8> {
    let mut script = vec![pipeline << 3 | 1, keys.wrapping_sub(1), states.wrapping_sub(1), 9];
    let mut last = frames.first().map_or(0, |frame| frame.time_ns);
    for frame in frames {
        if let Some(link) = frame.link {
            let more = (frame.wire_len as usize).saturating_sub(frame.data.len()).min(253) as u8;
            write_frame(&mut script, link, frame.time_ns.saturating_sub(last), frame.data, more);
            last = frame.time_ns;
        }
    }
    write_pause(&mut script, 60_000, 22);
    script
}

/// What is said of a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Answer {
    flow: u64,
    key: FlowKey,
    packets: u32,
    end: End,
    verdict: Verdict,
    /// Bits, so that they can be compared.
    features: Option<Vec<u32>>,
}

fn check<P: Pipeline>(script: &Script<'_>) {
    let bounded = drive::<P>(script, BoundedStorage::new(script.keys), script.states, false, [1, 2]);
    let again = drive::<P>(script, BoundedStorage::new(script.keys), script.states, true, [u64::MAX, 77]);
    assert_eq!(bounded.len(), again.len());
    for (answer, again) in bounded.iter().zip(&again) {
        assert_eq!(*answer, Answer { features: None, ..again.clone() });
    }
    compare_with_interpreter::<P>(script);
}

/// Sends all frames through and gives the answers in their order, after looking at the counters.
fn drive<P: Pipeline>(
    script: &Script<'_>,
    storage: impl Storage,
    states: usize,
    stepwise: bool,
    secret: [u64; 2],
) -> Vec<Answer> {
    let pipeline = StaticPipeline::<P, _>::new(vec![P::start(); states]);
    let mut driver = Driver::new(pipeline, script.settings, storage).keyed(secret);
    if stepwise {
        driver = driver.stepwise();
    }
    let mut answers = Vec::new();
    let mut frames = Vec::new();
    let mut sent = 0;
    let mut keep = |finished: &Finished<'_>, pipeline: &StaticPipeline<P, Vec<P::State>>| {
        answers.push(answer::<P>(finished, stepwise.then_some(pipeline)));
    };
    for step in &script.steps {
        match step {
            Step::Frame(frame) => frames.push(*frame),
            Step::Advance(_) => {}
        }
        let advance = if let Step::Advance(now) = step { Some(*now) } else { None };
        if frames.len() == TOGETHER || advance.is_some() {
            sent += frames.len() as u64;
            driver.run(&frames, &mut keep);
            frames.clear();
        }
        if let Some(now) = advance {
            driver.advance_to(now, &mut keep);
        }
        assert!(driver.open() <= driver.held() && driver.open() <= states);
        assert!(driver.held() <= script.keys);
    }
    sent += frames.len() as u64;
    driver.run(&frames, &mut keep);
    driver.end_input(&mut keep);
    let evicted = Eviction::ALL.map(|reason| driver.evicted(reason));
    let skipped: u64 = Skip::ALL.iter().map(|&reason| driver.skipped(reason)).sum();
    assert_eq!(driver.packets(), sent);
    assert_eq!(
        sent,
        driver.classified() + driver.absorbed() + skipped + evicted.iter().map(|evicted| evicted.packets).sum::<u64>()
    );
    assert_eq!((driver.open(), driver.held()), (0, 0));
    let let_go: u64 = evicted.iter().map(|evicted| evicted.flows).sum();
    let (flows, classified) = (driver.flows(), driver.classified());
    assert_eq!(flows, answers.len() as u64 + let_go);
    assert_eq!(classified, answers.iter().map(|answer| u64::from(answer.packets)).sum::<u64>());
    answers
}

fn answer<P: Pipeline>(finished: &Finished<'_>, pipeline: Option<&StaticPipeline<P, Vec<P::State>>>) -> Answer {
    use cato_runtime::BatchPipeline as _;

    let Finished { slot, entry, end, verdict } = *finished;
    match P::DEPTH {
        Depth::Packets(depth) => assert!(entry.packets() <= depth),
        Depth::All => assert_ne!(end, End::Depth),
    }
    if P::CLASSES.is_empty() {
        assert_eq!(verdict, Verdict::FEATURES_ONLY);
    } else {
        assert!(usize::from(verdict.class) < P::CLASSES.len());
    }
    assert!(entry.packets() > 0 && entry.last_ns() >= entry.start_ns());
    let features = pipeline.map(|pipeline| {
        let mut features = P::extract(&P::start());
        pipeline.features(slot, features.as_mut());
        assert_eq!(P::predict(&features), verdict);
        assert!(features.as_ref().iter().all(|value| value.is_finite()));
        features.as_ref().iter().map(|value| value.to_bits()).collect()
    });
    Answer { flow: entry.flow(), key: *entry.key(), packets: entry.packets(), end, verdict, features }
}

/// Features of a table that grows, against those that the interpreter has of the recorded packets.
fn compare_with_interpreter<P: Pipeline>(script: &Script<'_>) {
    let frames: Vec<Frame<'_>> = script
        .steps
        .iter()
        .filter_map(|step| if let Step::Frame(frame) = step { Some(*frame) } else { None })
        .collect();
    let flows_at_most = frames.len().max(1);
    let pipeline = StaticPipeline::<P, _>::new(vec![P::start(); flows_at_most]);
    let mut driver = Driver::new(pipeline, script.settings, GrowingStorage::new()).stepwise();
    let mut answers = Vec::new();
    driver.run(&frames, |finished, pipeline| answers.push(answer::<P>(finished, Some(pipeline))));
    driver.end_input(|finished, pipeline| answers.push(answer::<P>(finished, Some(pipeline))));
    answers.sort_by_key(|answer| answer.flow);

    let mut recorder = Recorder::new(&RecordOptions { settings: script.settings, ..RecordOptions::default() });
    frames.iter().for_each(|frame| recorder.frame(frame));
    let records = recorder.finish();
    assert_eq!(records.counts.frames, frames.len() as u64);
    let counts = &records.counts;
    assert_eq!(counts.frames, counts.in_flows + counts.absorbed + counts.skipped_in_all());

    let depth = match P::DEPTH {
        Depth::Packets(packets) => SpecDepth::Packets(packets as u16),
        Depth::All => SpecDepth::All,
    };
    let features = P::FEATURES.iter().map(|&name| name.to_owned()).collect();
    let spec = Spec { version: 1, name: None, early: vec![], depth, features, model: None };
    let compiled = cato_codegen::compile(&spec, &[]).expect("the spec of a pipeline that was compiled");
    let interpreter = Interpreter::new(&compiled);
    assert_eq!(answers.len(), records.flows.len());
    for (number, (answer, flow)) in answers.iter().zip(&records.flows).enumerate() {
        let packets: Vec<_> = records
            .packets(number)
            .iter()
            .map(|packet| PacketRecord {
                time_ns: packet.time_ns(),
                bytes: packet.bytes(),
                winsize: packet.winsize(),
                ttl: packet.ttl(),
                flags: packet.flags(),
                from_source: packet.from_source(),
            })
            .collect();
        let flow = FlowRecord {
            protocol: flow.protocol(),
            source_port: flow.source.port,
            destination_port: flow.destination.port,
            packets: &packets,
        };
        let expected: Vec<_> = interpreter.features(&flow).iter().map(|value| value.to_bits()).collect();
        assert_eq!(answer.features.as_ref(), Some(&expected), "flow {number}");
    }
}
