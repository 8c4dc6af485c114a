//! Values cannot hold nonsense.

mod ids;
mod nombres;
mod noms;
mod raisons;
mod textes;
