//! Rules of quests.

pub(crate) mod fixtures;
mod formes;
mod lectures;
pub(crate) mod proprietes;
mod refus;
mod regles_d_accepter;
mod regles_d_expirer;
mod regles_de_creer;
mod regles_de_livrer;
mod regles_de_progresser;
mod regles_de_terminer;
mod simultane;
mod unites;
