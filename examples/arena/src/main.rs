//! The arena: `cargo run -p arena -- --help`.

fn main() -> std::process::ExitCode {
    arena::main()
}
