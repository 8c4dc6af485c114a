//! Rules of skills.

pub(crate) mod fixtures;
mod formes;
mod lectures;
pub(crate) mod proprietes;
mod refus;
mod regles_d_ameliorer;
mod regles_d_apprendre;
mod regles_d_utiliser;
mod regles_de_creer;
mod regles_de_la_barre;
mod simultane;
