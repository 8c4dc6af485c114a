//! Quests: what they ask for and pay everybody may know, how far a player is only that player.

use aether_core::uuid::Uuid;
use aether_game::queries::QueteEnCours;
use aether_game::read_models::Quete;
use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// A quest.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Quete")]
pub(crate) struct QueteVue {
    quete_id: Uuid,
    nom: String,
    description: String,
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    #[schema(example = "PRINCIPALE")]
    kind: &'static str,
    niveau_requis: u8,
    duree_limite_minutes: Option<u32>,
    repete: bool,
    objectifs: Vec<ObjectifVu>,
    /// Experience and gold that it pays.
    experience: u64,
    or: u32,
}

/// What a quest asks for.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Objectif")]
struct ObjectifVu {
    objectif_id: Uuid,
    #[serde(rename = "type")]
    #[graphql(name = "type")]
    #[schema(example = "Kill")]
    kind: String,
    cible: Uuid,
    requis: u16,
    ordre: u8,
}

/// An own quest in progress.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Progres")]
pub(crate) struct ProgresVu {
    quete: QueteVue,
    /// What is done of each objective.
    faits: Vec<AvancementVu>,
    pourcentage: u8,
    suivie: bool,
    acceptee_a: DateTime<Utc>,
    expire_a: Option<DateTime<Utc>>,
}

/// How far an objective is.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Avancement")]
struct AvancementVu {
    objectif_id: Uuid,
    fait: u16,
    requis: u16,
}

impl QueteVue {
    pub(crate) fn of(quete: Quete) -> Self {
        let objectifs = quete.objectifs.iter().map(|it| ObjectifVu {
            objectif_id: it.id.as_uuid(),
            kind: it.type_objectif.to_string(),
            cible: it.cible.as_uuid(),
            requis: it.requis.get(),
            ordre: it.ordre,
        });
        Self {
            quete_id: quete.quete_id.as_uuid(),
            nom: quete.nom.to_string(),
            description: quete.description.to_string(),
            kind: quete.type_quete.as_str(),
            niveau_requis: quete.niveau_requis.get(),
            duree_limite_minutes: quete.duree_limite_minutes,
            repete: quete.repete,
            objectifs: objectifs.collect(),
            experience: quete.recompenses.experience.get(),
            or: quete.recompenses.or.get(),
        }
    }
}

impl ProgresVu {
    pub(crate) fn of(QueteEnCours { quete, progres }: QueteEnCours) -> Self {
        let faits = progres.progres_objectifs.iter().map(|(id, it)| AvancementVu {
            objectif_id: id.as_uuid(),
            fait: it.fait,
            requis: it.requis,
        });
        Self {
            quete: QueteVue::of(quete),
            faits: faits.collect(),
            pourcentage: progres.pourcentage_completion.get(),
            suivie: progres.suivie,
            acceptee_a: progres.acceptee_a,
            expire_a: progres.expire_a,
        }
    }
}
