//! Bots that live a whole life: they are born, fight, loot, wear, repair, learn, follow quests, trade, and meet events of the world.
//!
//! A [`Bot`] is a player. What it does next is chosen by [`world::choix`](crate::world::choix), from states that it loads; it is carried out
//! by the units that a door makes of a request. So a bot knows and can do what a client knows and can do. What happens by itself (combats
//! that end, trades that are settled, quests that are paid) is for the processes of the game, which some node has to run.
//!
//! ```no_run
//! use aether_game::bots::vie::{Bot, Place, Reglages};
//! use aether_game::world::World;
//!
//! # async fn example(engine: aether_core::Engine, store: aether_postgres::PgStore) -> Result<(), Box<dyn std::error::Error>> {
//! let world = World::new(7);
//! world.plant(&store).await?;
//! let mut bot = Bot::naitre(&engine, &world, 0, &Place::default(), Reglages::new(7)).await?;
//! for _ in 0..100 {
//!     bot.agir().await?;
//! }
//! println!("{}", bot.bilan());
//! # Ok(()) }
//! ```
//!
//! **A step never waits.** Who waits for somebody else's turn is told so ([`Pas::Attente`]), and tries again later.
//!
//! **A refusal is an answer**, counted by its code. An error ends a step with its cause. A bot remembers nothing that a step left undone, so
//! the step after a transient error is as good as any.

mod actes;
mod bilan;
mod bot;
mod gardien;
mod memoire;
mod moteur;
mod place;
mod reglages;

pub use bilan::Bilan;
pub use bot::{Bot, Pas};
pub use gardien::Gardien;
pub use moteur::{Naissance, Temoin};
pub use place::Place;
pub use reglages::Reglages;
