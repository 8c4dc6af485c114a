//! Ports that hand calls on.

/// Writes methods of a port that ask the same of something else: all that a wrapper does not do itself.
///
/// ```
/// use aether_core::backend::{Checkpoint, ReadModels, Step, forward};
/// use aether_core::projection::Shard;
/// use aether_core::Result;
///
/// /// Says aloud how far projections come.
/// struct Loud<R>(R);
///
/// #[async_trait::async_trait]
/// impl<R: ReadModels> ReadModels for Loud<R> {
///     type Tx = R::Tx;
///
///     forward! { |self| self.0; begin, roll_back, meaning, database, checkpoints, maintenance }
///
///     async fn commit(&self, tx: R::Tx, shard: &Shard, step: Step<'_>) -> Result<Checkpoint> {
///         println!("{shard} comes to {}", step.to);
///         self.0.commit(tx, shard, step).await
///     }
/// }
/// ```
///
/// A port has no default methods, so a wrapper that forgets one does not compile. The futures are those of the other
/// port: no second box is put around them.
#[doc(hidden)]
#[macro_export]
macro_rules! __forward {
    (|$this:ident| $to:expr; $($method:ident),+ $(,)?) => {
        $($crate::__forward! { @$method $this $to })+
    };
    (@append $this:ident $to:expr) => { $crate::__forward! { @async $this $to; append(append: $crate::backend::forwarded::Append) -> $crate::backend::forwarded::Result<$crate::backend::forwarded::Appended> } };
    (@load $this:ident $to:expr) => { $crate::__forward! { @async $this $to; load(load: $crate::backend::forwarded::Load) -> $crate::backend::forwarded::Result<$crate::backend::forwarded::History> } };
    (@read $this:ident $to:expr) => { $crate::__forward! { @async $this $to; read(read: $crate::backend::forwarded::Read) -> $crate::backend::forwarded::Result<$crate::backend::forwarded::Page> } };
    (@wait $this:ident $to:expr) => { $crate::__forward! { @async $this $to; wait(after: $crate::backend::forwarded::Position) -> $crate::backend::forwarded::Result<$crate::backend::forwarded::Position> } };
    (@end $this:ident $to:expr) => { $crate::__forward! { @async $this $to; end() -> $crate::backend::forwarded::Result<$crate::backend::forwarded::Position> } };
    (@newest $this:ident $to:expr) => { $crate::__forward! { @async $this $to; newest(until: $crate::backend::forwarded::Position) -> $crate::backend::forwarded::Result<Option<$crate::backend::forwarded::Anchor>> } };
    (@close $this:ident $to:expr) => { $crate::__forward! { @async $this $to; close() -> () } };
    (@database $this:ident $to:expr) => { $crate::__forward! { @async $this $to; database() -> $crate::backend::forwarded::Result<Option<String>> } };
    (@identity $this:ident $to:expr) => { $crate::__forward! { @async $this $to; identity() -> $crate::backend::forwarded::Result<Option<String>> } };
    (@save_snapshot $this:ident $to:expr) => { $crate::__forward! { @async $this $to; save_snapshot(snapshot: $crate::backend::forwarded::Snapshot, keep: u32) -> $crate::backend::forwarded::Result<()> } };
    (@find_command $this:ident $to:expr) => { $crate::__forward! { @async $this $to; find_command(id: $crate::backend::forwarded::CommandId, fingerprint: Option<$crate::backend::forwarded::CommandFingerprint>) -> $crate::backend::forwarded::Result<Option<$crate::backend::forwarded::Appended>> } };
    (@void_command $this:ident $to:expr) => { $crate::__forward! { @async $this $to; void_command(id: $crate::backend::forwarded::CommandId, fingerprint: Option<$crate::backend::forwarded::CommandFingerprint>) -> $crate::backend::forwarded::Result<Option<$crate::backend::forwarded::Appended>> } };
    (@register $this:ident $to:expr) => { $crate::__forward! { @async $this $to; register<'b, 'c>(projection: &'b $crate::backend::forwarded::Registration<'c>) -> $crate::backend::forwarded::Result<u16> } };
    (@claim $this:ident $to:expr) => { $crate::__forward! { @async $this $to; claim<'b>(shard: &'b $crate::backend::forwarded::Shard, epoch: u64) -> $crate::backend::forwarded::Result<$crate::backend::forwarded::Claim> } };
    (@checkpoint $this:ident $to:expr) => { $crate::__forward! { @async $this $to; checkpoint<'b>(shard: &'b $crate::backend::forwarded::Shard) -> $crate::backend::forwarded::Result<$crate::backend::forwarded::Checkpoint> } };
    (@stored $this:ident $to:expr) => { $crate::__forward! { @async $this $to; stored<'b>(projection: &'b str) -> $crate::backend::forwarded::Result<Option<$crate::backend::forwarded::StoredProjection>> } };
    (@orders $this:ident $to:expr) => { $crate::__forward! { @async $this $to; orders<'b>(shard: &'b $crate::backend::forwarded::Shard) -> $crate::backend::forwarded::Result<$crate::backend::forwarded::Orders> } };
    (@report $this:ident $to:expr) => { $crate::__forward! { @async $this $to; report<'b, 'c>(shard: &'b $crate::backend::forwarded::Shard, failure: Option<&'c str>) -> $crate::backend::forwarded::Result<()> } };
    (@letters $this:ident $to:expr) => { $crate::__forward! { @async $this $to; letters<'b>(projection: &'b str, aggregate: Option<$crate::backend::forwarded::AggregateId>) -> $crate::backend::forwarded::Result<Vec<$crate::backend::forwarded::DeadLetter>> } };
    (@order $this:ident $to:expr) => { $crate::__forward! { @async $this $to; order<'b>(projection: &'b str, order: $crate::backend::forwarded::Order) -> $crate::backend::forwarded::Result<u64> } };
    (@begin $this:ident $to:expr) => { $crate::__forward! { @async $this $to; begin() -> $crate::backend::forwarded::Result<Self::Tx> } };
    (@commit $this:ident $to:expr) => { $crate::__forward! { @async $this $to; commit<'b, 'c>(tx: Self::Tx, shard: &'b $crate::backend::forwarded::Shard, step: $crate::backend::forwarded::Step<'c>) -> $crate::backend::forwarded::Result<$crate::backend::forwarded::Checkpoint> } };
    (@roll_back $this:ident $to:expr) => { $crate::__forward! { @async $this $to; roll_back<'b>(tx: Self::Tx, shard: &'b $crate::backend::forwarded::Shard) -> $crate::backend::forwarded::Result<()> } };
    (@open $this:ident $to:expr) => { $crate::__forward! { @async $this $to; open<'b, 'c, 'd>(tx: &'b mut Self::Tx, manager: &'c str, ids: &'d [$crate::backend::forwarded::Uuid]) -> $crate::backend::forwarded::Result<Vec<$crate::backend::forwarded::StoredProcess>> } };
    (@take $this:ident $to:expr) => { $crate::__forward! { @async $this $to; take<'b, 'c, 'd>(tx: &'b mut Self::Tx, manager: &'c str, task: &'d $crate::backend::forwarded::Task) -> $crate::backend::forwarded::Result<bool> } };
    (@save $this:ident $to:expr) => { $crate::__forward! { @async $this $to; save<'b, 'c, 'd>(tx: &'b mut Self::Tx, manager: &'c str, changes: &'d [$crate::backend::forwarded::ProcessChange], now: $crate::backend::forwarded::Time) -> $crate::backend::forwarded::Result<()> } };
    (@conclude $this:ident $to:expr) => { $crate::__forward! { @async $this $to; conclude(tx: Self::Tx) -> $crate::backend::forwarded::Result<()> } };
    (@due $this:ident $to:expr) => { $crate::__forward! { @async $this $to; due<'b, 'c>(manager: &'b str, now: $crate::backend::forwarded::Time, latest: $crate::backend::forwarded::Time, busy: &'c [$crate::backend::forwarded::Uuid], limit: usize) -> $crate::backend::forwarded::Result<Vec<$crate::backend::forwarded::Task>> } };
    (@put_off $this:ident $to:expr) => { $crate::__forward! { @async $this $to; put_off<'b, 'c, 'd>(manager: &'b str, task: &'c $crate::backend::forwarded::Task, delay: &'d $crate::backend::forwarded::Delay) -> $crate::backend::forwarded::Result<()> } };
    (@backlog $this:ident $to:expr) => { $crate::__forward! { @async $this $to; backlog<'b>(manager: &'b str, now: $crate::backend::forwarded::Time) -> $crate::backend::forwarded::Result<$crate::backend::forwarded::Backlog> } };
    (@stuck $this:ident $to:expr) => { $crate::__forward! { @async $this $to; stuck<'b>(manager: &'b str) -> $crate::backend::forwarded::Result<Vec<$crate::backend::forwarded::Stuck>> } };
    (@remedy $this:ident $to:expr) => { $crate::__forward! { @async $this $to; remedy<'b>(manager: &'b str, id: $crate::backend::forwarded::Uuid, remedy: $crate::backend::forwarded::Remedy) -> $crate::backend::forwarded::Result<bool> } };
    (@forget_ended $this:ident $to:expr) => { $crate::__forward! { @async $this $to; forget_ended<'b>(manager: &'b str, before: $crate::backend::forwarded::Time, limit: usize) -> $crate::backend::forwarded::Result<u64> } };
    (@coordinator $this:ident $to:expr) => { $crate::__forward! { @now $this $to; coordinator() -> std::sync::Arc<dyn $crate::backend::forwarded::Coordinator> } };
    (@incarnation $this:ident $to:expr) => { $crate::__forward! { @now $this $to; incarnation() -> Option<$crate::backend::forwarded::Incarnation> } };
    (@meaning $this:ident $to:expr) => { $crate::__forward! { @now $this $to; meaning(error: $crate::backend::forwarded::BoxError) -> $crate::backend::forwarded::Error } };
    (@checkpoints $this:ident $to:expr) => { $crate::__forward! { @now $this $to; checkpoints() -> std::sync::Arc<dyn $crate::backend::forwarded::Checkpoints> } };
    (@maintenance $this:ident $to:expr) => { $crate::__forward! { @now $this $to; maintenance(projection: $crate::backend::forwarded::Handler<Self::Tx>) -> Option<std::sync::Arc<dyn $crate::backend::forwarded::Maintenance>> } };
    (@operations $this:ident $to:expr) => { $crate::__forward! { @now $this $to; operations() -> std::sync::Arc<dyn $crate::backend::forwarded::ProcessOperations> } };
    (@now $this:ident $to:expr; $name:ident($($given:ident: $of:ty),*) -> $answer:ty) => {
        fn $name(&$this, $($given: $of),*) -> $answer {
            $to.$name($($given),*)
        }
    };
    (@async $this:ident $to:expr; $name:ident$(<$($life:lifetime),+>)?($($given:ident: $of:ty),*) -> $answer:ty) => {
        fn $name<'a, $($($life,)+)? 'async_trait>(
            &'a $this,
            $($given: $of),*
        ) -> $crate::backend::forwarded::BoxFuture<'async_trait, $answer>
        where
            'a: 'async_trait,
            $($($life: 'async_trait,)+)?
            Self: 'async_trait,
        {
            $to.$name($($given),*)
        }
    };
}
