//! Direct exchanges: one player makes an offer to another, who accepts it as he has seen it.

use aether_core::Context;

use super::RIEN;
use crate::bots::vie::bot::Bot;
use crate::bots::vie::moteur::{Acte, Arret};
use crate::inventaire::unites::echanger;
use crate::inventaire::{Inventaire, InventaireCommand, Offre, Termes};
use crate::values::{InventaireId, OffreId};
use crate::world::choix::echanges::{self, Suite};

/// Most open offers that a bot has.
const OFFRES_MAX: usize = 3;

impl Bot {
    /// Answers an offer that was made to it, changes one of its own, or makes one.
    pub(super) async fn echange(&mut self) -> Acte {
        if let Some((de, offre_id)) = self.place.offre_pour(self.id) {
            let sac = self.etat::<Inventaire>(InventaireId::du_joueur(de)).await?;
            let offre = sac.state.offre(offre_id);
            let accepte = echanges::suite(&mut self.hasard) == Suite::Accepter;
            if let Some(offre) = offre.filter(|_| accepte) {
                return self.conclut(offre).await;
            }
        }
        let sac = self.sac().await?;
        self.memoire.offres.retain(|offre| sac.state.offre(*offre).is_some());
        if self.memoire.offres.len() < OFFRES_MAX {
            return self.propose(&sac.state).await;
        }
        let offre = self.hasard.pick(&self.memoire.offres).copied().ok_or(RIEN)?;
        let offre = sac.state.offre(offre).ok_or(RIEN)?;
        match echanges::suite(&mut self.hasard) {
            Suite::Rabattre => self.soumet(offre.offre_id, echanges::rabais(&offre.termes)).await,
            Suite::Accepter | Suite::Reprendre => self.reprend(offre.offre_id).await,
        }
    }

    async fn conclut(&mut self, offre: &Offre) -> Acte {
        let transaction = self.transaction();
        self.commet(echanger(&self.engine, Context::new(), offre, transaction)).await.map(drop)
    }

    async fn propose(&mut self, sac: &Inventaire) -> Acte {
        let autre = self.place.un_autre(self.id, &mut self.hasard).ok_or(RIEN)?;
        let joueur = self.etat(autre.id).await?;
        let son_sac = self.etat(InventaireId::du_joueur(autre.id)).await?;
        let contrepartie = (autre.id, &joueur.state, &son_sac.state);
        let catalogue = self.world.catalogue();
        let termes = echanges::termes(catalogue, sac, contrepartie, &mut self.hasard);
        let offre = OffreId::new(self.uuid());
        self.soumet(offre, termes.ok_or(RIEN)?).await?;
        self.memoire.offres.push(offre);
        self.place.annonce(autre.id, self.id, offre);
        Ok(())
    }

    async fn soumet(&mut self, offre_id: OffreId, termes: Termes) -> Acte {
        let proposer = InventaireCommand::Proposer { joueur_id: self.id, offre_id, termes };
        self.execute(self.sac_id(), proposer).await.map(drop)
    }

    async fn reprend(&mut self, offre_id: OffreId) -> Acte {
        let retirer = InventaireCommand::RetirerOffre { joueur_id: self.id, offre_id };
        self.execute(self.sac_id(), retirer).await.map(drop)
    }

    /// Takes one of its offers back, if there is one.
    pub(super) async fn reprend_une_offre(&mut self) -> Acte {
        while let Some(offre) = self.memoire.offres.pop() {
            if self.sac().await?.state.offre(offre).is_none() {
                continue;
            }
            match self.reprend(offre).await {
                // it was concluded meanwhile
                Err(Arret::Refuse(_)) => {}
                repris => return repris,
            }
        }
        Err(RIEN)
    }
}
