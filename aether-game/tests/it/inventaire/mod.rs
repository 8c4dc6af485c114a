//! Rules of bags.

pub(crate) mod fixtures;
mod formes;
pub(crate) mod moteur;
pub(crate) mod proprietes;
mod refus_atteints;
mod regles_de_ajouter;
mod regles_de_deplacer;
mod regles_de_echanger;
mod regles_de_equiper;
mod regles_de_reserver;
mod regles_de_retirer;
mod regles_de_sequestrer;
mod unites;
mod unites_d_echange;
mod unites_de_combat;
mod unites_du_marche;
