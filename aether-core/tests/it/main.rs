//! What aether-core promises, tested from outside: the derive macros and the in-memory backend.

mod compile_errors;
mod event;
mod memory_contract;
mod shape;
mod upcast;
