//! What is in Redis says what the events say, and is right or absent.

mod annonces;
mod classements;
mod combat;
mod compteurs;
mod fixtures;
mod monde;
mod profil;
mod recharges;
mod sac;
mod vidage;
