//! Fail-overs and crashes under load, and an account of every event afterwards: `make torture-failover`.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::process::ExitCode;

use aether_benches::failover::{Command, Options, child, run};
use clap::Parser as _;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let options = Options::parse();
    if let Some(Command::Child(plan)) = options.command {
        child::run(plan).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let clean = run(options, |line| println!("{line}")).await?;
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
