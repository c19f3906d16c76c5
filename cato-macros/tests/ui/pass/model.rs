//! A model named in the attribute, with the classes that are counted on, in every strategy, and in a spec file.

use cato_macros::cato_pipeline;
use cato_runtime::Pipeline;

#[cato_pipeline(
    depth = 10,
    features = ["s_bytes_mean", "dur"],
    model = "files/model.json",
    strategy = "const-table",
    classes = ["camera", "hub", "plug"],
)]
struct Table;

#[cato_pipeline(depth = 10, features = ["dur", "s_bytes_mean"], model = "files/model.json")]
struct Auto;

#[cato_pipeline(spec = "files/sound.toml")]
struct File;

fn main() {
    assert_eq!(Table::CLASSES, ["camera", "hub", "plug"]);
    for row in [[-1.0, 0.0], [0.0, 0.0], [0.0, 1500.5], [0.0, 1501.0]] {
        assert_eq!(Table::predict(&row), Auto::predict(&row));
        assert_eq!(Table::predict(&row), File::predict(&row));
    }
    assert_eq!(Table::CLASSES[usize::from(Table::predict(&[0.0, 2000.0]).class)], "plug");
}
