//! The read models of the game in PostgreSQL: what fills them, and the proof that they say what the events say. What they answer is in
//! [`queries`](crate::queries).
//!
//! # How they are fast
//!
//! A batch is folded in memory to one change per row, and written with a constant number of set-based statements, however many events
//! there are: one for each table. What ends a combat for everybody in it takes one more for each table of participants.
//! Every update is guarded by `last_event_sequence`: an older event never overwrites a newer value.
//!
//! # Combats are written by two
//!
//! | table | written by |
//! |---|---|
//! | `instances_combat`, `actions_combat`, `historique_combat` | [`CombatProjection`] |
//! | `participants_combat`, `effets_statut` | [`ParticipantProjection`] |
//!
//! The two run apart, each at its own pace and with its own checkpoint, and never write the same row
//! twice over, with one exception: `participants_combat` refers to `instances_combat`, and either
//! projection may come first. So [`ParticipantProjection`] inserts the instance as it was at the start
//! *if there is none yet* (`ON CONFLICT DO NOTHING`) and never touches it again; [`CombatProjection`]
//! takes such a row over. The alternatives were worse: a deferred key is checked at the commit, when
//! the other projection's row may still be missing; one projection that writes everything would
//! stop as a whole when one half fails. When both insert the same new combat at the same time, the
//! second waits for the first one's commit, a millisecond or so; both go through combats in the order
//! of their ids, so they cannot deadlock.

pub mod arene;
mod combat;
mod competence;
mod economie;
mod equipement;
mod flux;
mod inventaire;
mod item;
mod joueur;
mod migrations;
mod monde;
mod participant;
mod quete;
mod row;
mod verify;

pub use arene::{ArenaProjection, CombatCote, CoteArene, verify_arene};
pub use combat::{
    ActionCombat, CombatProjection, Details, DonneesAction, HistoriqueCombat, InstanceCombat,
    Severite, TypeEvenement, verify_combats,
};
pub use competence::{
    Competence, CompetenceJoueur, EvenementDeCompetence, SkillProjection, verify_competences,
};
pub use economie::{
    ColisEconomie, CoursHoraire, EconomyProjection, OrdreEconomie, PrixMarche, TransactionEconomie,
    verify_economie,
};
pub use equipement::{
    BonusSet, EquipmentProjection, PieceEquipement, PortEvent, SetEquipement, TenueEvent,
    verify_equipement,
};
pub use flux::{Flux, LedgerProjection, verify_flux};
pub use inventaire::{
    Instance, Inventaire, InventoryProjection, ItemInventaire, verify_inventaires,
};
pub use item::{Item, ItemProjection, verify_items};
pub use joueur::{Joueur, NiveauAtteint, PlayerProjection, verify_joueurs};
pub use migrations::migrate;
pub use monde::{
    BossPresent, BossVaincu, Classement, EtatMonde, EvenementActif, Ressource, RessourcesDeZone,
    WorldProjection, ZoneDecouverte, verify_monde,
};
pub use participant::{
    CompetencesCombat, EffetStatut, EquipementCombat, ParticipantCombat, ParticipantProjection,
    verify_participants,
};
pub use quete::{Avancement, EvenementDeQuete, QuestProjection, Quete, QueteJoueur, verify_quetes};
pub use row::Row;
pub use verify::{Difference, VerifyReport};

use aether_core::{BoxError, Position};

fn sequence(position: Position) -> i64 {
    position.get().cast_signed()
}

/// The error of a statement, in the words of the engine: what may pass is waited out.
fn failed(error: sqlx::Error) -> BoxError {
    let error = aether_postgres::Error::from(error);
    if error.is_transient() {
        return aether_core::Error::Unavailable { source: error.into() }.into();
    }
    error.into()
}
