//! The world from a seed.

mod catalogue;
mod choix;
mod histoire;
mod importation;
mod livre;
mod replay;
