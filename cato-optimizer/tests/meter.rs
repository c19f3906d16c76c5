//! Measuring artifacts in a child process: right ones, wrong ones, and such as do not come back.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use cato_artifact::{Artifact, Kit};
use cato_codegen::model::{Model, ModelKind, Node};
use cato_codegen::spec::{Depth, ModelSpec, SPEC_VERSION, Spec, Strategy};
use cato_optimizer::affinity::last_core;
use cato_optimizer::cost::{CostMetric, Spread};
use cato_optimizer::measure::{Disagreement, MeasureFailure, Meter, MeterError, MeterOptions, RateOptions, Waits};
use cato_runtime::FlowSettings;
use cato_traffic::{FlowRecords, Inputs, PcapOptions, PcapWriter, Trace, TraceOptions};
use tempfile::TempDir;

const FLOWS: u64 = 40;
const PACKETS: u64 = 100;
const RAW_IP: u32 = 101;

#[test]
fn a_pipeline_that_agrees_has_a_cost() {
    let setting = Setting::new();
    let mut meter = setting.meter();
    assert_eq!((meter.flows(), meter.packets()), (FLOWS, PACKETS));
    for artifact in [features_only(), tree(["small", "large"], 60.0)] {
        let cost = meter.measure(&artifact).unwrap();
        assert!(cost.execution_time_ns > 0.0 && cost.p99_ns >= cost.execution_time_ns, "{cost:?}");
        assert!((cost.per_packet_ns * PACKETS as f64 - cost.execution_time_ns * FLOWS as f64).abs() < 1e-3, "{cost:?}");
        assert!(cost.reference_ns > 0.0);
        assert_eq!((cost.state_bytes, cost.code_bytes), (artifact.state_bytes, artifact.code_bytes));
    }
    let criterion = setting.folder.path().join("criterion");
    assert!(criterion.join("trace").is_dir(), "Criterion's files are kept for people");
}

#[test]
fn latency_is_what_flows_wait_and_what_runs() {
    let setting = Setting::new();
    let trace = Trace::load(&setting.file("trace")).expect("it was saved");
    let waits = Waits::of(&FlowRecords::of_trace(&trace, FlowSettings::default()));
    let options = MeterOptions { latency: Some(waits.clone()), metric: CostMetric::Latency, ..setting.options() };
    let mut meter = Meter::start(Path::new(PROGRAM), &setting.file("trace"), &features_only(), &options).unwrap();
    let cost = meter.measure(&tree(["small", "large"], 60.0)).unwrap();
    let latency = cost.latency.expect("it was asked for");
    // Each flow's second packet comes 40 packets after its first.
    let wait = FLOWS as f64 * 1_000_003.0;
    assert_eq!(latency.waiting, Spread { mean_ns: wait, median_ns: wait, p99_ns: wait });
    assert!(latency.prediction_ns > 0.0 && latency.extraction.mean_ns >= 0.0, "{latency:?}");
    let parts = wait + latency.extraction.mean_ns + latency.prediction_ns;
    assert!((latency.total.mean_ns - parts).abs() < 1e-3 && cost.objective() == latency.total.mean_ns);
    assert_eq!(cost.throughput, None);
    let features = meter.measure(&features_only()).unwrap().latency.expect("it was asked for");
    // To the end: half of the flows have a third packet.
    assert_eq!((features.waiting.median_ns, features.waiting.p99_ns), (wait, 2.0 * wait));
    assert_eq!(features.prediction_ns, 0.0);
}

