//! `cato vendor`: a pipeline as a crate.

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use cato_codegen::spec::Spec;

use super::context::Context;
use super::target::Target;
use super::{Outcome, describe, finish};
use crate::cli::{Member, VendorArgs};
use crate::pick::Pick;
use crate::search::Measured;
use crate::study::{Study, spec_file};
use crate::vendor::{self, MeasuredWith, Origin, PartQuality, Provenance, TraceIdentity, VendorInput};

pub(super) fn run(args: &VendorArgs, context: &Context) -> anyhow::Result<Outcome> {
    let (input, folder) = match (&args.pick, &args.out) {
        (Some(pick), Some(folder)) => (of_study(&args.source, pick, folder)?, folder.as_path()),
        (None, Some(folder)) if args.source.is_file() => (of_spec(&args.source, folder)?, folder.as_path()),
        (None, None) if vendor::is_crate(&args.source) => (VendorInput::read(&args.source)?, args.source.as_path()),
        (None, None) if args.source.is_file() => bail!("say where the crate goes: --out FOLDER"),
        (None, _) => bail!("say which member: --pick knee|best|fastest|min-quality=Q|ID"),
        (_, None) => bail!("say where the crate goes: --out FOLDER"),
    };
    if args.check {
        let differences = vendor::check(&input, folder)?;
        let lines: Vec<String> = differences.iter().map(ToString::to_string).collect();
        let text = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        context.result(&serde_json::json!({ "folder": folder, "differences": lines }), text)?;
        return Ok(if lines.is_empty() { Outcome::Done } else { Outcome::Different });
    }
    vendor::write(&input, folder)?;
    let Provenance { package, origin } = &input.provenance;
    let member = origin.as_ref().map(|origin| &origin.member);
    let document = serde_json::json!({ "folder": folder, "package": package, "member": member });
    context.result(&document, format_args!("{} in {}\n", member.unwrap_or(package), folder.display()))?;
    Ok(Outcome::Done)
}

/// A pipeline that was not searched for: nothing is known of its quality and cost.
fn of_spec(path: &Path, folder: &Path) -> anyhow::Result<VendorInput> {
    let Target { spec, early, model, .. } = Target::one(&Member { path: path.to_owned(), id: None })?;
    let provenance = Provenance { package: vendor::package_name(folder), origin: None };
    Ok(VendorInput { spec, early, model, provenance })
}

fn of_study(study: &Path, pick: &Pick, folder: &Path) -> anyhow::Result<VendorInput> {
    let study = Study::open(study)?;
    let member = study.pick(pick)?;
    let path = study.folder().join(&member.spec);
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let spec = Spec::from_toml(&text).map_err(|mistakes| mistakes.in_file(path.display().to_string()))?;
    let early = spec.early.iter().map(|stage| finish::read_model(&path.with_file_name(&stage.model.file)));
    let early = early.collect::<anyhow::Result<_>>()?;
    let model = finish::read_model(&study.folder().join(&member.model_file))?;
    let quality = finish::read_quality(&study, &member.id)?;
    let measured = study.measured(&member.id).with_context(|| format!("the study has no evaluation {}", member.id))?;
    let model_words = finish::model_words(&member, &model, measured.model_depth);
    let origin = origin(&study, &member.id, &measured, model_words, quality)?;
    let provenance = Provenance { package: vendor::package_name(folder), origin: Some(origin) };
    Ok(VendorInput { spec, early, model: Some(model), provenance })
}

fn origin(study: &Study, id: &str, measured: &Measured, model: String, quality: PartQuality) -> anyhow::Result<Origin> {
    let settings = study.settings();
    ensure!(
        settings.cost_model == "measured",
        "the costs of this study are counted, not measured; vendor the spec {} by itself",
        study.folder().join(spec_file(id)).display()
    );
    let by = |name: &str| settings.measured_by.get(name).cloned().unwrap_or_default();
    // What was measured by, and the format, have places of their own.
    let elsewhere = |name: &str| name.starts_with("measured_by.") || ["version", "task"].contains(&name);
    let kept = settings.plain()?.into_iter().filter(|(name, _)| !elsewhere(name));
    Ok(Origin {
        task: settings.task.clone(),
        member: id.to_owned(),
        model,
        measured_with: MeasuredWith { cato: by(describe::CATO), rustc: by(describe::RUSTC), cpu: by(describe::CPU) },
        trace: TraceIdentity {
            hash: by(describe::TRACE),
            flows: by(describe::TRACE_FLOWS).parse()?,
            packets: by(describe::TRACE_PACKETS).parse()?,
        },
        cost: measured.cost,
        study: kept.collect(),
        quality,
    })
}
