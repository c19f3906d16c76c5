//! How large a pipeline's code is.

use std::path::Path;

use object::{Object, ObjectSection, SectionKind};

/// Bytes of machine code and of constant data in a shared object, unwinding tables left out.
///
/// Candidates are `no_std`, so all of it is the pipeline's: its own code, the runtime functions it uses, its tables.
pub(crate) fn code_bytes(library: &Path) -> Result<u64, String> {
    let data = std::fs::read(library).map_err(|error| error.to_string())?;
    let object = object::File::parse(&*data).map_err(|error| error.to_string())?;
    Ok(object.sections().filter(counts).map(|section| section.size()).sum())
}

fn counts<'data>(section: &impl ObjectSection<'data>) -> bool {
    let code = matches!(section.kind(), SectionKind::Text | SectionKind::ReadOnlyData | SectionKind::ReadOnlyString);
    let unwinding = section.name().is_ok_and(|name| {
        [".eh_frame", ".gcc_except_table", "__eh_frame", "__unwind_info"].iter().any(|prefix| name.starts_with(prefix))
    });
    code && !unwinding
}
