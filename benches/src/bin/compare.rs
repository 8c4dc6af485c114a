//! Aether beside what a good engineer writes by hand: `make compare`.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use aether_benches::compare::{Options, run};
use clap::Parser as _;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    run(Options::parse(), |line| println!("{line}")).await
}
