//! Between search and front: what is on the front or close to it is measured again.

use std::collections::BTreeSet;

use cato_artifact::Kit;

use super::context::Context;
use super::target::Target;
use crate::cli::Member;
use crate::cost::Cost;
use crate::measure::Meter;
use crate::repeat;
use crate::search::evaluation_id;
use crate::study::{Study, StudyWriter};

/// Measures every candidate that is on the front or close to it until each has `times` measurements besides its first.
///
/// One round measures each of them once, in turn; after it the front may be another one, and so may be what is close to
/// it. Every measurement is recorded at once, so a search that is stopped or asked for more goes on from there. What
/// cannot be measured again keeps the measurements that it has.
pub(super) fn front(
    study: &mut StudyWriter,
    kit: &Kit,
    meter: &mut Meter,
    times: usize,
    context: &Context,
) -> anyhow::Result<()> {
    let mut given_up = BTreeSet::new();
    for round in 0.. {
        let repeated = study.study().repeated();
        let measurements = |at: usize| repeated.get(at).copied().flatten().map_or(0, |one| one.measurements);
        let mut open = repeat::contenders(&study.study().settled());
        open.retain(|at| measurements(*at) <= times && !given_up.contains(at));
        if open.is_empty() {
            break;
        }
        if round == 0 {
            context.say(format_args!("measuring {} candidates on and near the front again", open.len()));
        }
        // Whatever the machine does meanwhile meets all alike, and a steady drift does too.
        if round % 2 == 1 {
            open.reverse();
        }
        for at in open {
            match measure(study.study(), kit, meter, at) {
                Ok(cost) => study.append_measurement(at, cost)?,
                Err(error) => {
                    context.say(format_args!("warning: {} was not measured again: {error:#}", evaluation_id(at)));
                    given_up.insert(at);
                }
            }
        }
    }
    Ok(())
}

/// Builds an evaluation from its spec and model once more and measures it.
fn measure(study: &Study, kit: &Kit, meter: &mut Meter, at: usize) -> anyhow::Result<Cost> {
    let target = Target::one(&Member { path: study.folder().to_owned(), id: Some(evaluation_id(at)) })?;
    Ok(meter.measure(&kit.build(&target.spec, &target.models())?)?)
}
