//! Why a combat refuses a command.

use chrono::{DateTime, Utc};

use super::ids::{CompetenceId, ItemId, ParticipantId};
use super::vocabulary::{Camp, Ciblage, EtatParticipant, ResultatCombat};

/// A rule of combat that a command would break. Nothing happened; the same command in the same state
/// is refused again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CombatError {
    /// It was never started.
    #[error("the combat has not started; send Demarrer first")]
    PasDemarre,
    /// It was started before.
    #[error("the combat has already started; start another one under a new id")]
    DejaDemarre,
    /// It is over.
    #[error("the combat is over ({resultat}) and takes no more commands")]
    DejaTermine {
        /// How it ended.
        resultat: ResultatCombat,
    },
    /// What it should start with makes no sense.
    #[error("the combat cannot start: {0}")]
    DemarrageInvalide(#[from] DemarrageInvalide),
    /// No such participant.
    #[error("{participant} does not take part in this combat; use a participant id of its roster")]
    ParticipantInconnu {
        /// The id.
        participant: ParticipantId,
    },
    /// It is somebody else's turn.
    #[error("it is the turn of {actif}, not of {acteur}; wait for its TourDebute")]
    PasSonTour {
        /// Who wanted to act.
        acteur: ParticipantId,
        /// Whose turn it is.
        actif: ParticipantId,
    },
    /// Who wants to act is out of the fight.
    #[error("{acteur} is out of the fight ({etat}) and cannot act any more")]
    HorsCombat {
        /// Who.
        acteur: ParticipantId,
        /// Why.
        etat: EtatParticipant,
    },
    /// The turn's time is over.
    #[error("turn {numero_tour} ended at {echeance}; send ExpirerTour to go on")]
    TourExpire {
        /// The turn.
        numero_tour: u32,
        /// When its time was over.
        echeance: DateTime<Utc>,
    },
    /// The turn's time is not over yet.
    #[error("turn {numero_tour} lasts until {echeance}; send ExpirerTour then")]
    TourEnCours {
        /// The turn.
        numero_tour: u32,
        /// When its time is over.
        echeance: DateTime<Utc>,
    },
    /// A timer speaks of a turn that has not come.
    #[error("turn {numero_tour} has not begun, the combat is in turn {actuel}; check the timer")]
    TourFutur {
        /// The turn.
        numero_tour: u32,
        /// The turn the combat is in.
        actuel: u32,
    },
    /// The combat's time is over.
    #[error("the time limit was reached at {limite}; send VerifierLimite to end the combat")]
    LimiteAtteinte {
        /// When.
        limite: DateTime<Utc>,
    },
    /// The action has no target.
    #[error("the action has no target; name at least one")]
    SansCible,
    /// The action has more targets than it can have.
    #[error("{nombre} targets are too many, at most {maximum} here; name fewer")]
    TropDeCibles {
        /// How many were named.
        nombre: usize,
        /// How many there can be.
        maximum: usize,
    },
    /// A target was named twice.
    #[error("{cible} is a target twice; name each target once")]
    CibleEnDouble {
        /// The target.
        cible: ParticipantId,
    },
    /// A target is not in the combat.
    #[error("target {cible} does not take part in this combat; choose one of its roster")]
    CibleInconnue {
        /// The target.
        cible: ParticipantId,
    },
    /// A target does not stand any more.
    #[error("target {cible} is out of the fight ({etat}); choose one that stands")]
    CibleHorsCombat {
        /// The target.
        cible: ParticipantId,
        /// Why it is out.
        etat: EtatParticipant,
    },
    /// A target is on the wrong side.
    #[error("{cible} cannot be a target of what is meant for {ciblage}; choose another target")]
    CibleInterdite {
        /// The target.
        cible: ParticipantId,
        /// Whom the action is meant for.
        ciblage: Ciblage,
    },
    /// A target is too far away.
    #[error("{cible} is {distance} steps away and the reach is {portee}; move closer first")]
    HorsDePortee {
        /// The target.
        cible: ParticipantId,
        /// How far away.
        distance: u32,
        /// How far the action reaches.
        portee: u32,
    },
    /// Not enough mana.
    #[error("this costs {cout} mp and only {disponible} are left; choose something cheaper")]
    PasAssezDeMp {
        /// The price.
        cout: u32,
        /// What is there.
        disponible: u32,
    },
    /// Not enough stamina.
    #[error("this costs {cout} stamina and only {disponible} are left; choose something cheaper")]
    PasAssezDeStamina {
        /// The price.
        cout: u32,
        /// What is there.
        disponible: u32,
    },
    /// The actor does not have this skill.
    #[error("skill {competence_id} is not among the actor's skills; use one of its sheet")]
    CompetenceInconnue {
        /// The skill.
        competence_id: CompetenceId,
    },
    /// The skill rests.
    #[error(
        "skill {competence_id} rests, it can be used in {tours_restants} turns; use another one"
    )]
    EnRecharge {
        /// The skill.
        competence_id: CompetenceId,
        /// In how many of its owner's turns it can be used again.
        tours_restants: u8,
    },
    /// The actor does not carry this item.
    #[error("item {item_id} is not among the actor's items; use one of its sheet")]
    ObjetInconnu {
        /// The item.
        item_id: ItemId,
    },
    /// The item is used up.
    #[error("item {item_id} is used up; use another one")]
    ObjetEpuise {
        /// The item.
        item_id: ItemId,
    },
    /// The step leads nowhere.
    #[error(
        "a step leads 1 to {pas_max} positions away within 0..={position_max}, not from {de} to {vers}"
    )]
    DeplacementInvalide {
        /// Where from.
        de: u32,
        /// Where to.
        vers: u32,
        /// How far a step leads.
        pas_max: u32,
        /// The last position.
        position_max: u32,
    },
}

