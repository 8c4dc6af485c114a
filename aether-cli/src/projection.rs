//! `projection list|pause|resume|reset|forget`; `rebuild` has a module of its own.

use std::io::Write as _;

use aether_core::Position;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::confirm::Consent;
use crate::error::Error;
use crate::host::Host;
use crate::output::{Output, count, plain};
use crate::rebuild::Rebuild;
use crate::status;

/// The commands of `projection`.
#[derive(Debug, Subcommand)]
pub enum Projection {
    /// List all projections, how far they are, and who runs them
    List(List),
    /// Have a projection stop where it is
    Pause(Name),
    /// Have a paused projection go on
    Resume(Name),
    /// Send a projection back, to handle events again; its read model is not emptied
    Reset(Reset),
    /// Forget a projection that no node runs any more, since it was renamed or removed; its tables stay
    Forget(Forget),
    /// Fill read models anew from all events, beside the live ones, and swap them
    Rebuild(Rebuild),
}

/// The options of `projection list`.
#[derive(Debug, Args)]
pub struct List {
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// The options of `projection pause` and `resume`.
#[derive(Debug, Args)]
pub struct Name {
    /// The projection's name
    name: String,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// The options of `projection reset`.
#[derive(Debug, Args)]
pub struct Reset {
    /// The projection's name
    name: String,
    /// Everything after this position is handled again
    #[arg(long, value_name = "POSITION", default_value_t = 0)]
    to: u64,
    #[command(flatten)]
    consent: Consent,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// The options of `projection forget`.
#[derive(Debug, Args)]
pub struct Forget {
    /// The projection's name
    name: String,
    #[command(flatten)]
    consent: Consent,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Projection {
    pub(crate) async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        match self {
            Self::List(it) => it.run(host, out).await,
            Self::Pause(it) => it.set_paused(true, host, out).await,
            Self::Resume(it) => it.set_paused(false, host, out).await,
            Self::Reset(it) => it.run(host, out).await,
            Self::Forget(it) => it.run(host, out).await,
            Self::Rebuild(it) => it.run(host, out).await,
        }
    }
}

impl List {
    async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        let projections = host.lags().await?;
        match self.json {
            true => out.json(&projections),
            false if projections.is_empty() => {
                Ok(writeln!(out, "no node has run a projection yet")?)
            }
            false => Ok(write!(out, "{}", status::projections(&projections))?),
        }
    }
}

impl Name {
    async fn set_paused(self, paused: bool, host: &Host, out: &mut Output) -> Result<(), Error> {
        let Self { name, json } = self;
        let changed = host.set_paused(&name, paused).await?;
        let runners = runners(host, &name).await?;
        if json {
            return out.json(&json!({
                "projection": name, "paused": paused, "changed": changed, "holders": runners,
            }));
        }
        let is = match (paused, changed) {
            (true, true) => "is paused now",
            (true, false) => "was paused already",
            (false, true) => "is not paused any more",
            (false, false) => "was not paused",
        };
        writeln!(out, "{name} {is}")?;
        let obeys = if paused { "stops" } else { "continues" };
        tell_runners(&runners, &format!("{obeys} with the next heartbeat"), out)
    }
}

impl Reset {
    async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        let Self { name, to, consent, json } = self;
        if host.is_elsewhere(&name).await? {
            return Err(Error::Request(format!(
                "the read model of {name} is not in this database: it can be rebuilt, not sent back"
            )));
        }
        let what = format!(
            "{name} goes to position {to}, whatever it has done. What is in its read model stays: a \
             projection that adds or counts does so twice."
        );
        consent.ask(&what).await?;
        let shards = host.store.reset_projection(&name, Position::new(to)).await?;
        let runners = runners(host, &name).await?;
        if json {
            return out.json(&json!({
                "projection": name, "position": to, "shards": shards, "holders": runners,
            }));
        }
        writeln!(out, "{name} is at position {to} ({})", count(shards, "shard"))?;
        tell_runners(&runners, "claims it again and continues from there", out)
    }
}

impl Forget {
    async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        let Self { name, consent, json } = self;
        let what = format!(
            "How far {name} has come is forgotten, and its dead letters. What is in its read model stays: if a node \
             runs it again, it starts from the first event."
        );
        consent.ask(&what).await?;
        let checkpoints = host.checkpoints(&name).await?;
        host.store.forget_projection(checkpoints.as_ref(), &name).await?;
        if json {
            return out.json(&json!({ "projection": name, "forgotten": true }));
        }
        Ok(writeln!(out, "{name} is forgotten")?)
    }
}

/// The nodes that run a projection, each once.
pub(crate) async fn runners(host: &Host, projection: &str) -> Result<Vec<String>, Error> {
    let lags = host.lags().await?;
    let mut names: Vec<String> = lags
        .into_iter()
        .filter(|lag| lag.projection == projection)
        .filter_map(|lag| lag.holder)
        .collect();
    names.sort();
    names.dedup();
    Ok(names)
}

/// Who carries an order out, or that nobody does.
pub(crate) fn tell_runners(runners: &[String], what: &str, out: &mut Output) -> Result<(), Error> {
    match runners {
        [] => writeln!(out, "nobody runs it at the moment: the next node that does obeys")?,
        nodes => writeln!(out, "{} {what}", plain(&nodes.join(", ")))?,
    }
    Ok(())
}
