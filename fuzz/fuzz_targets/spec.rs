#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cato_fuzz_targets::spec::run(data));
