//! Rules of characters.

mod fixtures;
mod formes;
mod proprietes;
mod refus;
mod regles_de_commerce;
mod regles_de_creer;
mod regles_de_dialogue;
mod regles_de_mort;
mod regles_de_reputation;
mod simultane;
mod unites;
