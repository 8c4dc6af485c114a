//! What an acceptance needs, read from the streams that know it.

use std::collections::BTreeSet;

use aether_core::{Engine, ExecuteError, Result};

use super::commands::Accepter;
use super::state::Progres;
use crate::quete::fiche::FicheQuete;
use crate::quete::refus::QueteRefus;
use crate::values::{JoueurId, Niveau, ProgresId, QueteId};

impl Accepter {
    /// Reads the quest, the level of the player, and which of the quests before are finished.
    ///
    /// All of it only grows: a definition stays, a level does not fall, what is finished is finished. So what was read still holds when
    /// the command is carried out, and needs no condition.
    ///
    /// # Errors
    ///
    /// [`QueteRefus::Inconnue`]: the quest does not exist. Errors of the store.
    pub async fn lire(
        engine: &Engine,
        quete: QueteId,
        joueur: JoueurId,
    ) -> Result<Self, ExecuteError<QueteRefus>> {
        let niveau = match engine.find(joueur).await? {
            Some(joueur) => joueur.state.niveau(),
            None => Niveau::MIN,
        };
        let Some(connue) = engine.find(quete).await? else {
            return Err(ExecuteError::Rejected(QueteRefus::Inconnue));
        };
        let mut demande =
            Self::new(&connue.state, joueur, niveau).map_err(ExecuteError::Rejected)?;
        demande.quetes_terminees = terminees(engine, demande.fiche(), joueur).await?;
        Ok(demande)
    }
}

async fn terminees(
    engine: &Engine,
    fiche: &FicheQuete,
    joueur: JoueurId,
) -> Result<BTreeSet<QueteId>> {
    let mut terminees = BTreeSet::new();
    for quete in &fiche.pre_requis.quetes {
        let progres = engine.find::<Progres>(ProgresId::du_joueur(*quete, joueur)).await?;
        if progres.is_some_and(|it| it.state.est_terminee()) {
            terminees.insert(*quete);
        }
    }
    Ok(terminees)
}
