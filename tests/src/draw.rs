//! Random specs, models and traces, the same for the same seed.

use cato_codegen::catalog::FeatureId;
use cato_codegen::model::{Leaf, Model, ModelKind, Node, Tree, Vote};
use cato_codegen::spec::{Confidence, Depth, ModelSpec, SPEC_VERSION, Spec, Stage, Strategy, Threshold};
use cato_runtime::{Frame, LinkType, TcpFlags};
use rand::RngExt;
use rand::seq::{IndexedRandom, SliceRandom};
use rand_chacha::ChaCha8Rng;

/// Splits between the root of a tree and a leaf, at most.
const TREE_DEPTH: u32 = 8;
const SECOND: u64 = 1_000_000_000;

/// A spec and its model: any feature subset, any depth, tree, forest or none, either strategy.
pub fn pipeline(random: &mut ChaCha8Rng) -> (Spec, Option<Model>) {
    let features = feature_names(random);
    let model = random.random_bool(0.85).then(|| model(random, &features));
    let strategy = *[Strategy::Auto, Strategy::NestedIf, Strategy::ConstTable].choose(random).expect("not empty");
    let mut named = features;
    named.shuffle(random);
    let spec = Spec {
        version: SPEC_VERSION,
        name: None,
        early: vec![],
        depth: depth(random),
        features: named,
        model: model.is_some().then(|| ModelSpec::new("model.json", strategy)),
    };
    (spec, model)
}

/// Some features in the catalogue's order: few, half of them, or all.
pub fn feature_names(random: &mut ChaCha8Rng) -> Vec<String> {
    let all: Vec<_> = FeatureId::ALL.iter().map(|feature| feature.name().to_owned()).collect();
    let share = *[0.02, 0.1, 0.5, 1.0].choose(random).expect("not empty");
    let mut chosen: Vec<_> = all.iter().filter(|_| random.random_bool(share)).cloned().collect();
    if chosen.is_empty() {
        chosen.push(all.choose(random).expect("67 features").clone());
    }
    chosen
}

/// A depth from 1 to 65,535 packets, mostly small, or "all".
pub fn depth(random: &mut ChaCha8Rng) -> Depth {
    match random.random_range(0..10) {
        0..3 => Depth::All,
        3 => Depth::Packets(*[1, 127, 128, 129, 255, 256, 257, u16::MAX].choose(random).expect("not empty")),
        _ => Depth::Packets(random.random_range(1..60)),
    }
}

/// A model over `features`, which are in the catalogue's order: a tree or a forest, with classes, leaves and thresholds
/// drawn at random.
pub fn model(random: &mut ChaCha8Rng, features: &[String]) -> Model {
    let (kind, trees) = match random.random_range(0..3) {
        0 => (ModelKind::DecisionTree, 1),
        1 => (ModelKind::RandomForest { vote: Vote::Soft }, random.random_range(1..24)),
        _ => (ModelKind::RandomForest { vote: Vote::Hard }, random.random_range(1..24)),
    };
    let classes = if random.random_bool(0.1) { 300 } else { random.random_range(1..14) };
    grown(random, features, kind, trees, classes)
}

fn grown(random: &mut ChaCha8Rng, features: &[String], kind: ModelKind, trees: usize, classes: usize) -> Model {
    let leaves: Vec<_> = (0..random.random_range(1..30)).map(|_| leaf(random, classes)).collect();
    let trees = (0..trees)
        .map(|_| {
            let mut tree = Vec::new();
            let depth = random.random_range(0..=TREE_DEPTH);
            grow(random, &mut tree, depth, features.len(), leaves.len());
            tree
        })
        .collect();
    let classes = (0..classes).map(|class| format!("class {class:03}")).collect();
    Model { kind, features: features.to_vec(), classes, leaves, trees }
}

/// A spec with stages, and a model for each: any feature subsets, ascending depths, trees and forests, either strategy, and
/// thresholds at votes that the models give, right above them, anywhere, or never.
pub fn stages(random: &mut ChaCha8Rng) -> (Spec, Vec<Model>) {
    let classes = random.random_range(2..6);
    let mut models = Vec::new();
    let mut seen = |random: &mut ChaCha8Rng| {
        let mut features = feature_names(random);
        let (kind, trees) = match random.random_range(0..3) {
            0 => (ModelKind::DecisionTree, 1),
            1 => (ModelKind::RandomForest { vote: Vote::Soft }, random.random_range(1..8)),
            _ => (ModelKind::RandomForest { vote: Vote::Hard }, random.random_range(1..8)),
        };
        let model = grown(random, &features, kind, trees, classes);
        let votes: Vec<u16> = (0..20).map(|_| model.predict(&row(random, &model)).confidence).collect();
        models.push(model);
        features.shuffle(random);
        let strategy = *Strategy::ALL.choose(random).expect("not empty");
        (features, ModelSpec::new("model.json", strategy), votes)
    };
    let mut depth = 0;
    let early = (0..random.random_range(1..4))
        .map(|_| {
            depth += random.random_range(1..6);
            let (features, model, votes) = seen(random);
            let confidence = if random.random_bool(0.5) {
                Confidence::Same(threshold_of(random, &votes))
            } else {
                Confidence::Each((0..classes).map(|_| threshold_of(random, &votes)).collect())
            };
            Stage { depth, features, model, confidence }
        })
        .collect();
    let (features, model, _) = seen(random);
    let last = Depth::Packets(depth + random.random_range(1..40));
    let depth = if random.random_bool(0.3) { Depth::All } else { last };
    let spec = Spec { version: SPEC_VERSION, name: None, early, depth, features, model: Some(model) };
    (spec.with_files_beside(), models)
}

