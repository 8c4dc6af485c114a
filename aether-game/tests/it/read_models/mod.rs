//! The tables say what the events say, and the queries answer from them.

pub(crate) mod arene;
mod combat;
mod competence;
mod economie;
mod equipement;
pub(crate) mod fixtures;
pub(crate) mod inventaire;
mod item;
mod joueur;
mod monde;
mod plans;
mod plans_des_rangs;
mod plans_des_sacs;
mod quete;
