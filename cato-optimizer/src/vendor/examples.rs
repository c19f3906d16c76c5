//! Programs that call a vendored crate, as its README shows them.

use super::Plan;

/// Rust: a packet into a state, and the answer.
pub(super) fn rust_packets(plan: &Plan<'_>) -> String {
    let answer = if plan.input.model.is_some() {
        "let verdict = {item}::classify(&state);\n\
         println!(\"{}\", {item}::CLASSES[usize::from(verdict.class)]);\n"
    } else {
        "let features = {item}::extract(&state);\n\
         println!(\"{} = {}\", {item}::FEATURES[0], features[0]);\n"
    };
    named(
        plan,
        &[
            r#"use {krate}::{item};
use {krate}::rt::{Direction, Packet, PacketView, Pipeline};

let mut state = {item}::start();
// For each packet of the flow: 20 bytes of its IP and of its TCP header, its IP length.
let (ip, tcp) = ([0x45; 20], [0; 20]);
let view = PacketView::tcp(&ip, &tcp, 40);
{item}::update(&mut state, &Packet { view, time_ns: 0, direction: Direction::Source });
// At the inference point:
"#,
            answer,
        ],
    )
}

/// Rust: frames into a driver, and the answers.
pub(super) fn rust_frames(plan: &Plan<'_>) -> String {
    let (stepwise, sink) = if plan.input.model.is_some() {
        ("", "let sink = |flow: &Finished, _: &_| println!(\"{:?}\", flow.verdict);\n")
    } else {
        (
            ".stepwise()",
            "let sink = |flow: &Finished, pipeline: &StaticPipeline<{item}, _>| {\n    \
                 let mut features = [0.0; {item}::FEATURES.len()];\n    \
                 pipeline.features(flow.slot, &mut features);\n    \
                 println!(\"{features:?}\");\n\
             };\n",
        )
    };
    let import = if stepwise.is_empty() { "" } else { "BatchPipeline, " };
    named(
        plan,
        &[
            r#"use {krate}::{item};
use {krate}::rt::{
    "#,
            import,
            r#"Bucket, Driver, Entry, Finished, FixedStorage, FlowSettings, Frame, LinkType, Pipeline, StaticPipeline,
};

const FLOWS: usize = 1024;
let mut buckets = [Bucket::default(); 2 * FLOWS];
let mut entries = [Entry::VACANT; FLOWS];
let states = vec![{item}::start(); FLOWS];
let pipeline = StaticPipeline::<{item}, _>::new(states);
let storage = FixedStorage::new(&mut buckets, &mut entries);
let mut driver = Driver::new(pipeline, FlowSettings::default(), storage)"#,
            stepwise,
            ";\n\n",
            sink,
            r#"let frame = Frame { link: Some(LinkType::Ethernet), wire_len: 60, time_ns: 0, data: &[0; 60] };
driver.run(&[frame], sink);
driver.end_input(sink);
"#,
        ],
    )
}

/// C: a packet into a state, and the answer.
pub(super) fn c_packets(plan: &Plan<'_>) -> String {
    let (declared, call, printed) = if plan.input.model.is_some() {
        (
            "    {krate}_verdict verdict;\n",
            "{krate}_classify(&flows[0], &verdict)",
            "    printf(\"%s\\n\", {krate}_class_name(verdict.class_index));\n",
        )
    } else {
        (
            "    float features[{KRATE}_FEATURES];\n",
            "{krate}_features(&flows[0], features, {KRATE}_FEATURES)",
            "    for (size_t i = 0; i < {KRATE}_FEATURES; i++)\n        \
                 printf(\"%s = %g\\n\", {krate}_feature_name(i), features[i]);\n",
        )
    };
    named(
        plan,
        &[
            r#"#include <stdio.h>
#include "{krate}.h"

static {krate}_state flows[1024];

int main(void) {
    /* An IPv4 header, and behind it a TCP header with SYN set. */
    const uint8_t bytes[40] = {0x45, 0, 0, 40, [8] = 64, [9] = 6, [32] = 0x50, [33] = 0x02};
    {krate}_packet packet = {
        .data = bytes,
        .captured = sizeof bytes,
        .ip_offset = 0,
        .transport_offset = 20,
        .time_ns = 0,
        .ip_bytes = 40,
        .protocol = 6,
        .direction = {KRATE}_FROM_SOURCE,
    };
"#,
            declared,
            r#"
    /* A flow starts; each of its packets is taken in; at the inference point it is asked. */
    if ({krate}_start(&flows[0]) != {KRATE}_STATUS_OK ||
        {krate}_update(&flows[0], &packet) != {KRATE}_STATUS_OK ||
        "#,
            call,
            r#" != {KRATE}_STATUS_OK)
        return 1;
"#,
            printed,
            "    return 0;\n}\n",
        ],
    )
}

/// C: frames into a driver, and the answers.
pub(super) fn c_frames(plan: &Plan<'_>) -> String {
    let (settings, printed) = if plan.input.model.is_some() {
        ("", "    printf(\"%s\\n\", {krate}_class_name(flow->verdict.class_index));\n")
    } else {
        ("    settings.features = 1;\n", "    printf(\"%s = %g\\n\", {krate}_feature_name(0), flow->features[0]);\n")
    };
    named(
        plan,
        &[
            r#"#include <stdio.h>
#include <stdlib.h>
#include "{krate}.h"

static void print(const {krate}_flow *flow, void *user) {
    (void)user;
"#,
            printed,
            r#"}

int main(void) {
    const size_t flows = 1024, bytes = {krate}_driver_bytes(flows);
    const uint8_t data[60] = {0};
    {krate}_frame frame = {.data = data, .captured = sizeof data, .wire_bytes = sizeof data, .link = 1};
    {krate}_settings settings = {krate}_default_settings();
    {krate}_driver *driver;
    void *memory = aligned_alloc({krate}_driver_align(), bytes);

"#,
            settings,
            r#"    if (!memory || {krate}_driver_init(memory, bytes, flows, &settings, &driver) != {KRATE}_STATUS_OK)
        return 1;
    {krate}_driver_run(driver, &frame, 1, print, NULL);
    {krate}_driver_end_input(driver, print, NULL);
    free(memory);
    return 0;
}
"#,
        ],
    )
}

fn named(plan: &Plan<'_>, parts: &[&str]) -> String {
    let krate = plan.crate_name();
    let text = parts.concat().replace("{KRATE}", &krate.to_uppercase());
    text.replace("{krate}", &krate).replace("{item}", plan.item())
}
