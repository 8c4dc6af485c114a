//! When servers die, wires break and resources end: nothing acknowledged is lost, nothing is stored
//! twice, and every refusal says what it is.

mod connections;
mod crash;
mod held;
mod refusals;
mod shutdown;
