//! Tests of the Aether game, named after the promises they keep.

#![allow(clippy::unwrap_used, reason = "tests")]

mod bots;
mod competence;
mod economie;
mod equipement;
mod fixtures;
mod invalidation;
mod inventaire;
mod item;
mod joueur;
mod live;
mod locks;
mod module;
mod monde;
mod pnj;
mod properties;
mod quete;
mod read_models;
mod refus;
mod reservation;
mod rules_of_action;
mod rules_of_effects;
mod rules_of_start;
mod rules_of_turns;
mod shapes;
mod sources;
mod values;
