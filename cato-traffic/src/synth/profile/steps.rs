//! From typed steps to a script, with named scripts put in their place.

use toml::Spanned;

use super::check::{Check, one_of};
use super::file::StepFile;
use crate::synth::distribution::{Distribution, Weighted};
use crate::synth::script::{Send, Side, Step};

/// More steps than a script that makes sense has; scripts that run scripts could grow without bound.
pub(super) const MOST_STEPS: usize = 10_000;
const MOST_NESTING: usize = 32;

impl<'f> Check<'f> {
    /// Appends the meaning of `files` to `steps`, with named scripts put in their place. At most `left` steps follow.
    pub(super) fn steps(&mut self, files: &'f [Spanned<StepFile>], steps: &mut Vec<Step>, left: &mut usize) {
        for file in files {
            let Some(rest) = left.checked_sub(1) else { return };
            *left = rest;
            if rest == 0 {
                self.note(file, format!("the script has more than {MOST_STEPS} steps"), "use repeat");
                return;
            }
            self.step(file, steps, left);
        }
    }

    fn step(&mut self, file: &'f Spanned<StepFile>, steps: &mut Vec<Step>, left: &mut usize) {
        let step = file.get_ref();
        let is_message = step.from.is_some() || step.size.is_some();
        let has_details = step.after_ms.is_some() || step.wait.is_some() || step.scaled.is_some();
        match (is_message, &step.run, &step.repeat, &step.one_of) {
            (true, None, None, None) if step.steps.is_none() => steps.extend(self.message(file).map(Step::Send)),
            (false, Some(name), None, None) if step.steps.is_none() && !has_details => self.run(name, steps, left),
            (false, None, Some(times), None) if !has_details => {
                let times = self.quantity(times);
                let mut repeated = Vec::new();
                match &step.steps {
                    Some(files) if !files.is_empty() => self.steps(files, &mut repeated, left),
                    _ => self.note(file, "nothing is repeated", "write steps = [..] next to repeat"),
                }
                steps.push(Step::Repeat { times, steps: repeated });
            }
            (false, None, None, Some(branches)) if step.steps.is_none() && !has_details => {
                let mut choices = Vec::new();
                for branch in branches.get_ref() {
                    let mut chosen = Vec::new();
                    self.steps(&branch.steps, &mut chosen, left);
                    choices.push((branch.weight, chosen));
                }
                match Weighted::new(choices) {
                    Some(choices) => steps.push(Step::OneOf(choices)),
                    None => self.note(branches, "nothing can be chosen", "give branches weights above 0"),
                }
            }
            _ => self.note(
                file,
                "this is not a step",
                "a step is one of { from, size, after_ms, wait, scaled }, { run }, { repeat, steps }, { one_of }",
            ),
        }
    }

    fn message(&mut self, file: &'f Spanned<StepFile>) -> Option<Send> {
        let step = file.get_ref();
        let (Some(from), Some(size)) = (&step.from, &step.size) else {
            self.note(file, "a message needs a sender and a size", "write from and size");
            return None;
        };
        let side = match from.get_ref().as_str() {
            "client" => Side::Client,
            "server" => Side::Server,
            other => {
                self.note(from, format!("{other:?} is no end of a flow"), "write \"client\" or \"server\"");
                return None;
            }
        };
        Some(Send {
            from: side,
            size: self.quantity(size),
            after_ms: step.after_ms.as_ref().map_or(Distribution::constant(0.0), |after| self.quantity(after)),
            waits: step.wait.unwrap_or(true),
            scaled: step.scaled.unwrap_or(true),
        })
    }

    fn run(&mut self, name: &'f Spanned<String>, steps: &mut Vec<Step>, left: &mut usize) {
        let Some(script) = self.scripts.get(name.get_ref()) else {
            let help = one_of(self.scripts.keys().map(String::as_str));
            self.note(name, format!("there is no script {:?}", name.get_ref()), help);
            return;
        };
        if self.running.contains(&name.get_ref().as_str()) || self.running.len() >= MOST_NESTING {
            let message = format!("script {:?} runs itself, or is nested too deeply", name.get_ref());
            self.note(name, message, "use repeat");
            return;
        }
        self.running.push(name.get_ref());
        self.steps(script, steps, left);
        self.running.pop();
    }
}