#[test]
fn a_rate_without_loss_is_found() {
    let setting = Setting::new();
    let rate = RateOptions {
        first_trial: Duration::from_millis(1),
        last_trial: Duration::from_millis(4),
        searches: 3,
        width: 0.05,
    };
    let (core, metric) = (last_core(), CostMetric::Throughput);
    let options = MeterOptions { core, metric, throughput: Some(rate), ..setting.options() };
    let start = || Meter::start(Path::new(PROGRAM), &setting.file("trace"), &features_only(), &options);
    let mut meter = match start() {
        Ok(meter) => meter,
        Err(MeterError::OneCore) => return eprintln!("skipped: throughput is measured on two cores"),
        Err(error) => unreachable!("{error}"),
    };
    match meter.measure(&tree(["small", "large"], 60.0)) {
        Ok(cost) => {
            let throughput = cost.throughput.expect("it was asked for");
            let [low, high] = throughput.spread_packets_per_s;
            assert!(0.0 < low && low <= throughput.packets_per_s && throughput.packets_per_s <= high);
            let flows = throughput.classifications_per_s / throughput.packets_per_s;
            assert!((flows - FLOWS as f64 / PACKETS as f64).abs() < 1e-9, "{throughput:?}");
            let bits: u64 = (0..PACKETS).map(|number| 8 * (28 + number % FLOWS * 2 + number / FLOWS)).sum();
            let per_packet = throughput.bits_per_s / throughput.packets_per_s;
            assert!((per_packet - bits as f64 / PACKETS as f64).abs() < 1e-6, "{throughput:?}");
            assert!((1..=3).contains(&throughput.searches) && throughput.trials > throughput.searches);
            assert!((cost.objective() - 1e9 / throughput.packets_per_s).abs() < 1e-9);
        }
        Err(MeasureFailure::NoRate { trials, disturbed }) if 10 * disturbed > trials => {
            eprintln!("skipped: other programs disturbed {disturbed} of {trials} trials");
        }
        Err(failure) => unreachable!("{failure}"),
    }
}

#[test]
fn throughput_without_a_second_core_is_refused() {
    let setting = Setting::new();
    let throughput = Some(RateOptions::brief(Duration::from_millis(1)));
    let options = MeterOptions { core: None, throughput, ..setting.options() };
    let started = Meter::start(Path::new(PROGRAM), &setting.file("trace"), &features_only(), &options);
    assert!(matches!(started, Err(MeterError::OneCore)));
}

#[test]
fn another_model_than_the_compiled_one_is_found_out() {
    let setting = Setting::new();
    let (artifact, other) = (tree(["small", "large"], 60.0), tree(["small", "large"], 30.0));
    let failure = setting.meter().measure(&Artifact { spec: other.spec, ..artifact }).unwrap_err();
    assert!(matches!(failure, MeasureFailure::Disagrees(Disagreement::Verdict { .. })), "{failure}");
}

#[test]
fn wrong_features_are_found_out_to_the_last_bit() {
    let setting = Setting::new();
    let last_bit = setting.by_hand("last_bit", "", "[(state.packets as f32).next_up(), state.bytes as f32]");
    let failure = setting.meter().measure(&last_bit).unwrap_err();
    let MeasureFailure::Disagrees(Disagreement::Feature { flow, feature, interpreted, emitted }) = &failure else {
        unreachable!("{failure}");
    };
    assert_eq!((*flow, feature.as_str(), *emitted), (0, "s_pkt_cnt", interpreted + 1));
}

#[test]
fn a_spec_of_another_shape_is_found_out() {
    let setting = Setting::new();
    let other = features_only().spec;
    let failure = setting.meter().measure(&Artifact { spec: other, ..right(&setting) }).unwrap_err();
    assert!(
        matches!(&failure, MeasureFailure::Disagrees(Disagreement::Shape { what, .. }) if what == "depth"),
        "{failure}"
    );
}

#[test]
fn the_meter_survives_what_crashes_and_what_hangs() {
    let setting = Setting::new();
    let mut meter = setting.meter();

    let crashing = setting.by_hand("crashing", "std::process::abort();", RIGHT);
    let failure = meter.measure(&crashing).unwrap_err();
    assert!(matches!(&failure, MeasureFailure::Crashed { status, .. } if status == "SIGABRT"), "{failure}");

    let panicking = setting.by_hand("panicking", "panic!(\"no such packet\");", RIGHT);
    let failure = meter.measure(&panicking).unwrap_err();
    assert!(matches!(&failure, MeasureFailure::Crashed { said, .. } if said == "no such packet"), "{failure}");

    let hanging = setting.by_hand("hanging", "loop { std::hint::spin_loop() }", RIGHT);
    let failure = meter.measure(&hanging).unwrap_err();
    assert!(matches!(failure, MeasureFailure::TimedOut { .. }), "{failure}");

    let failure = meter.measure(&Artifact { library: setting.file("absent.so"), ..hanging }).unwrap_err();
    assert!(matches!(failure, MeasureFailure::Unusable(_)), "{failure}");

    assert!(meter.measure(&right(&setting)).unwrap().execution_time_ns > 0.0);
}

