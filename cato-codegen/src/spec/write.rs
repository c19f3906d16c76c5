//! Writing specs as TOML.

use super::{Confidence, Depth, ModelSpec, Spec, Threshold};

impl Spec {
    /// Writes the spec so that [`from_toml`](Self::from_toml) reads it back.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = format!("version = {}\n", self.version);
        if let Some(name) = &self.name {
            text += &format!("name = {}\n", quoted(name));
        }
        let last = match self.depth {
            Depth::Packets(packets) => packets.to_string(),
            Depth::All => "\"all\"".to_owned(),
        };
        if self.early.is_empty() {
            text += &seen(&last, &self.features);
            text += &self.model.as_ref().map(|model| format!("\n[model]\n{}", named(model))).unwrap_or_default();
            return text;
        }
        for stage in &self.early {
            text += &format!("\n[[stage]]\n{}", seen(&stage.depth.to_string(), &stage.features));
            text += &format!("confidence = {}\n", confidence(&stage.confidence));
            text += &format!("\n[stage.model]\n{}", named(&stage.model));
        }
        text += &format!("\n[[stage]]\n{}", seen(&last, &self.features));
        text += &self.model.as_ref().map(|model| format!("\n[stage.model]\n{}", named(model))).unwrap_or_default();
        text
    }
}

/// Depth and features.
fn seen(depth: &str, features: &[String]) -> String {
    let features: String = features.iter().map(|feature| format!("    {},\n", quoted(feature))).collect();
    format!("depth = {depth}\nfeatures = [\n{features}]\n")
}

/// What is said of a model.
fn named(model: &ModelSpec) -> String {
    let mut text = format!("file = {}\nstrategy = \"{}\"\n", quoted(&model.file), model.strategy.name());
    if let Some(classes) = &model.classes {
        let classes: Vec<_> = classes.iter().map(|class| quoted(class)).collect();
        text += &format!("classes = [{}]\n", classes.join(", "));
    }
    text
}

fn confidence(confidence: &Confidence) -> String {
    let threshold = |threshold: &Threshold| match threshold {
        Threshold::Share(share) => format!("{share:?}"),
        Threshold::Never => "\"never\"".to_owned(),
    };
    match confidence {
        Confidence::Same(same) => threshold(same),
        Confidence::Each(each) => format!("[{}]", each.iter().map(threshold).collect::<Vec<_>>().join(", ")),
    }
}

/// A string as a TOML value.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
