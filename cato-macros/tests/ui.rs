//! What the macro says to its users.

#[test]
fn mistakes_are_shown_at_the_token_with_help() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}