fn threshold_of(random: &mut ChaCha8Rng, votes: &[u16]) -> Threshold {
    let vote = f64::from(*votes.choose(random).expect("not empty")) / f64::from(u16::MAX);
    match random.random_range(0..8) {
        0 => Threshold::Never,
        1 => Threshold::Share(random.random_range(0.0..=1.0)),
        2 => Threshold::Share(vote.next_up().min(1.0)),
        _ => Threshold::Share(vote),
    }
}

/// Values that meet the splits of `model` from every side, and values that no flow has: one row.
pub fn row(random: &mut ChaCha8Rng, model: &Model) -> Vec<f32> {
    let thresholds: Vec<f32> = model.trees.iter().flatten().filter_map(threshold).collect();
    (0..model.features.len())
        .map(|_| match thresholds.choose(random) {
            Some(&threshold) if random.random_bool(0.75) => {
                *[threshold, threshold.next_up(), threshold.next_down()].choose(random).expect("not empty")
            }
            _ => *[-1.0, 0.0, -0.0, 1.0, f32::MIN_POSITIVE, f32::MAX, value(random)].choose(random).expect("not empty"),
        })
        .collect()
}

fn threshold(node: &Node) -> Option<f32> {
    match *node {
        Node::Split { threshold, .. } => Some(threshold),
        Node::Leaf { .. } => None,
    }
}

/// A distribution over `classes` classes, a few of them or all; equal shares are common, so that ties happen.
fn leaf(random: &mut ChaCha8Rng, classes: usize) -> Leaf {
    let mut counts: Vec<(u16, u32)> = Vec::new();
    let few = 2.0 / classes as f64;
    let share = if random.random_bool(0.7) { few.min(1.0) } else { 1.0 };
    for class in 0..classes {
        if random.random_bool(share) {
            counts.push((class as u16, random.random_range(1..4)));
        }
    }
    if counts.is_empty() {
        counts.push((random.random_range(0..classes) as u16, 1));
    }
    let total: u32 = counts.iter().map(|&(_, count)| count).sum();
    let share = |count| (f64::from(u16::MAX) * f64::from(count) / f64::from(total)).round_ties_even() as u16;
    counts.into_iter().map(|(class, count)| (class, share(count))).collect()
}

/// Appends a subtree in preorder.
fn grow(random: &mut ChaCha8Rng, tree: &mut Tree, depth: u32, features: usize, leaves: usize) {
    if depth == 0 || random.random_bool(0.15) {
        return tree.push(Node::Leaf { leaf: random.random_range(0..leaves) as u32 });
    }
    let at = tree.len();
    let (feature, threshold) = (random.random_range(0..features) as u16, value(random));
    tree.push(Node::Split { feature, threshold, right: 0 });
    grow(random, tree, depth - 1, features, leaves);
    let right = tree.len() as u32;
    tree[at] = Node::Split { feature, threshold, right };
    grow(random, tree, depth - 1, features, leaves);
}

/// A number of the size that features have: small counts, bytes, nanoseconds, or the mark of the undefined.
fn value(random: &mut ChaCha8Rng) -> f32 {
    match random.random_range(0..6) {
        0 => *[-1.0, -0.5, 0.0, 0.5, 1.0].choose(random).expect("not empty"),
        1 => random.random_range(0..300) as f32,
        2 => random.random_range(0..131_072) as f32 / 2.0,
        3 => random.random_range(0.0..2e9),
        4 => 10f32.powf(random.random_range(-3.0..14.0)),
        _ => random.random_range(0..200) as f32 + 0.5,
    }
}

/// One frame of a random trace, headers only.
#[derive(Clone, Debug)]
pub struct DrawnFrame {
    /// Nanoseconds since 1970, not in order everywhere.
    pub time_ns: u64,
    /// Length on the wire in bytes.
    pub wire_len: u32,
    /// The captured bytes.
    pub data: Vec<u8>,
}

/// Frames of one capture.
#[derive(Clone, Debug)]
pub struct DrawnTrace {
    /// How each of them begins.
    pub link: LinkType,
    /// In order of arrival.
    pub frames: Vec<DrawnFrame>,
}

impl DrawnTrace {
    /// The frames as drivers take them.
    pub fn frames(&self) -> Vec<Frame<'_>> {
        let link = Some(self.link);
        let frames = self.frames.iter();
        frames
            .map(|DrawnFrame { time_ns, wire_len, data }| Frame { link, wire_len: *wire_len, time_ns: *time_ns, data })
            .collect()
    }
}

