//! How quickly read models are rebuilt, and for how long the swap holds their tables: alone, and while events
//! keep coming.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

fn main() -> anyhow::Result<()> {
    use clap::Parser as _;

    let runtime = tokio::runtime::Runtime::new()?;
    let options = aether_benches::rebuild::Options::parse();
    runtime.block_on(aether_benches::rebuild::run(options, |line| println!("{line}")))
}
