//! The rows of the read models as Rust types.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{FromRow, Row as _};
use uuid::Uuid;

use crate::combat::{
    ActionId, Camp, CombatId, Competence, CompetenceId, Conditions, EffetActif, EffetId, EffetPose,
    EntiteId, EtatCombat, EtatParticipant, ItemId, Modificateurs, Objet, ObjetRestant,
    ParticipantId, Recharge, Recompenses, Resistances, ResultatAction, SourceEffet, StatsCombat,
    TypeAction, TypeCombat, TypeEffet, TypeEntite, ZoneId,
};

/// A row of `instances_combat`.
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceCombat {
    /// The combat.
    pub combat_id: CombatId,
    /// Where it is in its life.
    pub etat: EtatCombat,
    /// Its kind.
    pub type_combat: TypeCombat,
    /// Where.
    pub zone_id: ZoneId,
    /// The zone's name.
    pub zone_nom: String,
    /// The number of the current or last turn.
    pub tour_actuel: u32,
    /// Who goes after whom.
    pub ordre_tour: Vec<ParticipantId>,
    /// Whose turn it is; none when the combat is over.
    pub participant_actif_id: Option<ParticipantId>,
    /// When it began.
    pub heure_debut: DateTime<Utc>,
    /// When it ended.
    pub heure_fin: Option<DateTime<Utc>>,
    /// How long a turn may take, in milliseconds.
    pub duree_tour_ms: u32,
    /// When the current turn's time is over.
    pub prochain_timeout: Option<DateTime<Utc>>,
    /// When it ends.
    pub conditions: Conditions,
    /// What can be won; once it is over, what was won.
    pub recompenses: Recompenses,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
}

/// A row of `participants_combat`.
#[derive(Debug, Clone, PartialEq)]
pub struct ParticipantCombat {
    /// The participant.
    pub participant_id: ParticipantId,
    /// Its combat.
    pub combat_id: CombatId,
    /// Who it is outside.
    pub entite_id: EntiteId,
    /// What kind of being.
    pub type_entite: TypeEntite,
    /// Its side.
    pub camp: Camp,
    /// Its name.
    pub nom: String,
    /// Its level.
    pub niveau: u32,
    /// Its initiative.
    pub initiative: i32,
    /// Where it stands.
    pub position: u32,
    /// Whether it stands.
    pub etat: EtatParticipant,
    /// Hit points.
    pub hp_actuel: u32,
    /// Most hit points.
    pub hp_max: u32,
    /// Mana.
    pub mp_actuel: u32,
    /// Most mana.
    pub mp_max: u32,
    /// Stamina.
    pub stamina_actuel: u32,
    /// Most stamina.
    pub stamina_max: u32,
    /// Its stats.
    pub stats: StatsCombat,
    /// What it resists.
    pub resistances: Resistances,
    /// The effects on it.
    pub effets_actifs: Vec<EffetActif>,
    /// The items it brought.
    pub objets: Vec<Objet>,
    /// How many are left of each.
    pub objets_restants: Vec<ObjetRestant>,
    /// Its skills.
    pub competences: Vec<Competence>,
    /// Those that rest.
    pub recharges: Vec<Recharge>,
    /// Whether it could act if it were its turn.
    pub peut_agir: bool,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
}

/// A row of `actions_combat`.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionCombat {
    /// The action.
    pub action_id: ActionId,
    /// Its combat.
    pub combat_id: CombatId,
    /// In which turn.
    pub numero_tour: u32,
    /// Who acted.
    pub participant_id: ParticipantId,
    /// What it did.
    pub type_action: TypeAction,
    /// With which skill.
    pub competence_id: Option<CompetenceId>,
    /// With which item.
    pub item_id: Option<ItemId>,
    /// On whom.
    pub cibles: Vec<ParticipantId>,
    /// Cost, and what it changed about the actor: pairs of before and after.
    pub donnees_action: serde_json::Value,
    /// How it went.
    pub resultat: ResultatAction,
    /// The effects it laid on anybody.
    pub effets_appliques: Vec<EffetPose>,
    /// How long the participant took to decide, in milliseconds.
    pub temps_execution_ms: u32,
    /// When.
    pub timestamp: DateTime<Utc>,
    /// The event's place in the log.
    pub event_sequence: i64,
}

/// A row of `effets_statut`.
#[derive(Debug, Clone, PartialEq)]
pub struct EffetStatut {
    /// The effect.
    pub effet_id: EffetId,
    /// Its bearer.
    pub participant_id: ParticipantId,
    /// The combat.
    pub combat_id: CombatId,
    /// Which effect.
    pub type_effet: TypeEffet,
    /// What it comes from.
    pub source_type: SourceEffet,
    /// The skill, item or action it comes from.
    pub source_id: Uuid,
    /// Points per turn, or percent; for one stack.
    pub puissance: u32,
    /// How many of the bearer's turns are left.
    pub duree_tours_restants: u32,
    /// How often it was laid on.
    pub stacks: u32,
    /// What it does to the bearer's damage.
    pub modificateurs: Modificateurs,
    /// Whether it harms.
    pub est_debuff: bool,
    /// Whether it can be dispelled.
    pub peut_etre_dissipe: bool,
    /// When it was laid on.
    pub applique_a: DateTime<Utc>,
    /// The event that laid it on.
    pub event_sequence: i64,
}

