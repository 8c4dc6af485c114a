//! Rules of characters.

pub(crate) mod fixtures;
mod formes;
pub(crate) mod proprietes;
mod refus;
mod regles_de_commerce;
mod regles_de_creer;
mod regles_de_dialogue;
mod regles_de_mort;
mod regles_de_reputation;
mod simultane;
mod unites;
