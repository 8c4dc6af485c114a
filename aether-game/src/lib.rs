#![doc = include_str!("../README.md")]

pub mod bots;
pub mod combat;
pub mod competence;
pub mod economie;
pub mod equipement;
pub mod inventaire;
pub mod item;
pub mod jobs;
pub mod joueur;
pub mod live;
pub mod livre;
pub mod locks;
mod module;
pub mod monde;
pub mod pnj;
pub mod processes;
pub mod queries;
pub mod quete;
pub mod read_models;
pub mod recompense;
pub mod refus;
pub mod reservation;
pub mod unite;
pub mod values;
pub mod world;

pub use module::module;
