//! Rules of players.

mod courses;
mod creation;
pub(crate) mod fixtures;
mod formes;
pub(crate) mod proprietes;
mod regles_de_classe;
mod regles_de_combat;
mod regles_de_paiement;
mod regles_de_progression;
mod regles_des_ordres;
