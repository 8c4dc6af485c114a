//! Checks a history that `torture --history FILE` has written against the log of a database:
//! `history FILE --url postgres://…`.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::path::PathBuf;
use std::process::ExitCode;

use aether_benches::history::{Book, check_table};
use anyhow::Context as _;
use clap::Parser;
use sqlx::PgPool;

/// Holds what clients did and were told against the log that it led to.
#[derive(Parser)]
struct Options {
    /// The history: one line for everything a client did or saw.
    file: PathBuf,
    /// The database with the log.
    #[arg(long)]
    url: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let options = Options::parse();
    let text = std::fs::read_to_string(&options.file)
        .with_context(|| format!("{} cannot be read", options.file.display()))?;
    let book = Book::parse(text.lines())?;
    let pool = PgPool::connect(&options.url).await?;
    let account = check_table(book, &pool).await?;
    account.lines().for_each(|line| println!("{line}"));
    let verdict = if account.is_clean() { "clean" } else { "NOT clean" };
    println!("history: appended={} seen={} {verdict}", account.appended, account.seen);
    Ok(if account.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
