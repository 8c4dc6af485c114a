//! A combat on its board: everybody sees who stands where and how; mana, skills and items only their owner sees.
//!
//! The seed, the stats and the resistances of a participant leave by no door.

use aether_core::command::Loaded;
use aether_core::uuid::Uuid;
use aether_game::combat::{Combat, Depart, TypeEntite, Vue};
use aether_game::read_models::InstanceCombat;
use aether_game::values::CombatId;
use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::Eyes;

/// A combat.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Combat")]
pub(crate) struct CombatVu {
    combat_id: Uuid,
    /// What `If-Match` takes, as a number.
    version: u32,
    #[schema(example = "EN_COURS")]
    etat: &'static str,
    #[schema(example = "PVE")]
    type_combat: &'static str,
    zone_id: Uuid,
    zone_nom: String,
    numero_tour: u32,
    participant_actif: Option<Uuid>,
    ordre_tour: Vec<Uuid>,
    echeance_tour: Option<DateTime<Utc>>,
    limite: Option<DateTime<Utc>>,
    debute_a: DateTime<Utc>,
    #[schema(example = "VICTOIRE")]
    resultat: Option<&'static str>,
    participants: Vec<ParticipantVu>,
}

/// A participant on the board.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Participant", complex)]
pub(crate) struct ParticipantVu {
    participant_id: Uuid,
    pub(crate) entite_id: Uuid,
    #[schema(example = "JOUEUR")]
    pub(crate) type_entite: &'static str,
    #[schema(example = "ALLIES")]
    camp: &'static str,
    nom: String,
    niveau: u32,
    position: u32,
    #[schema(example = "ACTIF")]
    etat: &'static str,
    hp: u32,
    hp_max: u32,
    effets: Vec<EffetVu>,
    /// What only its owner sees; missing for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    propre: Option<Propre>,
}

/// An effect at work.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Effet")]
struct EffetVu {
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    kind: &'static str,
    tours_restants: u8,
    stacks: u8,
}

/// What only a participant's owner sees.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Propre {
    mp: u32,
    mp_max: u32,
    stamina: u32,
    stamina_max: u32,
    peut_agir: bool,
    competences: Vec<CompetenceVue>,
    objets: Vec<ObjetVu>,
}

/// A skill, and whether it rests.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "CompetenceDeCombat")]
struct CompetenceVue {
    competence_id: Uuid,
    nom: String,
    cout_mp: u32,
    cout_stamina: u32,
    portee: u32,
    repos: u8,
}

/// An item, and how many are left.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "ObjetDeCombat")]
struct ObjetVu {
    item_id: Uuid,
    nom: String,
    restants: u32,
}

/// A combat in a list.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "CombatEnCours")]
pub(crate) struct CombatEnCoursVu {
    combat_id: Uuid,
    #[schema(example = "PVE")]
    type_combat: &'static str,
    zone_id: Uuid,
    zone_nom: String,
    numero_tour: u32,
    debute_a: DateTime<Utc>,
}

impl CombatVu {
    /// A combat that has begun.
    pub(crate) fn of(id: CombatId, combat: &Loaded<Combat>, eyes: Eyes) -> Option<Self> {
        let Loaded { state, version, .. } = combat;
        let Depart { type_combat, zone_id, zone_nom, debute_a, .. } = state.depart()?;
        Some(Self {
            combat_id: id.as_uuid(),
            version: version.get(),
            etat: state.etat().as_str(),
            type_combat: type_combat.as_str(),
            zone_id: zone_id.as_uuid(),
            zone_nom: zone_nom.clone(),
            numero_tour: state.numero_tour(),
            participant_actif: state.participant_actif().map(|id| id.as_uuid()),
            ordre_tour: state.ordre_tour().map(|id| id.as_uuid()).collect(),
            echeance_tour: state.echeance_tour(),
            limite: state.limite(),
            debute_a: *debute_a,
            resultat: state.resultat().map(|resultat| resultat.as_str()),
            participants: state.participants().map(|vue| ParticipantVu::of(vue, eyes)).collect(),
        })
    }
}

impl ParticipantVu {
    fn of(vue: Vue<'_>, eyes: Eyes) -> Self {
        let Vue { fiche, combattant } = vue;
        let is_own = match fiche.type_entite {
            TypeEntite::Joueur => eyes.see_own_of(fiche.entite_id.joueur()),
            _ => eyes == Eyes::Console,
        };
        let effets = combattant.effets.iter().map(|effet| EffetVu {
            kind: effet.type_effet.as_str(),
            tours_restants: effet.duree_tours_restants,
            stacks: effet.stacks,
        });
        Self {
            participant_id: fiche.participant_id.as_uuid(),
            entite_id: fiche.entite_id.as_uuid(),
            type_entite: fiche.type_entite.as_str(),
            camp: fiche.camp.as_str(),
            nom: fiche.nom.clone(),
            niveau: fiche.niveau,
            position: combattant.position,
            etat: combattant.etat.as_str(),
            hp: combattant.hp,
            hp_max: fiche.hp_max,
            effets: effets.collect(),
            propre: is_own.then(|| Propre::of(vue)),
        }
    }
}

impl Propre {
    fn of(vue: Vue<'_>) -> Self {
        let Vue { fiche, combattant } = vue;
        let competences = fiche.competences.iter().map(|competence| CompetenceVue {
            competence_id: competence.competence_id.as_uuid(),
            nom: competence.nom.clone(),
            cout_mp: competence.cout.mp,
            cout_stamina: competence.cout.stamina,
            portee: competence.portee,
            repos: vue.recharge(competence.competence_id),
        });
        let objets = vue.objets().map(|(objet, restants)| ObjetVu {
            item_id: objet.item_id.as_uuid(),
            nom: objet.nom.clone(),
            restants,
        });
        Self {
            mp: combattant.mp,
            mp_max: fiche.mp_max,
            stamina: combattant.stamina,
            stamina_max: fiche.stamina_max,
            peut_agir: vue.peut_agir(),
            competences: competences.collect(),
            objets: objets.collect(),
        }
    }
}

impl CombatEnCoursVu {
    pub(crate) fn of(combat: InstanceCombat) -> Self {
        Self {
            combat_id: combat.combat_id.as_uuid(),
            type_combat: combat.type_combat.as_str(),
            zone_id: combat.zone_id.as_uuid(),
            zone_nom: combat.zone_nom,
            numero_tour: combat.tour_actuel,
            debute_a: combat.heure_debut,
        }
    }
}
