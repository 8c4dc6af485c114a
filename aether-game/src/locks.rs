//! The game's locks: who may act in a combat, change an inventory, settle an order.
//!
//! They spare conflicts and double work. What keeps the game right is that events are appended at the version
//! they were decided on; what is written beside the events checks the fence of its lock.
//!
//! | key in Redis | lease |
//! |---|---|
//! | `lock:combat:{combat}:action` | 5 s |
//! | `lock:player:{player}:inventory` | 10 s |
//! | `lock:economy:order:{order}` | 30 s |

use std::time::Duration;

use aether_core::lock::LockName;
use aether_realtime::lock::Lock;
use uuid::Uuid;

use crate::combat::CombatId;

/// The lease of [`combat_action`].
pub const COMBAT_ACTION_LEASE: Duration = Duration::from_secs(5);
/// The lease of [`player_inventory`].
pub const PLAYER_INVENTORY_LEASE: Duration = Duration::from_secs(10);
/// The lease of [`economy_order`].
pub const ECONOMY_ORDER_LEASE: Duration = Duration::from_secs(30);

/// Who carries out an action in a combat.
///
/// ```
/// use aether_core::uuid::Uuid;
///
/// let lock = aether_game::locks::combat_action(Uuid::nil().into());
/// assert_eq!(lock.name().to_string(), "combat:00000000-0000-0000-0000-000000000000:action");
/// ```
#[must_use]
pub fn combat_action(combat: CombatId) -> Lock {
    Lock::new(LockName::new("combat", combat).part("action"), COMBAT_ACTION_LEASE)
}

/// Who changes what a player carries.
#[must_use]
pub fn player_inventory(player: Uuid) -> Lock {
    Lock::new(LockName::new("player", player).part("inventory"), PLAYER_INVENTORY_LEASE)
}

/// Who settles an order of the market.
#[must_use]
pub fn economy_order(order: Uuid) -> Lock {
    Lock::new(LockName::new("economy:order", order), ECONOMY_ORDER_LEASE)
}
