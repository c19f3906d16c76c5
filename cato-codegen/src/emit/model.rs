//! The function `predict`, and the items that it uses.

use proc_macro2::TokenStream;
use quote::quote;

use super::{forest, number, table, tree};
use crate::ir::{Classifier, Emission, Pipeline};
use crate::model::ModelKind;

/// What a model is written as.
pub(super) struct Parts {
    /// Functions and tables.
    pub(super) items: TokenStream,
    /// The function `predict`.
    pub(super) predict: TokenStream,
}

/// Writes a model that reads the pipeline's columns, or the lack of one.
pub(super) fn parts(pipeline: &Pipeline, classifier: Option<&Classifier>) -> Parts {
    let count = number(pipeline.features.len());
    let Some(Classifier { model, emission, .. }) = classifier else {
        return Parts {
            items: quote!(),
            predict: quote! {
                #[inline]
                fn predict(_features: &[f32; #count]) -> rt::Verdict {
                    rt::Verdict::FEATURES_ONLY
                }
            },
        };
    };
    let (items, body) = match (model.kind, emission) {
        (ModelKind::DecisionTree, Emission::NestedIf) => tree::nested(pipeline, model),
        (ModelKind::DecisionTree, Emission::ConstTable) => table::tree(pipeline, model),
        (ModelKind::RandomForest { vote }, Emission::NestedIf) => forest::nested(pipeline, model, vote),
        (ModelKind::RandomForest { vote }, Emission::ConstTable) => table::forest(pipeline, model, vote),
    };
    Parts {
        items,
        predict: quote! {
            #[inline]
            fn predict(features: &[f32; #count]) -> rt::Verdict {
                #body
            }
        },
    }
}
