//! What can be asked of the world.

use std::num::NonZeroU32;

use aether_core::uuid::Uuid;

use super::formes::RecompenseEvenement;
use super::mots::{Facteur, TypeClassement, TypeEvenement};
use crate::values::{
    BossId, CombatId, EvenementId, Intervention, ItemId, JoueurId, Nom, Quantite, RessourceId,
    ZoneId,
};

/// A command to the world. There is one world: batches keep its commands few.
#[derive(Debug, Clone, PartialEq)]
pub enum MondeCommand {
    /// Move the clock on to now: what a timer sends. Does nothing within the hour, so it can come late or twice.
    AvancerCycle,
    /// Set foot in a zone. Does nothing when somebody was there before.
    DecouvrirZone {
        /// The zone.
        zone: ZoneId,
        /// Its name.
        nom: Nom,
        /// Who.
        joueur: JoueurId,
    },
    /// Let a boss appear: what a timer sends. Does nothing while it is there, so it can come late or twice.
    FaireApparaitreBoss {
        /// The boss.
        boss: BossId,
        /// Its name.
        nom: Nom,
        /// Where.
        zone: ZoneId,
        /// How many seconds it rests when it is beaten.
        repos_s: u32,
    },
    /// A boss is beaten. Each appearance ends once; a second time is refused, and with it the rewards of the same append.
    VaincreBoss {
        /// The boss.
        boss: BossId,
        /// Which of its appearances was fought.
        apparition: u32,
        /// The combat.
        combat: CombatId,
        /// Who beat it: 1 to 50 players.
        vainqueurs: Vec<JoueurId>,
    },
    /// Begin a world event.
    DeclencherEvenement(DeclencherEvenement),
    /// Bring a world event forward, for several players at once.
    Progresser {
        /// The event.
        evenement: EvenementId,
        /// Who did how much: 1 to [`Monde::LOT_MAX`](super::Monde::LOT_MAX) players.
        contributions: Vec<(JoueurId, NonZeroU32)>,
    },
    /// End a world event whose time is over: what a timer sends. Does nothing when it has ended, so it can come late or twice.
    ExpirerEvenement {
        /// The event.
        evenement: EvenementId,
    },
    /// End a world event for a reason outside of the rules.
    AnnulerEvenement {
        /// The event.
        evenement: EvenementId,
        /// By whom and why.
        intervention: Intervention,
    },
    /// Lay out the resources of a zone, instead of those it has.
    DeclarerRessources {
        /// The zone.
        zone: ZoneId,
        /// Its resources, full: at most [`Monde::GISEMENTS_MAX`](super::Monde::GISEMENTS_MAX).
        gisements: Vec<NouveauGisement>,
        /// By whom and why.
        intervention: Intervention,
    },
    /// Gather resources of a zone. The items enter the player's bag in the same append.
    Recolter {
        /// The zone.
        zone: ZoneId,
        /// Who.
        joueur: JoueurId,
        /// How much of which: 1 to [`Monde::GISEMENTS_MAX`](super::Monde::GISEMENTS_MAX).
        recoltes: Vec<(RessourceId, Quantite)>,
    },
    /// Let the resources of zones grow up to now: what a timer sends. Does nothing within the hour, so it can come late or twice.
    Regenerer {
        /// The zones: 1 to [`Monde::LOT_MAX`](super::Monde::LOT_MAX).
        zones: Vec<ZoneId>,
    },
    /// Make something dearer, cheaper, rarer or more frequent.
    ModifierFacteur {
        /// What.
        facteur: Facteur,
        /// The percentage: 1 to [`Monde::FACTEUR_MAX`](super::Monde::FACTEUR_MAX); 100 is as it was made.
        valeur: u16,
        /// By whom and why.
        intervention: Intervention,
    },
    /// Publish a ranking: what a job sends.
    PublierClassement {
        /// Which.
        classement: TypeClassement,
        /// Its lines: at most [`Monde::LOT_MAX`](super::Monde::LOT_MAX), by falling score.
        lignes: Vec<NouvelleLigne>,
    },
}

/// A world event to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclencherEvenement {
    /// Its id; each is used once.
    pub evenement: EvenementId,
    /// Its name.
    pub nom: Nom,
    /// Its kind.
    pub type_evenement: TypeEvenement,
    /// Where; everywhere without one.
    pub zone: Option<ZoneId>,
    /// What has to be done.
    pub requis: NonZeroU32,
    /// For how many seconds: see [`Monde::DUREE_MIN_S`](super::Monde::DUREE_MIN_S) and
    /// [`Monde::DUREE_MAX_S`](super::Monde::DUREE_MAX_S).
    pub duree_s: u32,
    /// What each participant is granted if it succeeds.
    pub recompense: RecompenseEvenement,
}

/// A resource to be laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NouveauGisement {
    /// Its id.
    pub ressource: RessourceId,
    /// The item that one gathers.
    pub item: ItemId,
    /// How many pieces there can be.
    pub maximum: NonZeroU32,
    /// How many grow in an hour of the world.
    pub par_heure: u32,
}

/// A line of a ranking to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NouvelleLigne {
    /// The player or guild.
    pub id: Uuid,
    /// The name to show.
    pub nom: Nom,
    /// The score.
    pub score: u64,
}
