//! What the game answers from its tables, as typed functions.
//!
//! Answers are as new as the projections: to read one's own writes, wait for the position of the command first
//! ([`Node::wait_for`](aether_core::Node::wait_for)). Each function asks one query by an index. Lists are pages by key: the next one
//! begins after the last row of this one. Each returns [`Error`](aether_postgres::Error) when the database fails;
//! [`is_transient`](aether_postgres::Error::is_transient) says whether a retry helps.

mod arene;
mod ask;
mod combats;
mod competences;
mod items;
mod joueurs;
mod livre;
mod marche;
mod monde;
mod quetes;
mod sac;
mod tenue;

pub use arene::{PlaceArene, classement_arene, cotes_apres};
pub use combats::{
    CombatComplet, CompetencePrete, ObjetPret, TourActuel, actions_du_combat,
    actions_du_participant, combat, combats_en_cours, effets_du_combat, tour_actuel,
};
pub use competences::{CompetenceConnue, competences_du_joueur, competences_pretes};
pub use items::{
    FiltreItems, ItemPopulaire, PlaceItem, item, items, items_par_id, items_populaires,
};
pub use joueurs::{
    Place, Rang, RangGlobal, classement, classement_global, niveaux_atteints, profil, profils,
};
pub use livre::livre;
pub use marche::{
    NiveauDePrix, colis_du_joueur, offres, ordres_du_joueur, prix, profondeur,
    transactions_de_l_item, transactions_du_joueur,
};
pub use monde::etat_du_monde;
pub use quetes::{QueteEnCours, quetes_en_cours, quetes_ouvertes};
pub use sac::{Contenu, Sac, sac};
pub use tenue::{PiecePortee, Tenue, tenue, tenues};
