//! Which rule answers which command to a character, and what all rules check.

mod commercer;
mod creer;
mod estimer;
mod parler;
mod tuer;

use aether_core::{Aggregate, Facts};

use super::commands::PnjCommand;
use super::events::PnjEvent;
use super::fiche::{Article, DialoguePnj, FichePnj};
use super::refus::PnjRefus;
use super::reputation::Reputation;
use super::state::Pnj;
use crate::values::JoueurId;

type Decision = Result<Vec<PnjEvent>, PnjRefus>;

impl Aggregate for Pnj {
    const TYPE: &'static str = "PNJ";
    type Command = PnjCommand;
    type Event = PnjEvent;
    type Error = PnjRefus;

    fn decide(&self, command: &PnjCommand, facts: &Facts) -> Decision {
        if let PnjCommand::Creer(fiche) = command {
            return creer::creer(self, fiche);
        }
        let fiche = self.vivant()?;
        let maintenant = facts.now();
        match command {
            PnjCommand::Creer(_) => Err(PnjRefus::DejaCree),
            PnjCommand::Parler { joueur_id, dialogue_id } => {
                parler::parler(self, fiche, *joueur_id, *dialogue_id, maintenant)
            }
            PnjCommand::OuvrirCommerce { joueur_id } => {
                commercer::ouvrir(self, fiche, *joueur_id, maintenant)
            }
            PnjCommand::Vendre(affaire) => commercer::vendre(self, fiche, affaire, maintenant),
            PnjCommand::Racheter(affaire) => commercer::racheter(self, fiche, affaire, maintenant),
            PnjCommand::Reapprovisionner { item_id, stock, intervention } => {
                let modifie_a = maintenant;
                commercer::reapprovisionner(self, fiche, *item_id, *stock, intervention, modifie_a)
            }
            PnjCommand::ModifierReputation { joueur_id, variation, motif } => {
                estimer::modifier(self, fiche, *joueur_id, *variation, motif, maintenant)
            }
            PnjCommand::Tuer { tueur } => Ok(tuer::tuer(fiche, *tueur, maintenant)),
        }
    }

    fn apply(&mut self, event: &PnjEvent) {
        self.applique(event);
    }

    /// With two hundred bytes for each text, and twice the size of each opinion.
    fn weigh(&self) -> usize {
        let fiche = self.fiche().map_or(0, |it| {
            let dialogues = it.dialogues.len() * (size_of::<DialoguePnj>() + 200);
            size_of::<FichePnj>() + dialogues + it.articles.len() * 2 * size_of::<Article>()
        });
        let opinion = 2 * size_of::<(JoueurId, Reputation)>();
        size_of::<Self>() + fiche + self.reputations.len() * opinion
    }
}

impl Pnj {
    /// What it is, while it lives.
    fn vivant(&self) -> Result<&FichePnj, PnjRefus> {
        let fiche = self.fiche().ok_or(PnjRefus::Inconnu)?;
        if self.est_mort() { Err(PnjRefus::Mort) } else { Ok(fiche) }
    }

    /// Whether it likes a player that much.
    fn apprecie(&self, joueur: JoueurId, minimum: i16) -> Result<(), PnjRefus> {
        let reputation = self.reputation(joueur);
        if reputation.get() < minimum {
            return Err(PnjRefus::ReputationInsuffisante { minimum, reputation });
        }
        Ok(())
    }
}
