//! `verify`: whether the log is whole, and the read models say what it says.

use std::io::Write as _;
use std::sync::Arc;

use aether_core::Module;
use aether_core::backend::EventStore;
use aether_core::projection::Verified;
use clap::Args;
use serde::Serialize;

use crate::error::Error;
use crate::host::Host;
use crate::output::{Output, count, plain};
use crate::rebuild::joined;
use crate::table::Table;

/// The options of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// At most this many problems of each kind are listed
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// What one check has found.
#[derive(Serialize)]
struct Check {
    name: String,
    checked: String,
    problems: u64,
    listed: Vec<String>,
}

impl Verify {
    pub(crate) async fn run(self, host: &Host, out: &mut Output) -> Result<(), Error> {
        let mut checks = self.of_the_log(host).await?;
        for verifier in host.modules.iter().flat_map(Module::verifiers) {
            let name = verifier.name().to_owned();
            match verifier.run().await {
                Ok(found) => checks.push(self.check(name, found)),
                Err(source) => return Err(Error::Host { name, source }),
            }
        }
        checks.extend(self.by_default(host).await?);
        let problems = checks.iter().map(|check| check.problems).sum();
        if self.json {
            out.json(&checks)?;
        } else {
            print(&checks, out)?;
        }
        match problems {
            0 => Ok(()),
            problems => Err(Error::Unsound(problems)),
        }
    }

    /// Projections without a verifier of their name: those that join are rebuilt in one pass.
    async fn by_default(&self, host: &Host) -> Result<Vec<Check>, Error> {
        let has_own = |name: &str| {
            let mut verifiers = host.modules.iter().flat_map(Module::verifiers);
            verifiers.any(|it| it.name() == name)
        };
        let projections = host.projections().filter(|it| !has_own(it.name()));
        let found = projections.filter_map(|it| Some((it.name(), it.maintenance()?))).collect();
        let mut checks = Vec::new();
        for group in joined(found) {
            let name = group.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            let mut members = group.into_iter().map(|(_, maintenance)| maintenance);
            let Some(first) = members.next() else { continue };
            let with: Vec<_> = members.collect();
            let log: Arc<dyn EventStore> = Arc::new(host.store.clone());
            match first.verify(&with, log, self.limit as usize).await {
                Ok(found) => checks.extend(found.map(|found| self.check(name, found))),
                Err(error) => return Err(Error::Host { name, source: error.into() }),
            }
        }
        Ok(checks)
    }

    fn check(&self, name: String, found: Verified) -> Check {
        let Verified { checked, total, listed, .. } = found;
        let listed = listed.into_iter().take(self.limit as usize).collect();
        Check { name, checked, problems: total, listed }
    }

    async fn of_the_log(&self, host: &Host) -> Result<Vec<Check>, Error> {
        // one more than is listed, to know whether these are all
        let found = host.store.unsound(self.limit.saturating_add(1)).await?;
        let (streams, events) = (found.streams.cast_unsigned(), found.events.cast_unsigned());
        let checked = format!("{} of {}", count(events, "event"), count(streams, "stream"));
        let check = |name: &str, checked: String, mut listed: Vec<String>| {
            let problems = listed.len() as u64;
            if listed.len() > self.limit as usize {
                listed.truncate(self.limit as usize);
                listed.push("… and more: see --limit".to_owned());
            }
            Check { name: name.to_owned(), checked, problems, listed }
        };
        let text = |it: &dyn ToString| it.to_string();
        Ok(vec![
            check("streams", checked, found.unsound_streams.iter().map(|it| text(it)).collect()),
            check(
                "event ids",
                count(events, "event"),
                found.repeated_events.iter().map(|it| text(it)).collect(),
            ),
        ])
    }
}

fn print(checks: &[Check], out: &mut Output) -> Result<(), Error> {
    let mut table = Table::new(["CHECK", "CHECKED", ">PROBLEMS"]);
    for Check { name, checked, problems, .. } in checks {
        table.row([name.clone(), checked.clone(), problems.to_string()]);
    }
    write!(out, "{table}")?;
    for check in checks.iter().filter(|check| check.problems > 0) {
        writeln!(out)?;
        for problem in &check.listed {
            writeln!(out, "{}: {}", check.name, plain(problem))?;
        }
    }
    Ok(())
}
