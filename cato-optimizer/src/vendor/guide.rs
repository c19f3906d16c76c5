//! What a vendored crate says of itself: its README.

use cato_codegen::model::ModelKind;
use cato_codegen::spec::Depth;

use super::{Origin, PartQuality, Plan, examples};
use crate::cost::Latency;
use crate::report::{bytes, nanoseconds, rate};

/// What the pipeline is, without its numbers.
pub(super) fn kind(plan: &Plan<'_>) -> &'static str {
    if plan.input.model.is_some() { "A classifier of network flows" } else { "Features of network flows" }
}

/// One sentence: what the pipeline looks at and what it tells apart.
pub(super) fn summary(plan: &Plan<'_>) -> String {
    let packets = match plan.spec.depth {
        Depth::Packets(1) => "the first packet".to_owned(),
        Depth::Packets(packets) => format!("the first {packets} packets"),
        Depth::All => "all packets".to_owned(),
    };
    let count = |number: usize, one: &str, more: &str| format!("{number} {}", if number == 1 { one } else { more });
    let features = count(plan.pipeline.features().len(), "feature", "features");
    let model = plan.input.model.as_ref().map(|model| {
        let trees = match model.kind {
            ModelKind::DecisionTree => "a decision tree".to_owned(),
            ModelKind::RandomForest { .. } => {
                format!("a random forest of {}", count(model.trees.len(), "tree", "trees"))
            }
        };
        format!(",\n{trees}, {}", count(model.classes.len(), "class", "classes"))
    });
    format!("{}, compiled: {features} of {packets}{}.\n", kind(plan), model.unwrap_or_default())
}

/// `README.md`.
pub(super) fn readme(plan: &Plan<'_>) -> String {
    let package = &plan.input.provenance.package;
    let origin = plan.input.provenance.origin.as_ref();
    let sections = [
        Some(format!("# {package}\n\n{}", summary(plan))),
        Some(made_from(plan)),
        Some(contents(plan)),
        Some(state(plan)),
        origin.map(|origin| quality(&origin.quality)),
        origin.map(cost),
        Some(from_rust(plan)),
        Some(from_c(plan)),
        Some(LICENCE.to_owned()),
    ];
    sections.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// The numbers of inputs that there can be: with the spec and the provenance, the models of eight stages at most.
const NUMBERS: [&str; 9] = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

fn made_from(plan: &Plan<'_>) -> String {
    let models: Vec<_> = plan.spec.models().map(|model| format!("`{}`", model.file)).collect();
    let inputs = match models.as_slice() {
        [] => "`spec.toml`".to_owned(),
        models => format!("`spec.toml`, {}", models.join(", ")),
    };
    let number = NUMBERS.get(models.len()).copied().unwrap_or("files");
    format!(
        "Made by `cato vendor` from {inputs} and `PROVENANCE.toml`; every other\n\
         file follows from these {number}. Nothing here allocates, and no packet makes it panic.\n"
    )
}

fn contents(plan: &Plan<'_>) -> String {
    let features: Vec<_> = plan.pipeline.features().iter().map(|feature| code(feature.name())).collect();
    let classes: Vec<_> = plan.classes().iter().map(|class| code(class)).collect();
    let mut text = format!("## Features\n\n{}.\n", features.join(",\n"));
    if !classes.is_empty() {
        text += &format!("\n## Classes\n\n{}.\n", classes.join(",\n"));
    }
    text
}

fn state(plan: &Plan<'_>) -> String {
    format!(
        "## State\n\n{} bytes for each flow, aligned to {}: plain data without pointers.\n",
        plan.pipeline.state_bytes(),
        plan.pipeline.state_align()
    )
}

fn quality(PartQuality { validation, test }: &PartQuality) -> String {
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

fn cost(origin: &Origin) -> String {
    let cost = &origin.cost;
    let latency = cost.latency.map_or_else(String::new, |latency| {
        let Latency { waiting, total, .. } = latency;
        let [mean, waiting] = [total.mean_ns, waiting.mean_ns].map(nanoseconds);
        format!(
            "| from a flow's first packet to its verdict, mean | {mean}, of which {waiting} waiting for packets |\n"
        )
    });
    let throughput = cost.throughput.map_or_else(String::new, |throughput| {
        let bound = if throughput.generator_bound { "at least " } else { "" };
        format!("| packets without loss, on one core | {bound}{} |\n", rate(throughput.packets_per_s))
    });
    format!(
        "## Cost\n\n| what | measured |\n|---|---|\n| CPU time per flow, median | {} |\n| the same, 99th percentile | {} |\n\
         | CPU time per packet | {} |\n{latency}{throughput}| code and constants | {} |\n\n\
         From raw packet bytes to verdict, over a trace of {} flows and {} packets, with\n{} on {}.\n",
        nanoseconds(cost.execution_time_ns),
        nanoseconds(cost.p99_ns),
        nanoseconds(cost.per_packet_ns),
        bytes(cost.code_bytes),
        origin.trace.flows,
        origin.trace.packets,
        origin.measured_with.rustc,
        origin.measured_with.cpu,
    )
}

fn from_rust(plan: &Plan<'_>) -> String {
    format!(
        "## From Rust\n\nWhere packets are parsed and flows are followed elsewhere, hand each packet to the state of its\n\
         flow; this takes no dependency:\n\n```rust\n{}```\n\nWith the feature `parse`, the crate goes all the way from \
         frames to verdicts:\n\n```rust\n{}```\n",
        examples::rust_packets(plan),
        examples::rust_frames(plan)
    )
}

fn from_c(plan: &Plan<'_>) -> String {
    let krate = plan.crate_name();
    format!(
        r#"## From C

The feature `capi` adds functions for C, and `include/{krate}.h` declares them. A static library, and a
program that uses it:

```sh
cargo rustc --release --features capi --crate-type staticlib -- -C panic=abort
cc -I include program.c target/release/lib{krate}.a -Wl,--gc-sections -o program
```

`--crate-type cdylib` makes a shared library. Where packets are parsed and flows are followed elsewhere:

```c
{packets}```

With `--features capi,parse`, from frames to verdicts, in memory that the program provides:

```c
{frames}```

Every function that can fail answers with a status, and the header says which. A state is a struct of known
size, to be kept in arrays and copied; a driver takes its memory once and asks for no more.

* The crate is `no_std`. A library for C takes its panic handler from `std`, and as nothing here panics, the
  linker drops it again: that is what `panic=abort` and `--gc-sections` are for. Without them the program is
  larger by `std`, and does the same.
* On a target without an operating system there is no `std`: add the feature `panic-handler`, unless Rust code
  beside the library brings a handler.
* cargo looks up optional dependencies, used or not. On a machine that has no registry and no copy of one,
  leave cargo out: `rustc --edition {edition} -O --crate-type staticlib --cfg 'feature="capi"'
  --crate-name {krate} src/lib.rs` needs nothing but this folder.
* Every name begins with that of the crate, so several such libraries, made with one version of rustc, go
  into one program.
"#,
        packets = examples::c_packets(plan),
        frames = examples::c_frames(plan),
        edition = super::files::EDITION,
    )
}

const LICENCE: &str = "## Licence\n\nUnder either of Apache License 2.0 (`LICENSE-APACHE`) or MIT (`LICENSE-MIT`), at \
    your option: the files\nbelow `src/rt/` are copies of cato's runtime.\n";

/// Text of unknown content as Markdown code, on one line.
fn code(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let ticks = if plain.contains('`') { "``" } else { "`" };
    let air = if plain.starts_with('`') || plain.ends_with('`') { " " } else { "" };
    format!("{ticks}{air}{plain}{air}{ticks}")
}
