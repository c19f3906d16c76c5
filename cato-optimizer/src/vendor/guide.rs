//! What a vendored crate says of itself: its README and the examples in it.

use cato_codegen::model::ModelKind;
use cato_codegen::spec::Depth;

use super::{PartQuality, VendorInput};
use crate::report::{bytes, nanoseconds};

/// The name of the struct that implements the pipeline.
pub(super) const STRUCT: &str = "Classifier";

/// One sentence: what the pipeline looks at and what it tells apart.
pub(super) fn summary(input: &VendorInput) -> String {
    let VendorInput { spec, model, .. } = input;
    let packets = match spec.depth {
        Depth::Packets(1) => "the first packet".to_owned(),
        Depth::Packets(packets) => format!("the first {packets} packets"),
        Depth::All => "all packets".to_owned(),
    };
    let trees = match model.kind {
        ModelKind::DecisionTree => "a decision tree".to_owned(),
        ModelKind::RandomForest { .. } => format!("a random forest of {} trees", model.trees.len()),
    };
    let (features, classes) = (spec.features.len(), model.classes.len());
    format!(
        "A classifier of network flows, compiled: {features} feature{} of {packets},\n{trees}, {classes} class{}.\n",
        if features == 1 { "" } else { "s" },
        if classes == 1 { "" } else { "es" },
    )
}

/// `README.md`.
pub(super) fn readme(input: &VendorInput) -> String {
    let package = &input.provenance.package;
    [
        format!("# {package}\n\n{}", summary(input)),
        "Made by `cato vendor` from `spec.toml`, `model.json` and `PROVENANCE.toml`; every other\n\
         file follows from these three. Nothing here allocates, and no packet makes it panic.\n"
            .to_owned(),
        contents(input),
        quality(input),
        cost(input),
        calling(input),
        licence().to_owned(),
    ]
    .join("\n")
}

fn contents(input: &VendorInput) -> String {
    let list = |names: &[String]| names.iter().map(|name| code(name)).collect::<Vec<_>>().join(",\n");
    format!("## Features\n\n{}.\n\n## Classes\n\n{}.\n", list(&input.model.features), list(&input.model.classes))
}

fn quality(input: &VendorInput) -> String {
    let PartQuality { validation, test } = &input.provenance.quality;
    let mut text = "## Quality\n\n| metric | validation | test |\n|---|---|---|\n".to_owned();
    for (metric, value) in test.metrics() {
        let seen = validation.get(&metric).map_or("-".to_owned(), |value| format!("{value:.3}"));
        text += &format!("| {} | {seen} | {value:.3} |\n", code(&metric));
    }
    text += "\nThe search chose by the validation part; it never saw the test part.\n";
    if !test.classes.is_empty() {
        text += "\n| class | precision | recall | F1 | flows of the test part |\n|---|---|---|---|---|\n";
        for class in &test.classes {
            text += &format!(
                "| {} | {:.3} | {:.3} | {:.3} | {} |\n",
                code(&class.class).replace('|', "\\|"),
                class.precision,
                class.recall,
                class.f1,
                class.support
            );
        }
    }
    text
}

fn cost(input: &VendorInput) -> String {
    let provenance = &input.provenance;
    let cost = &provenance.cost;
    format!(
        "## Cost\n\n| what | measured |\n|---|---|\n| CPU time per flow, median | {} |\n| the same, 99th percentile | {} |\n\
         | CPU time per packet | {} |\n| state per flow | {} |\n| code and constants | {} |\n\n\
         From raw packet bytes to verdict, over a trace of {} flows and {} packets, with\n{} on {}.\n",
        nanoseconds(cost.execution_time_ns),
        nanoseconds(cost.p99_ns),
        nanoseconds(cost.per_packet_ns),
        bytes(cost.state_bytes),
        bytes(cost.code_bytes),
        provenance.trace.flows,
        provenance.trace.packets,
        provenance.measured_with.rustc,
        provenance.measured_with.cpu,
    )
}

fn calling(input: &VendorInput) -> String {
    format!(
        "## Calling it\n\nWhere packets are parsed and flows are followed elsewhere, hand each packet to the state of its\n\
         flow; this takes no dependency:\n\n```rust\n{}```\n\nWith the feature `parse`, the crate goes all the way from \
         frames to verdicts:\n\n```rust\n{}```\n",
        bare_example(input),
        parse_example(input)
    )
}

/// A packet into a state, and the verdict.
pub(super) fn bare_example(input: &VendorInput) -> String {
    format!(
        "use {krate}::{STRUCT};\n\
         use {krate}::rt::{{Direction, Packet, PacketView, Pipeline}};\n\
         \n\
         let mut state = {STRUCT}::start();\n\
         // For each packet of the flow: 20 bytes of its IP and of its TCP header, its IP length.\n\
         let (ip, tcp) = ([0x45; 20], [0; 20]);\n\
         let view = PacketView::tcp(&ip, &tcp, 40);\n\
         {STRUCT}::update(&mut state, &Packet {{ view, time_ns: 0, direction: Direction::Source }});\n\
         // At the inference point:\n\
         let verdict = {STRUCT}::classify(&state);\n\
         println!(\"{{}}\", {STRUCT}::CLASSES[usize::from(verdict.class)]);\n",
        krate = crate_name(input)
    )
}

/// Frames into a driver, and the verdicts.
pub(super) fn parse_example(input: &VendorInput) -> String {
    format!(
        "use {krate}::{STRUCT};\n\
         use {krate}::rt::{{\n    Bucket, Driver, Entry, FixedStorage, FlowSettings, Frame, LinkType, Pipeline, StaticPipeline,\n}};\n\
         \n\
         const FLOWS: usize = 1024;\n\
         let mut buckets = [Bucket::default(); 2 * FLOWS];\n\
         let mut entries = [Entry::VACANT; FLOWS];\n\
         let states = vec![{STRUCT}::start(); FLOWS];\n\
         let pipeline = StaticPipeline::<{STRUCT}, _>::new(states);\n\
         let storage = FixedStorage::new(&mut buckets, &mut entries);\n\
         let mut driver = Driver::new(pipeline, FlowSettings::default(), storage);\n\
         \n\
         let frame = Frame {{ link: Some(LinkType::Ethernet), wire_len: 60, time_ns: 0, data: &[0; 60] }};\n\
         driver.run(&[frame], |flow, _| println!(\"{{:?}}\", flow.verdict));\n\
         driver.end_input(|flow, _| println!(\"{{:?}}\", flow.verdict));\n",
        krate = crate_name(input)
    )
}

fn licence() -> &'static str {
    "## Licence\n\nUnder either of Apache License 2.0 (`LICENSE-APACHE`) or MIT (`LICENSE-MIT`), at your option: the files\n\
     below `src/rt/` are copies of cato's runtime.\n"
}

fn crate_name(input: &VendorInput) -> String {
    input.provenance.package.replace('-', "_")
}

/// Text of unknown content as Markdown code, on one line.
fn code(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let ticks = if plain.contains('`') { "``" } else { "`" };
    let air = if plain.starts_with('`') || plain.ends_with('`') { " " } else { "" };
    format!("{ticks}{air}{plain}{air}{ticks}")
}
