//! Which rule answers which command.

mod changer_classe;
mod combattre;
mod creer;
mod intervenir;
mod ordonner;
mod payer;
mod progresser;

use aether_core::{Aggregate, Draft, Facts};

use super::commands::JoueurCommand;
use super::events::JoueurEvent;
use super::refus::JoueurRefus;
use super::state::{Joueur, OrdreCompte};
use crate::values::OrdreId;

/// A decision in the making.
type Suite = Draft<Joueur>;

impl Aggregate for Joueur {
    const TYPE: &'static str = "Joueur";
    type Command = JoueurCommand;
    type Event = JoueurEvent;
    type Error = JoueurRefus;

    fn decide(
        &self,
        command: &JoueurCommand,
        facts: &Facts,
    ) -> Result<Vec<JoueurEvent>, JoueurRefus> {
        let mut suite = Draft::of(self);
        match (command, self.identite.is_some()) {
            (JoueurCommand::Creer(nouveau), false) => creer::creer(&mut suite, nouveau, facts),
            (JoueurCommand::Creer(_), true) => return Err(JoueurRefus::JoueurDejaCree),
            (_, false) => return Err(JoueurRefus::JoueurInconnu),
            (command, true) => decide(&mut suite, command, facts)?,
        }
        Ok(suite.into_events())
    }

    fn apply(&mut self, event: &JoueurEvent) {
        self.applique(event);
    }

    /// With the names, and the open orders.
    fn weigh(&self) -> usize {
        let noms = self
            .identite
            .as_ref()
            .map_or(0, |it| it.username.len() + it.username_cle.len() + it.pseudo.len());
        let ordre = 2 * (size_of::<OrdreId>() + size_of::<OrdreCompte>());
        size_of::<Self>() + noms + self.ordres.len() * ordre
    }
}

fn decide(suite: &mut Suite, command: &JoueurCommand, facts: &Facts) -> Result<(), JoueurRefus> {
    match command {
        JoueurCommand::Creer(_) => Err(JoueurRefus::JoueurDejaCree),
        JoueurCommand::Connecter => {
            let precedente = suite.derniere_connexion;
            suite.emit(JoueurEvent::JoueurConnecte { precedente, connecte_a: facts.now() });
            Ok(())
        }
        JoueurCommand::GagnerExperience { montant, raison } => {
            progresser::gagner(suite, *montant, *raison, facts)
        }
        JoueurCommand::DepenserPoints { nombre, competence } => {
            progresser::depenser(suite, *nombre, *competence)
        }
        JoueurCommand::ChangerClasse { classe, transaction } => {
            changer_classe::changer(suite, *classe, *transaction)
        }
        JoueurCommand::AppliquerEquipement { bonus } => {
            changer_classe::equiper(suite, *bonus);
            Ok(())
        }
        JoueurCommand::Debiter { montant, raison, transaction } => {
            payer::debiter(suite, *montant, *raison, *transaction)
        }
        JoueurCommand::Crediter { montant, raison, transaction } => {
            payer::crediter(suite, *montant, *raison, *transaction)
        }
        JoueurCommand::ReserverOr { ordre, montant } => ordonner::reserver(suite, *ordre, *montant),
        JoueurCommand::RendreOr { ordre, montant } => ordonner::rendre(suite, *ordre, *montant),
        JoueurCommand::CompterVente { ordre } => ordonner::vendre(suite, *ordre),
        JoueurCommand::FermerOrdre { ordre } => ordonner::fermer(suite, *ordre),
        JoueurCommand::RejoindreCombat { combat } => combattre::rejoindre(suite, *combat, facts),
        JoueurCommand::QuitterCombat { combat, issue, mort } => {
            combattre::quitter(suite, *combat, *issue, *mort, facts)
        }
        JoueurCommand::Intervenir { acte, intervention, transaction } => {
            intervenir::intervenir(suite, *acte, intervention, *transaction)
        }
    }
}