/// What is wrong with the start of a combat.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DemarrageInvalide {
    /// Too few or too many.
    #[error("{nombre} participants, but a combat has 2 to {maximum}")]
    NombreDeParticipants {
        /// How many came.
        nombre: usize,
        /// How many can come.
        maximum: usize,
    },
    /// Nobody to fight against, or nobody whose fall would end the combat.
    #[error("nobody is on side {camp}; a combat needs both sides")]
    CampVide {
        /// The empty side.
        camp: Camp,
    },
    /// Two participants have one id.
    #[error("{participant} is in the list twice; make a new id for each participant")]
    ParticipantEnDouble {
        /// The id.
        participant: ParticipantId,
    },
    /// A text is empty, too long or holds control characters.
    #[error("{champ} has to have 1 to {maximum} characters without control characters")]
    Texte {
        /// Which text.
        champ: &'static str,
        /// How many characters it may have.
        maximum: usize,
    },
    /// A number is out of its range.
    #[error("{champ} of {participant} is {valeur}, but has to be in {minimum}..={maximum}")]
    HorsBornes {
        /// Whose.
        participant: ParticipantId,
        /// Which number.
        champ: &'static str,
        /// What it is.
        valeur: i64,
        /// The least.
        minimum: i64,
        /// The most.
        maximum: i64,
    },
    /// Too many skills, items or powers, or one of them twice.
    #[error("{participant} brings too many {champ} (at most {maximum}), or one of them twice")]
    Liste {
        /// Who.
        participant: ParticipantId,
        /// Of what.
        champ: &'static str,
        /// How many there can be.
        maximum: usize,
    },
    /// A setting of the combat is out of its range.
    #[error("{champ} is {valeur}, but has to be in {minimum}..={maximum}")]
    Reglage {
        /// Which.
        champ: &'static str,
        /// What it is.
        valeur: u64,
        /// The least.
        minimum: u64,
        /// The most.
        maximum: u64,
    },
}
