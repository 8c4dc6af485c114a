//! The values of the game: amounts, names and ids that cannot hold nonsense, also not by deserialising.
//!
//! Numbers have bounds ([`Or`], [`Quantite`], [`Prix`] …), names are checked letter by letter ([`NomUtilisateur`], [`Pseudo`]), texts hold
//! nothing invisible ([`Nom`], [`Motif`], [`Description`]), and each id is a type of its own ([`ids`]). Gold and items come and
//! go for a closed list of reasons ([`RaisonOr`], [`RaisonItem`]), so that a ledger can be folded from events alone.
//!
//! A check that rests on tables of Unicode may say something else after an update of those tables. So an event stores a name as
//! `String`, as it was accepted; the types are for commands.

mod bornes;
pub mod ids;
mod intervention;
mod invisible;
mod mots;
mod nombres;
mod noms;
mod origine;
mod raisons;
mod textes;

pub use bornes::HorsBornes;
pub use ids::*;
pub use intervention::Intervention;
pub use mots::UnknownWord;
pub use nombres::{
    Experience, Montant, Niveau, NiveauCompetence, Or, Poids, PointsDeVie, PositionBarre, Pourcent,
    Prix, Quantite, Stat,
};
pub use noms::{NomInvalide, NomUtilisateur, Pseudo};
pub use origine::Origine;
pub use raisons::{Flux, RaisonItem, RaisonOr};
pub use textes::{Description, Motif, Nom, Propos, TexteInvalide};

pub(crate) use mots::mots;
