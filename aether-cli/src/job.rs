//! `job list|run`: maintenance, by hand.

use std::io::Write as _;
use std::sync::Arc;

use aether_core::node::BoxJob;
use aether_core::{Job as _, Module};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::error::Error;
use crate::host::Host;
use crate::output::{Output, plain};
use crate::status;

/// The commands of `job`.
#[derive(Debug, Subcommand)]
pub enum Job {
    /// List the jobs that have run, when, and what came of it
    List(List),
    /// Run a job now, due or not
    Run(Run),
}

/// The options of `job list`.
#[derive(Debug, Args)]
pub struct List {
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// The options of `job run`.
#[derive(Debug, Args)]
pub struct Run {
    /// The job's name
    name: String,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Job {
    pub(crate) async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        match self {
            Self::List(List { json }) => {
                let jobs = host.store.status().await?.jobs;
                match json {
                    true => out.json(&jobs),
                    false if jobs.is_empty() => {
                        Ok(writeln!(out, "no job has run yet; {}", known(host))?)
                    }
                    false => Ok(write!(out, "{}", status::jobs(&jobs))?),
                }
            }
            Self::Run(Run { name, json }) => {
                let Some(job) = jobs(host).find(|job| job.name() == name) else {
                    let reason = format!("this program has no job {name:?}; {}", known(host));
                    return Err(Error::Request(reason));
                };
                let outcome = aether_core::node::run_job(&host.store, job).await?;
                match json {
                    true => out.json(&json!({ "job": name, "outcome": outcome })),
                    false => Ok(writeln!(out, "{name}: {}", plain(&outcome))?),
                }
            }
        }
    }
}

fn jobs(host: &Host) -> impl Iterator<Item = &Arc<BoxJob>> {
    host.modules.iter().flat_map(Module::jobs)
}

/// The jobs that the program has, by name.
fn known(host: &Host) -> String {
    let names: Vec<_> = jobs(host).map(|job| job.name()).collect();
    match names.is_empty() {
        true => "it has none".to_owned(),
        false => format!("it has: {}", names.join(", ")),
    }
}
