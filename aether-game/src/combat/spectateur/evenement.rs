//! What spectators see of each event.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::tableau::CombatVu;
use crate::combat::ids::{ActionId, CompetenceId, EffetId, EntiteId, ItemId, ParticipantId};
use crate::combat::mots::{
    EtatParticipant, FinEffet, FinTour, ResultatAction, ResultatCombat, SourceEffet, TypeAction,
    TypeDegats, TypeEffet, TypeEntite,
};
use crate::combat::roster::{Cout, Recompenses};
use crate::combat::suivi::{EffetActif, EffetPose, ObjetRestant, Recharge, Statistiques};

/// An event of a combat as a spectator sees it: `{"type": "DegatsInfliges", "donnees": {…}}`. What it may not see is not there; the
/// module of combats says what that is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "donnees", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum EvenementVu {
    /// The combat began: the first picture of it.
    CombatDemarre(Box<CombatVu>),
    /// A participant's turn began.
    TourDebute {
        /// The turn's number, from 1.
        numero_tour: u32,
        /// Whose turn it is.
        participant_actif: ParticipantId,
        /// How long it may take, in milliseconds.
        duree_maximale: u32,
        /// When.
        debute_a: DateTime<Utc>,
        /// Its effects with the turns they have left.
        effets_actifs: Vec<EffetActif>,
        /// Its skills that still rest, for its own side.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recharges: Option<Vec<Recharge>>,
    },
    /// A participant acted. What its action did to others follows.
    ActionExecutee {
        /// The action's id.
        action_id: ActionId,
        /// In which turn.
        numero_tour: u32,
        /// Who acted.
        acteur: ParticipantId,
        /// What it did.
        type_action: TypeAction,
        /// With which skill.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        competence_id: Option<CompetenceId>,
        /// With which item.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item_id: Option<ItemId>,
        /// On whom.
        cibles: Vec<ParticipantId>,
        /// How it went.
        resultat: ResultatAction,
        /// How long the participant took to decide, in milliseconds.
        duree_ms: u32,
        /// Where it stood before.
        position_avant: u32,
        /// Where it stands after.
        position_apres: u32,
        /// Its state before.
        etat_avant: EtatParticipant,
        /// Its state after: FUITE for one that got away.
        etat_apres: EtatParticipant,
        /// The effects this laid on anybody; their events follow.
        effets_appliques: Vec<EffetPose>,
        /// What it took, for its own side.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        details: Option<DetailsAction>,
    },
    /// A status effect was laid on a participant, or laid on again.
    EffetStatutApplique {
        /// The effect's id.
        effet_id: EffetId,
        /// In which turn.
        numero_tour: u32,
        /// Its bearer.
        cible: ParticipantId,
        /// Which effect.
        type_effet: TypeEffet,
        /// Whether it harms.
        est_debuff: bool,
        /// Whether it can be dispelled.
        peut_etre_dissipe: bool,
        /// Who laid it on.
        source: ParticipantId,
        /// With what.
        source_type: SourceEffet,
        /// The bearer's effects after this.
        effets_actifs: Vec<EffetActif>,
    },
    /// A status effect ended.
    EffetStatutExpire {
        /// The effect's id.
        effet_id: EffetId,
        /// In which turn.
        numero_tour: u32,
        /// Its bearer.
        cible: ParticipantId,
        /// Which effect.
        type_effet: TypeEffet,
        /// Why.
        raison: FinEffet,
        /// The bearer's effects after this.
        effets_actifs: Vec<EffetActif>,
    },
    /// A participant was hurt.
    DegatsInfliges {
        /// The action that did it; none for an effect.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action_id: Option<ActionId>,
        /// In which turn.
        numero_tour: u32,
        /// Who did it, directly or by an effect.
        source: ParticipantId,
        /// Who was hurt.
        cible: ParticipantId,
        /// The kind of damage.
        type_degats: TypeDegats,
        /// The damage that was dealt, everything taken off.
        degats_finaux: u32,
        /// Whether the blow was critical.
        critique: bool,
        /// Hit points before.
        hp_avant: u32,
        /// Hit points after.
        hp_apres: u32,
        /// Whether it brought the target down; `ParticipantMort` follows.
        mort: bool,
    },
    /// A participant was healed.
    SoinsRecus {
        /// The action that did it; none for an effect.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action_id: Option<ActionId>,
        /// In which turn.
        numero_tour: u32,
        /// Who did it, directly or by an effect.
        source: ParticipantId,
        /// Who was healed.
        cible: ParticipantId,
        /// What was healed.
        soin_final: u32,
        /// Whether it was critical.
        critique: bool,
        /// Hit points before.
        hp_avant: u32,
        /// Hit points after.
        hp_apres: u32,
    },
    /// A participant fell.
    ParticipantMort {
        /// In which turn.
        numero_tour: u32,
        /// Who.
        participant: ParticipantId,
        /// Who it was outside.
        entite_id: EntiteId,
        /// What kind of being.
        type_entite: TypeEntite,
        /// MORT, or KO in an arena.
        etat: EtatParticipant,
        /// By whose hand.
        tueur: ParticipantId,
    },
    /// A participant's turn ended.
    TourTermine {
        /// The turn's number.
        numero_tour: u32,
        /// Whose turn it was.
        participant: ParticipantId,
        /// Why it ended.
        raison: FinTour,
    },
    /// The combat is over.
    CombatTermine {
        /// How it ended, seen from the side ALLIES.
        resultat: ResultatCombat,
        /// Everybody of the winning side; nobody when time ran out.
        vainqueurs: Vec<ParticipantId>,
        /// Everybody of the beaten side; nobody when time ran out.
        vaincus: Vec<ParticipantId>,
        /// What happened in numbers.
        statistiques: Statistiques,
        /// What the players among the winners share, for the winning side.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recompenses: Option<Recompenses>,
        /// When.
        termine_a: DateTime<Utc>,
    },
}

/// What an action took, for the side of the one who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DetailsAction {
    /// What it cost.
    pub cout: Cout,
    /// The actor's mana after this.
    pub mp_apres: u32,
    /// The actor's stamina after this.
    pub stamina_apres: u32,
    /// The actor's skills that rest after this.
    pub recharges: Vec<Recharge>,
    /// The actor's items after this; only when one was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objets_restants: Option<Vec<ObjetRestant>>,
}
