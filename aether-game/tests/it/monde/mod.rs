//! The world: clock, zones, bosses, events, resources.

pub(crate) mod fixtures;
mod formes;
pub(crate) mod proprietes;
mod regles_de_l_affichage;
mod regles_des_boss;
mod regles_des_evenements;
mod regles_des_ressources;
mod regles_du_cycle;
