//! `cato explain`: the plan of a pipeline.

use super::Outcome;
use super::context::Context;
use super::target::Target;
use crate::cli::ExplainArgs;

pub(super) fn run(args: &ExplainArgs, context: &Context) -> anyhow::Result<Outcome> {
    let target = Target::one(&args.target)?;
    let pipeline = cato_codegen::compile(&target.spec, &target.models())?;
    let plan = cato_codegen::explain(&pipeline);
    context.result(&serde_json::json!({ "pipeline": target.name, "plan": plan }), &plan)?;
    Ok(Outcome::Done)
}
