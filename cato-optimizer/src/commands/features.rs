//! `cato features`: the features of every flow as a table.

use std::io::{self, Write};

use cato_codegen::spec::Depth;
use cato_traffic::{Flow, FlowRecords};
use serde::Serialize;
use serde_json::{Map, Value};

use super::context::Context;
use super::{Outcome, input};
use crate::atomic;
use crate::cli::{FeaturesArgs, TableFormat};
use crate::train::{Matrix, Part, extraction};

const KEY_COLUMNS: [&str; 9] = [
    "file",
    "key_proto",
    "key_s_addr",
    "key_s_port",
    "key_d_addr",
    "key_d_port",
    "first_ts_ns",
    "packets",
    "packets_used",
];

pub(super) fn run(args: &FeaturesArgs, context: &Context) -> anyhow::Result<Outcome> {
    let inputs = input::inputs(&args.pcap, &args.flow)?;
    let records = input::records(&inputs, &args.flow, args.depth.0, context)?;
    let labels = input::labels(&args.label, &records)?;
    let table = Table::new(args, records, labels, context)?;
    let fill = |out: &mut dyn Write| match args.format {
        TableFormat::Csv => table.write_csv(out),
        TableFormat::Jsonl => table.write_jsonl(out),
    };
    match &args.out {
        Some(path) => {
            atomic::write(path, fill)?;
            let document = Summary { out: path.display().to_string(), rows: table.rows(), columns: table.columns() };
            context.result(&document, format_args!("{} flows in {}\n", table.rows(), path.display()))?;
        }
        None if context.json => context.result(&table.document(), "")?,
        None => fill(&mut io::BufWriter::new(io::stdout().lock()))?,
    }
    Ok(Outcome::Done)
}

/// One row for each flow.
struct Table {
    records: FlowRecords,
    matrix: Matrix,
    depth: Depth,
    labels: Option<Vec<Option<String>>>,
    /// The part of each flow, `None` for those of dropped classes or without a label.
    parts: Option<Vec<Option<Part>>>,
}

impl Table {
    fn new(
        args: &FeaturesArgs,
        records: FlowRecords,
        labels: Option<Vec<Option<String>>>,
        context: &Context,
    ) -> anyhow::Result<Self> {
        let (records, parts) = match args.split {
            None => (records, None),
            Some(split) => {
                let labels = input::require_labels(labels.clone())?;
                let labelled = input::labelled(records, labels, args.min_flows, Some(split), args.seed, context)?;
                let mut parts = vec![None; labelled.records.flows.len()];
                for (&flow, &part) in labelled.dataset.flows().iter().zip(labelled.split.parts()) {
                    parts[flow] = Some(part);
                }
                (labelled.records, Some(parts))
            }
        };
        let matrix = {
            let all: Vec<_> = (0..records.flows.len()).collect();
            Matrix::interpret(&records, &all, &extraction(args.features.0, args.depth.0)?, input::threads())
        };
        Ok(Self { records, matrix, depth: args.depth.0, labels, parts })
    }

    fn rows(&self) -> usize {
        self.records.flows.len()
    }

    fn columns(&self) -> Vec<&str> {
        let mut columns = KEY_COLUMNS.to_vec();
        columns.extend(self.matrix.columns().iter().map(String::as_str));
        columns.push("label");
        if self.parts.is_some() {
            columns.push("part");
        }
        columns
    }

    fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(self.columns())?;
        for row in 0..self.rows() {
            let flow = &self.records.flows[row];
            for key in self.key(flow) {
                csv.write_field(text(&key))?;
            }
            for value in self.matrix.row(row) {
                csv.write_field(value.to_string())?;
            }
            csv.write_field(self.label(row).unwrap_or_default())?;
            if self.parts.is_some() {
                csv.write_field(self.part(row).unwrap_or_default())?;
            }
            csv.write_record(None::<&[u8]>)?;
        }
        csv.flush()
    }

    fn write_jsonl(&self, out: &mut dyn Write) -> io::Result<()> {
        for row in 0..self.rows() {
            serde_json::to_writer(&mut *out, &self.object(row))?;
            out.write_all(b"\n")?;
        }
        out.flush()
    }

    fn document(&self) -> Value {
        let rows: Vec<_> = (0..self.rows()).map(|row| Value::Object(self.object(row))).collect();
        serde_json::json!({ "columns": self.columns(), "rows": rows })
    }

    fn object(&self, row: usize) -> Map<String, Value> {
        let mut object = Map::new();
        for (name, value) in KEY_COLUMNS.into_iter().zip(self.key(&self.records.flows[row])) {
            object.insert(name.to_owned(), value);
        }
        for (name, &value) in self.matrix.columns().iter().zip(self.matrix.row(row)) {
            object.insert(name.clone(), value.into());
        }
        object.insert("label".to_owned(), self.label(row).into());
        if self.parts.is_some() {
            object.insert("part".to_owned(), self.part(row).into());
        }
        object
    }

    fn key(&self, flow: &Flow) -> [Value; KEY_COLUMNS.len()] {
        let used = match self.depth {
            Depth::Packets(packets) => flow.packets.min(packets.into()),
            Depth::All => flow.packets,
        };
        [
            self.records.file_of(flow).map(|file| file.name.as_str()).into(),
            protocol_name(flow.protocol()).into(),
            flow.source_address().to_string().into(),
            flow.source.port.into(),
            flow.destination_address().to_string().into(),
            flow.destination.port.into(),
            flow.first_ns.into(),
            flow.packets.into(),
            used.into(),
        ]
    }

    fn label(&self, row: usize) -> Option<&str> {
        self.labels.as_ref()?.get(row)?.as_deref()
    }

    fn part(&self, row: usize) -> Option<&'static str> {
        self.parts.as_ref()?.get(row)?.map(part_name)
    }
}

/// A transport protocol as labels name it.
pub(super) fn protocol_name(protocol: u8) -> &'static str {
    if protocol == cato_runtime::PacketView::TCP { "tcp" } else { "udp" }
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Train => "train",
        Part::Validation => "validation",
        Part::Test => "test",
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    out: String,
    rows: usize,
    columns: Vec<&'a str>,
}
