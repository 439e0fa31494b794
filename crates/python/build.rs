//! What a linker needs to know of a library whose symbols the interpreter brings: something on macOS, nothing elsewhere.

fn main() {
    pyo3_build_config::add_extension_module_link_args();
}
