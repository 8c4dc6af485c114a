//! Ports for `Arc`: a backend that is shared, or chosen when the program runs, is a backend.

use std::sync::Arc;

use crate::backend::forward;
use crate::process::{ProcessOperations, Processes};
use crate::projection::{Checkpoints, ReadModels};
use crate::store::{CommandIds, EventStore, LogIdentity, Snapshots};

impl<S: EventStore + ?Sized> EventStore for Arc<S> {
    forward! { |self| **self; append, load, read, wait, end, newest, coordinator, close }
}

impl<S: LogIdentity + ?Sized> LogIdentity for Arc<S> {
    forward! { |self| **self; database, incarnation, identity }
}

impl<S: Snapshots + ?Sized> Snapshots for Arc<S> {
    forward! { |self| **self; save_snapshot }
}

impl<S: CommandIds + ?Sized> CommandIds for Arc<S> {
    forward! { |self| **self; find_command, void_command }
}

impl<C: Checkpoints + ?Sized> Checkpoints for Arc<C> {
    forward! { |self| **self; register, claim, checkpoint, stored, orders, report, letters, order }
}

impl<R: ReadModels> ReadModels for Arc<R> {
    type Tx = R::Tx;

    forward! { |self| **self; begin, commit, roll_back, meaning, database, checkpoints, maintenance }
}

impl<R: Processes> Processes for Arc<R> {
    forward! { |self| **self; open, take, save, conclude, due, put_off, operations }
}

impl<P: ProcessOperations + ?Sized> ProcessOperations for Arc<P> {
    forward! { |self| **self; backlog, stuck, remedy, forget_ended }
}
