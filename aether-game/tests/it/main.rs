//! Tests of the Aether game, named after the promises they keep.

#![allow(clippy::unwrap_used, reason = "tests")]

mod bots;
mod combat;
mod competence;
mod docs;
mod economie;
mod equipement;
mod evenements;
mod invalidation;
mod inventaire;
mod item;
mod jobs;
mod joueur;
mod live;
mod livre;
mod locks;
mod module;
mod monde;
mod pnj;
mod processes;
mod quete;
mod read_models;
mod refus;
mod reservation;
mod sources;
mod values;
mod world;
