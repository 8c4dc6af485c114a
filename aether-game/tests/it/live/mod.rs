//! What is in Redis says what the events say, and is right or absent.

mod classements;
mod combat;
mod compteurs;
mod fixtures;
mod profil;
mod recharges;
mod vidage;
