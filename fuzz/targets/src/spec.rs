//! Specs, with their models, to code.

use cato_codegen::model::Model;
use cato_codegen::spec::Spec;

/// Words of specs.
pub const WORDS: &[&str] = &[
    "version",
    "name",
    "depth",
    "\"all\"",
    "features",
    "[model]",
    "file",
    "strategy",
    "classes",
    "\"auto\"",
    "\"nested-if\"",
    "\"const-table\"",
    "dur",
    "s_bytes_mean",
    "d_winsize_med",
    "s_iat_std",
    "proto",
    "65535",
    "65536",
    "-1",
    "[",
    "]",
    "\"\"\"",
    "'''",
    "\\u0000",
    "= ",
    "\n",
    "#",
    ".",
    "inf",
    "0x",
    "1979-05-27",
];

/// Models beyond this many nodes compile as well, but it takes long.
pub(super) const NODES: usize = 200;

/// Takes a spec in TOML, behind a zero byte its model in JSON, and compiles them: to code, or to mistakes that each have
/// a place in the text.
pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (text, model) = text.split_once('\0').unwrap_or((text, ""));
    let spec = match Spec::from_toml(text) {
        Ok(spec) => spec,
        Err(mistakes) => {
            assert!(mistakes.iter().count() > 0);
            for mistake in mistakes.iter() {
                let position = mistake.position.expect("every mistake in a text has a place");
                assert!(position.line <= text.lines().count().max(1) + 1);
            }
            return assert!(!mistakes.to_string().is_empty());
        }
    };
    assert_eq!(Spec::from_toml(&spec.to_toml()).as_ref(), Ok(&spec), "what is written is read");
    let model = Model::from_json(model).ok().filter(|model| model.trees.iter().map(Vec::len).sum::<usize>() <= NODES);
    match cato_codegen::render(&spec, model.as_ref().as_slice(), "Tried") {
        Ok(code) => {
            assert!(code.contains("for Tried"));
            assert_eq!(
                cato_codegen::render(&spec, model.as_ref().as_slice(), "Tried").as_ref(),
                Ok(&code),
                "equal input, equal code"
            );
            let pipeline = cato_codegen::compile(&spec, model.as_ref().as_slice()).expect("it was compiled before");
            assert!(!cato_codegen::explain(&pipeline).is_empty());
        }
        Err(mistakes) => assert!(mistakes.iter().count() > 0 && !mistakes.to_string().is_empty()),
    }
}
