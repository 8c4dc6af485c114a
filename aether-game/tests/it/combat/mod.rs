//! Rules of combats.

mod depart;
pub(crate) mod fixtures;
mod formes;
mod partage;
pub(crate) mod proprietes;
mod refus;
mod regles_d_action;
mod regles_de_degats;
mod regles_de_depart;
mod regles_de_fin;
mod regles_des_effets;
mod regles_des_tours;
mod spectateurs;
