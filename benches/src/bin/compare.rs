//! Aether beside what a good engineer writes by hand: `make compare`.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use aether_benches::compare::{Listen, Options, run};
use clap::Parser as _;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // the other process of the work `notify`
    if let Some(listen) = Listen::asked()? {
        return listen.run().await;
    }
    run(Options::parse(), |line| println!("{line}")).await
}