/// Packets of up to twenty keys at random: both protocols, both IP versions, any flags, windows, lengths and hop
/// limits, times that stand still, fall, and jump past the time-outs.
pub fn trace(random: &mut ChaCha8Rng) -> DrawnTrace {
    let link = if random.random_bool(0.5) { LinkType::Ethernet } else { LinkType::RawIp };
    let keys = *[1, 2, 5, 20].choose(random).expect("not empty");
    let habits: Vec<_> = (0..keys).map(|number| FlowHabits::draw(random, number)).collect();
    let pace = *[1_000, 1_000_000, 100_000_000, 3 * SECOND].choose(random).expect("not empty");
    let mut now = 1_700_000_000 * SECOND;
    let frames = (0..random.random_range(1..900))
        .map(|_| {
            match random.random_range(0..400) {
                0 => now += random.random_range(0..400) * SECOND,
                1..8 => now -= random.random_range(0..2 * pace),
                8..40 => {}
                _ => now += random.random_range(0..pace),
            }
            let (data, ip_len) = habits.choose(random).expect("at least one flow").packet(random, link);
            let link_len = if link == LinkType::Ethernet { 14 } else { 0 };
            let wire_len = (link_len + ip_len).max(data.len() as u32);
            DrawnFrame { time_ns: now, wire_len, data }
        })
        .collect();
    DrawnTrace { link, frames }
}

/// What the packets of one key have in common.
struct FlowHabits {
    ipv6: bool,
    tcp: bool,
    number: u8,
    from_source: f64,
    /// Of 64 packets, how many have SYN, RST or FIN bits at random.
    wild_flags: u32,
    extreme: bool,
}

impl FlowHabits {
    fn draw(random: &mut ChaCha8Rng, number: u8) -> Self {
        Self {
            ipv6: random.random_bool(0.3),
            tcp: random.random_bool(0.7),
            number,
            from_source: *[0.0, 0.2, 0.5, 0.9, 1.0].choose(random).expect("not empty"),
            wild_flags: *[0, 1, 16].choose(random).expect("not empty"),
            extreme: random.random_bool(0.3),
        }
    }

    /// The headers of one packet, and its IP length in bytes.
    fn packet(&self, random: &mut ChaCha8Rng, link: LinkType) -> (Vec<u8>, u32) {
        let from_source = random.random_bool(self.from_source);
        let ip_header = if self.ipv6 { 40 } else { 20 };
        let least = ip_header + if self.tcp { 20 } else { 8 };
        let longest = if self.ipv6 { 65_575 } else { 65_535 };
        let ip_len = if self.extreme {
            *[least, least + 1, longest - 1, longest].choose(random).expect("not empty")
        } else {
            random.random_range(least..1500)
        };
        let mut data = Vec::new();
        if link == LinkType::Ethernet {
            data.extend([2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]);
            data.extend(if self.ipv6 { [0x86, 0xdd] } else { [0x08, 0x00] });
        }
        self.ip_header(random, &mut data, ip_len, from_source);
        self.transport_header(random, &mut data, from_source);
        (data, ip_len)
    }

    fn ip_header(&self, random: &mut ChaCha8Rng, data: &mut Vec<u8>, ip_len: u32, from_source: bool) {
        let ttl = if self.extreme { random.random() } else { 64 - self.number };
        let protocol = if self.tcp { 6 } else { 17 };
        let ends = if from_source { [1, 2] } else { [2, 1] };
        // A length of 0 stands for one that segmentation offload left out; the length on the wire is then the same.
        let offloaded = random.random_bool(0.02);
        if self.ipv6 {
            let payload = if offloaded { 0 } else { (ip_len - 40) as u16 };
            data.extend([0x60, 0, 0, 0]);
            data.extend(payload.to_be_bytes());
            data.extend([protocol, ttl]);
            for end in ends {
                data.extend([0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, self.number, end]);
            }
        } else {
            let total = if offloaded { 0 } else { ip_len as u16 };
            data.extend([0x45, 0]);
            data.extend(total.to_be_bytes());
            data.extend([0, 0, 0, 0, ttl, protocol, 0, 0]);
            for end in ends {
                data.extend([192, 0, 2, end]);
            }
        }
    }

    fn transport_header(&self, random: &mut ChaCha8Rng, data: &mut Vec<u8>, from_source: bool) {
        let (client, server) = (40_000 + u16::from(self.number), 443u16);
        let (from, to) = if from_source { (client, server) } else { (server, client) };
        data.extend(from.to_be_bytes());
        data.extend(to.to_be_bytes());
        if !self.tcp {
            return data.extend([0, 8, 0, 0]);
        }
        let flags = match random.random_range(0..64) {
            wild if wild < self.wild_flags => random.random(),
            0..24 => TcpFlags::SYN,
            24..32 => TcpFlags::SYN | TcpFlags::ACK,
            _ => random.random::<u8>() & !(TcpFlags::SYN | TcpFlags::RST | TcpFlags::FIN),
        };
        let window = if self.extreme { *[0, u16::MAX].choose(random).expect("not empty") } else { random.random() };
        data.extend([0; 8]);
        data.extend([0x50, flags]);
        data.extend(window.to_be_bytes());
        data.extend([0; 4]);
    }
}
