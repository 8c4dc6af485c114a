//! What events change about a player.

use super::events::JoueurEvent;
use super::state::{Identite, Joueur, OrdreCompte};
use crate::values::{Or, OrdreId, RaisonOr};

impl Joueur {
    pub(super) fn applique(&mut self, event: &JoueurEvent) {
        match event {
            JoueurEvent::JoueurCree { .. } => self.commence(event),
            JoueurEvent::JoueurConnecte { connecte_a, .. } => {
                self.derniere_connexion = Some(*connecte_a);
            }
            JoueurEvent::ExperienceGagnee { apres, .. } => self.experience = *apres,
            JoueurEvent::NiveauAtteint {
                nouveau_niveau, points_competence, stats_base, ..
            } => {
                self.niveau = *nouveau_niveau;
                self.points_competence = *points_competence;
                self.stats_base = *stats_base;
            }
            JoueurEvent::StatsModifiees { base, equipement, .. } => {
                self.stats_base = base.apres();
                self.stats_equipement = equipement.apres();
            }
            JoueurEvent::ClasseChangee { nouvelle_classe, .. } => {
                if let Some(identite) = &mut self.identite {
                    identite.classe = *nouvelle_classe;
                }
            }
            JoueurEvent::PointsCompetenceDepenses { apres, .. } => self.points_competence = *apres,
            JoueurEvent::OrModifie { avant, apres, raison, ordre_id, .. } => {
                self.or = *apres;
                if *raison == RaisonOr::RestitutionOrdre {
                    self.rendu(*ordre_id, apres.moins(*avant));
                }
            }
            JoueurEvent::OrdreCompteOuvert { ordre_id, type_ordre, reserve, .. } => {
                let ordre = OrdreCompte { type_ordre: *type_ordre, reserve: *reserve };
                self.ordres.insert(*ordre_id, ordre);
            }
            JoueurEvent::OrdreCompteFerme { ordre_id, .. } => {
                self.ordres.remove(ordre_id);
            }
            JoueurEvent::CombatRejoint { combat_id, .. } => self.combat = Some(*combat_id),
            JoueurEvent::CombatQuitte { bilan, .. } => {
                self.combat = None;
                self.bilan = *bilan;
            }
            JoueurEvent::JoueurMort { morts, .. } => self.bilan.morts = *morts,
        }
    }

    fn commence(&mut self, event: &JoueurEvent) {
        let JoueurEvent::JoueurCree {
            username,
            username_cle,
            pseudo,
            classe,
            niveau,
            stats_base,
            or,
            ..
        } = event
        else {
            return;
        };
        self.identite = Some(Identite {
            username: username.clone(),
            username_cle: username_cle.clone(),
            pseudo: pseudo.clone(),
            classe: *classe,
        });
        self.niveau = *niveau;
        self.stats_base = *stats_base;
        self.or = *or;
    }

    /// Gold was given back from an order.
    fn rendu(&mut self, ordre: Option<OrdreId>, montant: Option<Or>) {
        let ordre = ordre.and_then(|id| self.ordres.get_mut(&id));
        if let (Some(ordre), Some(montant)) = (ordre, montant) {
            ordre.reserve = ordre.reserve.moins(montant).unwrap_or_default();
        }
    }
}