#[test]
fn what_cannot_be_measured_on_is_refused_at_the_start() {
    let setting = Setting::new();
    let start =
        |program: &str, trace: &Path| Meter::start(Path::new(program), trace, &features_only(), &setting.options());
    let absent = start(PROGRAM, &setting.file("absent.trace")).unwrap_err();
    assert!(matches!(absent, MeterError::Start(MeasureFailure::Unusable(_))), "{absent}");
    let other_program = start("true", &setting.file("trace")).unwrap_err();
    assert!(matches!(other_program, MeterError::Start(MeasureFailure::Crashed { .. })), "{other_program}");
    let no_program = start("/no/such/program", &setting.file("trace")).unwrap_err();
    assert!(matches!(no_program, MeterError::Start(MeasureFailure::Worker(_))), "{no_program}");

    let empty = setting.file("empty.trace");
    Trace::default().save(&empty).unwrap();
    let no_flows = start(PROGRAM, &empty).unwrap_err();
    assert!(no_flows.to_string().contains("no flow"), "{no_flows}");
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_cato");

/// A folder with a saved trace.
struct Setting {
    folder: TempDir,
}

impl Setting {
    fn new() -> Self {
        let setting = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        let capture = setting.file("capture.pcap");
        write_capture(&capture).expect("the folder can be written");
        let inputs = Inputs::collect(&[capture]).expect("the capture is there");
        let trace = Trace::collect(&inputs, &TraceOptions::default()).expect("the capture is whole");
        trace.save(&setting.file("trace")).expect("the folder can be written");
        setting
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn options(&self) -> MeterOptions {
        MeterOptions {
            warm_up: Duration::from_millis(5),
            measurement: Duration::from_millis(10),
            time_limit: Duration::from_secs(10),
            core: None,
            ..MeterOptions::new(self.folder.path().to_owned())
        }
    }

    fn meter(&self) -> Meter {
        Meter::start(Path::new(PROGRAM), &self.file("trace"), &features_only(), &self.options())
            .expect("a sound set-up")
    }

    /// An artifact whose library is written by hand: `update` happens at each packet, `extract` are its features.
    fn by_hand(&self, name: &str, update: &str, extract: &str) -> Artifact {
        let source = SUMS.replace("/* update */", update).replace("/* extract */", extract);
        let (file, library) = (self.file(&format!("{name}.rs")), self.file(&format!("{name}.so")));
        fs::write(&file, source).expect("the folder can be written");
        let mut command = kit().rustc();
        command.args(["--edition=2024", "--crate-type=cdylib", "--cap-lints=allow", "-Copt-level=1", "-o"]);
        assert!(command.arg(&library).arg(&file).status().expect("rustc is there").success());
        let spec = spec(Depth::Packets(3), &["s_pkt_cnt", "s_bytes_sum"], None);
        let path = self.file(&format!("{name}.toml"));
        fs::write(&path, spec.to_toml()).expect("the folder can be written");
        Artifact { id: name.to_owned(), library, spec: path, state_bytes: 16, code_bytes: 1 }
    }
}

const RIGHT: &str = "[state.packets as f32, state.bytes as f32]";

const SUMS: &str = "
    use cato_runtime as rt;
    pub struct Candidate;
    #[derive(Clone, Copy)]
    pub struct State { packets: u64, bytes: u64 }
    impl rt::Pipeline for Candidate {
        type State = State;
        type Features = [f32; 2];
        const DEPTH: rt::Depth = rt::Depth::Packets(3);
        const FEATURES: &'static [&'static str] = &[\"s_pkt_cnt\", \"s_bytes_sum\"];
        const CLASSES: &'static [&'static str] = &[];
        fn start() -> State { State { packets: 0, bytes: 0 } }
        fn update(state: &mut State, packet: &rt::Packet) {
            /* update */
            if packet.direction == rt::Direction::Source {
                state.packets += 1;
                state.bytes += u64::from(packet.view.bytes());
            }
        }
        fn extract(state: &State) -> [f32; 2] { /* extract */ }
        fn predict(_: &[f32; 2]) -> rt::Verdict { rt::Verdict::FEATURES_ONLY }
    }
    #[unsafe(no_mangle)]
    pub static CATO_PIPELINE: rt::AbiHeader = rt::AbiHeader::of::<Candidate>();
";

fn right(setting: &Setting) -> Artifact {
    setting.by_hand("right", "", RIGHT)
}

fn kit() -> &'static Kit {
    static KIT: OnceLock<Kit> = OnceLock::new();
    KIT.get_or_init(|| {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR"));
        // With this folder there, the kit of a changed compiler takes seconds.
        fs::create_dir_all(cache.join("cargo-target")).expect("the tests' own folder can be written");
        Kit::prepare(cache).expect("a Rust toolchain is there: it compiled this test")
    })
}

