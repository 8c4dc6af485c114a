#![doc = include_str!("../README.md")]

mod app;
mod auth;
mod cli;
mod compte;
mod config;
mod cursor;
mod demo;
mod drain;
mod etag;
mod graphql;
mod idempotency;
mod lang;
mod metrics;
mod operate;
mod ops;
mod page;
mod peer;
mod position;
mod problem;
mod ready;
mod realtime;
mod request;
mod rest;
mod trace;
mod view;

pub use app::App;
pub use cli::main;
pub use config::{Config, Secret};
pub use drain::serve;
pub use graphql::sdl;
pub use peer::Peer;
