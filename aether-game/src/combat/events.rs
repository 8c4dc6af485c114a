//! What happens in a combat.

use aether_core::Event;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{ActionId, CompetenceId, EffetId, EntiteId, ItemId, ParticipantId, ZoneId};
use super::mots::{
    EtatParticipant, FinEffet, FinTour, ResultatAction, ResultatCombat, SourceEffet, TypeAction,
    TypeCombat, TypeDegats, TypeEffet, TypeEntite,
};
use super::roster::{Conditions, Cout, Participant, Recompenses};
use super::suivi::{EffetActif, EffetPose, Modificateurs, ObjetRestant, Recharge, Statistiques};

/// The events of a combat. Values that change come as before and after, so that a reader can write
/// what it keeps without having to look it up first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[serde(rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum CombatEvent {
    /// The combat began.
    CombatDemarre {
        /// Its kind.
        type_combat: TypeCombat,
        /// Where.
        zone_id: ZoneId,
        /// The zone's name.
        zone_nom: String,
        /// Who fights.
        participants: Vec<Participant>,
        /// Who goes after whom.
        ordre_initiative: Vec<ParticipantId>,
        /// When it ends.
        conditions: Conditions,
        /// How long a turn may take, in milliseconds.
        duree_tour_ms: u32,
        /// The seed of every draw. Not for the eyes of players: it tells what they will roll.
        graine: u64,
        /// What the players of the winning side share.
        recompenses: Recompenses,
        /// When.
        debute_a: DateTime<Utc>,
    },
    /// A participant's turn began.
    TourDebute {
        /// The turn's number, from 1; every participant's turn counts.
        numero_tour: u32,
        /// Whose turn it is.
        participant_actif: ParticipantId,
        /// How long it may take, in milliseconds.
        duree_maximale: u32,
        /// When.
        debute_a: DateTime<Utc>,
        /// Its skills that still rest.
        recharges: Vec<Recharge>,
        /// Its effects with the turns they have left; one with 0 left expires next.
        effets_actifs: Vec<EffetActif>,
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
        /// What it cost.
        cout: Cout,
        /// How it went.
        resultat: ResultatAction,
        /// How long the participant took to decide, in milliseconds.
        duree_ms: u32,
        /// Its mana before.
        mp_avant: u32,
        /// Its mana after.
        mp_apres: u32,
        /// Its stamina before.
        stamina_avant: u32,
        /// Its stamina after.
        stamina_apres: u32,
        /// Where it stood before.
        position_avant: u32,
        /// Where it stands after.
        position_apres: u32,
        /// Its state before.
        etat_avant: EtatParticipant,
        /// Its state after: FUITE for one that got away.
        etat_apres: EtatParticipant,
        /// Its skills that rest after this.
        recharges: Vec<Recharge>,
        /// Its items after this; only when one was used.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        objets_restants: Option<Vec<ObjetRestant>>,
        /// The effects this laid on anybody; their events follow.
        effets_appliques: Vec<EffetPose>,
        /// How many draws the combat has made, this action's included.
        tirages: u32,
    },
    /// A status effect was laid on a participant, or laid on again: then it has the same id, its
    /// duration starts anew and its stacks grow.
    EffetStatutApplique {
        /// The effect's id.
        effet_id: EffetId,
        /// In which turn.
        numero_tour: u32,
        /// Its bearer.
        cible: ParticipantId,
        /// Which effect.
        #[serde(rename = "type")]
        type_effet: TypeEffet,
        /// Points per turn, or percent, by kind; for one stack.
        puissance: u32,
        /// For how many of the bearer's turns.
        duree_tours: u8,
        /// How often it was laid on.
        stacks: u8,
        /// Whether it harms.
        est_debuff: bool,
        /// Whether it can be dispelled.
        peut_etre_dissipe: bool,
        /// Who laid it on.
        source: ParticipantId,
        /// With what.
        source_type: SourceEffet,
        /// The skill, the item or, for a guard, the action.
        source_id: uuid::Uuid,
        /// What it does to the bearer's damage.
        modificateurs: Modificateurs,
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
        #[serde(rename = "type")]
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
        /// Raw damage, a critical blow included.
        degats_bruts: u32,
        /// What armour, resistance and protection took off.
        reduction: u32,
        /// What was left: `degats_bruts - reduction`.
        degats_finaux: u32,
        /// Whether the blow was critical.
        critique: bool,
        /// Hit points before.
        hp_avant: u32,
        /// Hit points after: `hp_avant - degats_finaux`, never below 0.
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
        /// What could have been healed.
        soin_brut: u32,
        /// What was healed.
        soin_final: u32,
        /// Whether it was critical.
        critique: bool,
        /// Hit points before.
        hp_avant: u32,
        /// Hit points after, at most the maximum.
        hp_apres: u32,
        /// What was too much: `soin_brut - soin_final`.
        surplus: u32,
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
        /// What the players among the winners share.
        recompenses: Recompenses,
        /// When.
        termine_a: DateTime<Utc>,
    },
}