fn features_only() -> Artifact {
    let spec = spec(Depth::All, &["dur", "proto", "s_bytes_med", "d_iat_std", "s_pkt_cnt"], None);
    kit().build(&spec, &[]).expect("a sound spec")
}

/// A tree of one split over the mean length of the source's packets.
fn tree(classes: [&str; 2], threshold: f32) -> Artifact {
    let features = vec!["s_bytes_mean".to_owned()];
    let mut classes = classes.map(str::to_owned).to_vec();
    classes.sort();
    let model = Model {
        kind: ModelKind::DecisionTree,
        features,
        classes,
        leaves: vec![vec![(0, 65_535)], vec![(1, 65_535)]],
        trees: vec![vec![
            Node::Split { feature: 0, threshold, right: 2 },
            Node::Leaf { leaf: 0 },
            Node::Leaf { leaf: 1 },
        ]],
    };
    let named = ModelSpec::new("model.json", Strategy::Auto);
    kit().build(&spec(Depth::Packets(2), &["s_bytes_mean"], Some(named)), &[&model]).expect("a sound spec")
}

fn spec(depth: Depth, features: &[&str], model: Option<ModelSpec>) -> Spec {
    let features = features.iter().map(|feature| (*feature).to_owned()).collect();
    Spec { version: SPEC_VERSION, name: None, early: vec![], depth, features, model }
}

/// UDP flows, one after the other's first packets, of which each has two or three packets of its own lengths.
fn write_capture(path: &Path) -> Result<(), cato_traffic::Error> {
    let mut capture = PcapWriter::create(path, PcapOptions { link_type: RAW_IP, ..PcapOptions::default() })?;
    for number in 0..PACKETS {
        let (flow, round) = (number % FLOWS, number / FLOWS);
        let (source, destination) = (1000 + flow as u16, 53);
        let ports = if round == 1 { [destination, source] } else { [source, destination] };
        let hosts: [u8; 8] = if round == 1 { [10, 0, 0, 2, 10, 0, 0, 1] } else { [10, 0, 0, 1, 10, 0, 0, 2] };
        let payload = (flow * 2 + round) as u16;
        let mut packet = vec![0x45, 0];
        packet.extend((28 + payload).to_be_bytes());
        packet.extend([0, 0, 0, 0, 64, 17, 0, 0]);
        packet.extend(hosts);
        packet.extend(ports.iter().flat_map(|port| port.to_be_bytes()));
        packet.extend((8 + payload).to_be_bytes());
        packet.extend([0, 0]);
        packet.resize(packet.len() + usize::from(payload), 0);
        capture.write(1_600_000_000_000_000_000 + number * 1_000_003, packet.len() as u32, &packet)?;
    }
    capture.finish()
}
