#!/usr/bin/env bash
# Prediction by cato, by Rust libraries, by ONNX Runtime and by TL2cgen's C, in one run on the same models and rows; prints
# tables in Markdown. Takes some minutes: smartcore fits its forest, gcc compiles TL2cgen's C.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../.."

cargo build --release --quiet -p cato-benches --bin prediction
environment=target/prediction/venv
if [ ! -x "$environment/bin/python" ]; then
    python3 -m venv "$environment"
fi
"$environment/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"

echo "$(lscpu | sed -n 's/^Model name: *//p'), $(nproc) cores; $(rustc --version); $(gcc --version | head -n 1)"
# One core for all of them, where the system lets us choose.
pinned=()
if command -v taskset >/dev/null; then
    pinned=(taskset -c "$(($(nproc --all) - 1))")
fi
"${pinned[@]}" target/release/prediction --reference "$environment/bin/python" "$here/companion.py"
