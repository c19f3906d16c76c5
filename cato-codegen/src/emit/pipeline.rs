//! The implementation of the runtime's trait.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::{extract, lazy, model, number, stages, state, update};
use crate::ir::Pipeline;
use crate::spec::Depth;

/// Every item of the pipeline `name`: its state, its model, and the implementation.
pub(super) fn items(pipeline: &Pipeline, name: &Ident) -> TokenStream {
    let state_definition = state::definition(pipeline);
    let model::Parts { items: model_items, predict } = model::parts(pipeline, pipeline.classifier.as_ref());
    let depth = match pipeline.depth {
        Depth::Packets(packets) => {
            let packets = number(packets);
            quote!(rt::Depth::Packets(#packets))
        }
        Depth::All => quote!(rt::Depth::All),
    };
    let features = pipeline.features.iter().map(|feature| feature.name());
    let classes = pipeline.classifier.iter().flat_map(|classifier| &classifier.model.classes);
    let count = number(pipeline.features.len());
    let start = state::start(pipeline);
    let reset = state::reset(pipeline);
    let update = update::update(pipeline);
    let extract = extract::extract(pipeline);
    let (classify, finishers) = lazy::classify(pipeline);
    let stages::Parts { early, decide, functions } = stages::parts(pipeline, name);
    quote! {
        #state_definition

        #[automatically_derived]
        impl rt::Pipeline for #name {
            type State = State;
            type Features = [f32; #count];

            const DEPTH: rt::Depth = #depth;
            #early
            const FEATURES: &'static [&'static str] = &[#(#features),*];
            const CLASSES: &'static [&'static str] = &[#(#classes),*];

            #start
            #reset
            #update
            #extract
            #predict
            #classify
            #decide
        }

        #model_items
        #finishers
        #functions
    }
}
