//! The market: rules of a book, its matching, its sums.

mod a_la_fois;
mod appariement;
pub(crate) mod entier;
pub(crate) mod fixtures;
mod formes;
mod grand_livre;
mod limites;
pub(crate) mod proprietes;
mod refus;
mod regles_de_clore;
mod regles_de_placer;
mod regles_de_regler;
mod regles_des_colis;
mod unites;
