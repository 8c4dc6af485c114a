//! Which rule answers which command.

use aether_core::{Aggregate, Facts};

use super::commands::EconomieCommand;
use super::events::EconomieEvent;
use super::mots::TypeOrdre;
use super::refus::EconomieRefus;
use super::state::Economie;

mod clore;
mod colis;
mod placer;
mod regler;

use clore::Demandeur;

impl Aggregate for Economie {
    const TYPE: &'static str = "Economy";
    type Command = EconomieCommand;
    type Event = EconomieEvent;
    type Error = EconomieRefus;

    fn decide(
        &self,
        command: &EconomieCommand,
        facts: &Facts,
    ) -> Result<Vec<EconomieEvent>, EconomieRefus> {
        let maintenant = facts.now();
        match command {
            EconomieCommand::PlacerVente(demande) => {
                placer::placer(self, TypeOrdre::Vente, demande, maintenant)
            }
            EconomieCommand::PlacerAchat(demande) => {
                placer::placer(self, TypeOrdre::Achat, demande, maintenant)
            }
            EconomieCommand::Annuler { joueur, cloture } => {
                clore::clore(self, cloture, Demandeur::Joueur(*joueur), maintenant)
            }
            EconomieCommand::AnnulerParOperateur { cloture, intervention } => {
                clore::clore(self, cloture, Demandeur::Operateur(intervention), maintenant)
            }
            EconomieCommand::Expirer { cloture } => {
                clore::clore(self, cloture, Demandeur::Minuterie, maintenant)
            }
            EconomieCommand::Regler { transaction, en_colis, ferme } => {
                regler::regler(self, *transaction, *en_colis, *ferme)
            }
            EconomieCommand::DeposerRecompense(depot) => colis::deposer(self, depot),
            EconomieCommand::RetirerColis { joueur, colis, contenu, quantite } => {
                colis::retirer(self, (*joueur, *colis), *contenu, *quantite)
            }
        }
    }

    fn apply(&mut self, event: &EconomieEvent) {
        self.applique(event);
    }

    /// A copy shares its slices with others, so that this counts some of them more than once.
    fn weigh(&self) -> usize {
        const ORDRE: usize = 256;
        const AUTRE: usize = 192;
        let autres = self.dues.nombre() + self.colis.nombre();
        size_of::<Self>() + self.carnet.nombre() * ORDRE + autres * AUTRE
    }
}