impl FromRow<'_, PgRow> for InstanceCombat {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            combat_id: id(row, "combat_id")?,
            etat: word(row, "etat")?,
            type_combat: word(row, "type_combat")?,
            zone_id: id(row, "zone_id")?,
            zone_nom: row.try_get("zone_nom")?,
            tour_actuel: count(row, "tour_actuel")?,
            ordre_tour: json(row, "ordre_tour")?,
            participant_actif_id: optional_id(row, "participant_actif_id")?,
            heure_debut: row.try_get("heure_debut")?,
            heure_fin: row.try_get("heure_fin")?,
            duree_tour_ms: count(row, "duree_tour_ms")?,
            prochain_timeout: row.try_get("prochain_timeout")?,
            conditions: json(row, "conditions_victoire")?,
            recompenses: json(row, "recompenses")?,
            last_event_sequence: row.try_get("last_event_sequence")?,
        })
    }
}

/// The content of `equipement`.
#[derive(Deserialize)]
struct Equipement {
    objets: Vec<Objet>,
    restants: Vec<ObjetRestant>,
}

/// The content of `competences_disponibles`.
#[derive(Deserialize)]
struct Competences {
    competences: Vec<Competence>,
    recharges: Vec<Recharge>,
}

impl FromRow<'_, PgRow> for ParticipantCombat {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        let equipement: Equipement = json(row, "equipement")?;
        let competences: Competences = json(row, "competences_disponibles")?;
        Ok(Self {
            participant_id: id(row, "participant_id")?,
            combat_id: id(row, "combat_id")?,
            entite_id: id(row, "entite_id")?,
            type_entite: word(row, "type_entite")?,
            camp: word(row, "camp")?,
            nom: row.try_get("nom")?,
            niveau: count(row, "niveau")?,
            initiative: row.try_get("initiative")?,
            position: count(row, "position")?,
            etat: word(row, "etat")?,
            hp_actuel: count(row, "hp_actuel")?,
            hp_max: count(row, "hp_max")?,
            mp_actuel: count(row, "mp_actuel")?,
            mp_max: count(row, "mp_max")?,
            stamina_actuel: count(row, "stamina_actuel")?,
            stamina_max: count(row, "stamina_max")?,
            stats: json(row, "stats_combat")?,
            resistances: json(row, "resistances")?,
            effets_actifs: json(row, "effets_actifs")?,
            objets: equipement.objets,
            objets_restants: equipement.restants,
            competences: competences.competences,
            recharges: competences.recharges,
            peut_agir: row.try_get("peut_agir")?,
            last_event_sequence: row.try_get("last_event_sequence")?,
        })
    }
}

impl FromRow<'_, PgRow> for ActionCombat {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            action_id: id(row, "action_id")?,
            combat_id: id(row, "combat_id")?,
            numero_tour: count(row, "numero_tour")?,
            participant_id: id(row, "participant_id")?,
            type_action: word(row, "type_action")?,
            competence_id: optional_id(row, "competence_id")?,
            item_id: optional_id(row, "item_id")?,
            cibles: json(row, "cibles")?,
            donnees_action: json(row, "donnees_action")?,
            resultat: word(row, "resultat")?,
            effets_appliques: json(row, "effets_appliques")?,
            temps_execution_ms: count(row, "temps_execution_ms")?,
            timestamp: row.try_get("timestamp")?,
            event_sequence: row.try_get("event_sequence")?,
        })
    }
}

impl FromRow<'_, PgRow> for EffetStatut {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            effet_id: id(row, "effet_id")?,
            participant_id: id(row, "participant_id")?,
            combat_id: id(row, "combat_id")?,
            type_effet: word(row, "type_effet")?,
            source_type: word(row, "source_type")?,
            source_id: row.try_get("source_id")?,
            puissance: count(row, "puissance")?,
            duree_tours_restants: count(row, "duree_tours_restants")?,
            stacks: count(row, "stacks")?,
            modificateurs: json(row, "modificateurs")?,
            est_debuff: row.try_get("est_debuff")?,
            peut_etre_dissipe: row.try_get("peut_etre_dissipe")?,
            applique_a: row.try_get("applique_a")?,
            event_sequence: row.try_get("event_sequence")?,
        })
    }
}

fn id<T: From<Uuid>>(row: &PgRow, column: &'static str) -> sqlx::Result<T> {
    Ok(row.try_get::<Uuid, _>(column)?.into())
}

fn optional_id<T: From<Uuid>>(row: &PgRow, column: &'static str) -> sqlx::Result<Option<T>> {
    Ok(row.try_get::<Option<Uuid>, _>(column)?.map(Into::into))
}

fn count(row: &PgRow, column: &'static str) -> sqlx::Result<u32> {
    let number: i32 = row.try_get(column)?;
    u32::try_from(number).map_err(|error| undecodable(column, error))
}

fn json<T: DeserializeOwned>(row: &PgRow, column: &'static str) -> sqlx::Result<T> {
    Ok(row.try_get::<Json<T>, _>(column)?.0)
}

fn word<T>(row: &PgRow, column: &'static str) -> sqlx::Result<T>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    row.try_get::<&str, _>(column)?.parse().map_err(|error| undecodable(column, error))
}

fn undecodable(
    column: &'static str,
    error: impl std::error::Error + Send + Sync + 'static,
) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: column.to_owned(), source: Box::new(error) }
}
