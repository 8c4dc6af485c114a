//! What learning needs, read from the streams that know it.

use std::collections::BTreeMap;

use aether_core::{Engine, ExecuteError, Result};

use super::commands::Apprendre;
use super::state::Apprentissage;
use crate::competence::fiche::FicheCompetence;
use crate::competence::refus::CompetenceRefus;
use crate::values::{ApprentissageId, CompetenceId, JoueurId, Niveau, NiveauCompetence};

impl Apprendre {
    /// Reads the skill, the level of the player, and how far the skills before are learned.
    ///
    /// All of it only grows: a definition stays, and no level falls. So what was read still holds when the command is carried out, and
    /// needs no condition.
    ///
    /// # Errors
    ///
    /// [`CompetenceRefus::Inconnue`]: the skill does not exist. Errors of the store.
    pub async fn lire(
        engine: &Engine,
        competence: CompetenceId,
        joueur: JoueurId,
    ) -> Result<Self, ExecuteError<CompetenceRefus>> {
        let niveau = match engine.find(joueur).await? {
            Some(joueur) => joueur.state.niveau(),
            None => Niveau::MIN,
        };
        let Some(connue) = engine.find(competence).await? else {
            return Err(ExecuteError::Rejected(CompetenceRefus::Inconnue));
        };
        let mut demande =
            Self::new(&connue.state, joueur, niveau).map_err(ExecuteError::Rejected)?;
        demande.apprises = apprises(engine, demande.fiche(), joueur).await?;
        Ok(demande)
    }
}

async fn apprises(
    engine: &Engine,
    fiche: &FicheCompetence,
    joueur: JoueurId,
) -> Result<BTreeMap<CompetenceId, NiveauCompetence>> {
    let mut apprises = BTreeMap::new();
    for it in &fiche.pre_requis.competences {
        let id = ApprentissageId::du_joueur(it.competence_id, joueur);
        let apprise = engine.find::<Apprentissage>(id).await?;
        if let Some(niveau) = apprise.and_then(|apprise| apprise.state.niveau()) {
            apprises.insert(it.competence_id, niveau);
        }
    }
    Ok(apprises)
}
