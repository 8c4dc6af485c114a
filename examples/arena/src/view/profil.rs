//! A player's profile: others see what is public, the player also what is his own.

use aether_core::uuid::Uuid;
use aether_game::joueur::Stats;
use aether_game::read_models::Joueur;
use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::Eyes;

/// A profile.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(complex)]
pub(crate) struct Profil {
    pub(crate) joueur_id: Uuid,
    pseudo: String,
    #[schema(example = "MAGE")]
    classe: &'static str,
    niveau: u8,
    experience: u64,
    titre: Option<String>,
    guilde: Option<String>,
    statistiques: Statistiques,
    cree_a: DateTime<Utc>,
    /// What is the player's own; missing for others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[graphql(skip)]
    pub(crate) prive: Option<Prive>,
}

/// Combats in numbers.
#[derive(Serialize, SimpleObject, ToSchema)]
struct Statistiques {
    combats: u32,
    victoires: u32,
    defaites: u32,
    fuites: u32,
    morts: u32,
}

/// What is a player's own.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Prive {
    nom: String,
    or: u32,
    gemmes: u32,
    experience_prochain_niveau: Option<u64>,
    points_competence: u32,
    ordres_ouverts: u32,
    combat_id: Option<Uuid>,
    derniere_connexion: Option<DateTime<Utc>>,
    stats_base: Six,
    stats_equipement: Six,
    stats_totales: Six,
}

/// Six stats.
#[derive(Serialize, SimpleObject, ToSchema)]
#[graphql(name = "Caracteristiques")]
struct Six {
    hp: u32,
    mp: u32,
    stamina: u32,
    force: u32,
    dexterite: u32,
    intelligence: u32,
}

impl Profil {
    pub(crate) fn of(joueur: Joueur, eyes: Eyes) -> Self {
        let bilan = joueur.statistiques_jeu;
        let prive = eyes.see_own_of(joueur.joueur_id).then(|| Prive::of(&joueur));
        Self {
            joueur_id: joueur.joueur_id.as_uuid(),
            pseudo: joueur.pseudo,
            classe: joueur.classe.as_str(),
            niveau: joueur.niveau.get(),
            experience: joueur.experience.get(),
            titre: joueur.titre,
            guilde: joueur.guilde_nom,
            statistiques: Statistiques {
                combats: bilan.combats,
                victoires: bilan.victoires,
                defaites: bilan.defaites,
                fuites: bilan.fuites,
                morts: bilan.morts,
            },
            cree_a: joueur.cree_a,
            prive,
        }
    }
}

impl Prive {
    fn of(joueur: &Joueur) -> Self {
        Self {
            nom: joueur.username.clone(),
            or: joueur.or.get(),
            gemmes: joueur.gemmes,
            experience_prochain_niveau: joueur.experience_prochain_niveau.map(|it| it.get()),
            points_competence: joueur.points_competence,
            ordres_ouverts: joueur.ordres_ouverts,
            combat_id: joueur.combat_id.map(|it| it.as_uuid()),
            derniere_connexion: joueur.derniere_connexion,
            stats_base: Six::of(joueur.stats_base),
            stats_equipement: Six::of(joueur.stats_equipement),
            stats_totales: Six::of(joueur.stats_totales),
        }
    }
}

impl Six {
    fn of(stats: Stats) -> Self {
        Self {
            hp: stats.hp.get(),
            mp: stats.mp.get(),
            stamina: stats.stamina.get(),
            force: stats.force.get(),
            dexterite: stats.dexterite.get(),
            intelligence: stats.intelligence.get(),
        }
    }
}
