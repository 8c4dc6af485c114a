//! What a call costs on a log with 6, 120 and 480 monthly partitions: `make growth`.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use aether_benches::growth::{Options, run};
use clap::Parser as _;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    run(Options::parse(), |line| println!("{line}")).await
}
