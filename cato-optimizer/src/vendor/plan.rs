//! A crate that is about to be written: its inputs, and what the compiler makes of them.

use cato_codegen::compile;
use cato_codegen::ir::Pipeline;
use cato_codegen::spec::{ModelSpec, Spec, Strategy};

use super::{MODEL_FILE, VendorError, VendorInput};

/// What every file of a crate is derived from.
pub(super) struct Plan<'a> {
    pub(super) input: &'a VendorInput,
    /// The spec as the crate has it: its models are beside it.
    pub(super) spec: Spec,
    pub(super) pipeline: Pipeline,
}

impl<'a> Plan<'a> {
    /// Compiles the pipeline.
    ///
    /// # Errors
    /// Where spec and model do not make one.
    pub(super) fn new(input: &'a VendorInput) -> Result<Self, VendorError> {
        let named = input.spec.model.clone().unwrap_or_else(|| ModelSpec::new(MODEL_FILE, Strategy::default()));
        let model = input.model.as_ref().map(|_| named);
        let spec = Spec { model, ..input.spec.clone() }.with_files_beside();
        let pipeline = compile(&spec, &input.models()).map_err(VendorError::Compile)?;
        Ok(Self { input, spec, pipeline })
    }

    /// The package's name as Rust and C write it.
    pub(super) fn crate_name(&self) -> String {
        self.input.provenance.package.replace('-', "_")
    }

    /// The name of the struct that implements the pipeline.
    pub(super) fn item(&self) -> &'static str {
        if self.input.model.is_some() { "Classifier" } else { "Extractor" }
    }

    /// Class labels in the order of their numbers; none without a model.
    pub(super) fn classes(&self) -> &'a [String] {
        self.input.model.as_ref().map_or(&[], |model| &model.classes)
    }
}
