//! What the benches, the comparison and the torture run share.

pub mod compare;
pub mod failover;
pub mod fights;
pub mod growth;
pub mod history;
pub mod nodes;
mod process;
pub mod rebuild;
pub mod server;
pub mod torture;
