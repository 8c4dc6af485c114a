//! Projections on nodes under fire, and an account of every effect afterwards: `make torture-nodes`.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::process::ExitCode;

use aether_benches::nodes::{Command, Options, child, run};
use clap::Parser as _;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let options = Options::parse();
    // what nodes complain about; RUST_LOG=aether_core=info shows takeovers and fences
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    if let Some(Command::Child(plan)) = options.command {
        child::run(plan).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let clean = run(options, |line| println!("{line}")).await?;
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
