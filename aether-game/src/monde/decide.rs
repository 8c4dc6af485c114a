//! Which rule answers which command.

use std::collections::BTreeSet;

use aether_core::{Aggregate, Facts};

use super::commands::MondeCommand;
use super::events::MondeEvent;
use super::refus::MondeRefus;
use super::state::Monde;

mod affichage;
mod boss;
mod cycle;
mod evenements;
mod ressources;

impl Aggregate for Monde {
    const TYPE: &'static str = "WorldState";
    type Command = MondeCommand;
    type Event = MondeEvent;
    type Error = MondeRefus;

    fn decide(&self, command: &MondeCommand, facts: &Facts) -> Result<Vec<MondeEvent>, MondeRefus> {
        use MondeCommand as C;
        let maintenant = facts.now();
        match command {
            C::AvancerCycle => Ok(cycle::avancer(self, maintenant)),
            C::DecouvrirZone { zone, nom, joueur } => {
                cycle::decouvrir(self, *zone, nom, *joueur, maintenant)
            }
            C::FaireApparaitreBoss { boss, nom, zone, repos_s } => {
                let apparition = boss::Apparition { nom, zone: *zone, repos_s: *repos_s };
                boss::apparaitre(self, *boss, apparition, maintenant)
            }
            C::VaincreBoss { boss, apparition, combat, vainqueurs } => {
                let victoire = boss::Victoire { combat: *combat, vainqueurs };
                boss::vaincre(self, *boss, *apparition, victoire, maintenant)
            }
            C::DeclencherEvenement(demande) => evenements::declencher(self, demande, maintenant),
            C::Progresser { evenement, contributions } => {
                evenements::progresser(self, *evenement, contributions, maintenant)
            }
            C::ExpirerEvenement { evenement } => evenements::expirer(self, *evenement, maintenant),
            C::AnnulerEvenement { evenement, intervention } => {
                evenements::annuler(self, *evenement, intervention, maintenant)
            }
            C::DeclarerRessources { zone, gisements, intervention } => {
                ressources::declarer(self, *zone, gisements, intervention, maintenant)
            }
            C::Recolter { zone, joueur, recoltes } => {
                ressources::recolter(self, *zone, *joueur, recoltes, maintenant)
            }
            C::Regenerer { zones } => ressources::regenerer(self, zones, maintenant),
            C::ModifierFacteur { facteur, valeur, intervention } => {
                affichage::modifier(self, *facteur, *valeur, intervention)
            }
            C::PublierClassement { classement, lignes } => {
                affichage::publier(*classement, lignes, maintenant)
            }
        }
    }

    fn apply(&mut self, event: &MondeEvent) {
        self.applique(event);
    }

    /// What copies share is counted in each.
    fn weigh(&self) -> usize {
        const ENTREE: usize = 96;
        let participants = self.evenements.values().map(|it| it.participants.len() + 8);
        let gisements = self.zones.values().map(|it| it.gisements.len() + 1);
        let entrees = self.zones_decouvertes.len() + self.boss.len() + self.termines.len();
        size_of::<Self>() + ENTREE * (entrees + participants.chain(gisements).sum::<usize>())
    }
}

/// A batch has at least one entry, not too many, and none of them twice.
fn lot<T: Ord>(
    entrees: impl ExactSizeIterator<Item = T>,
    maximum: usize,
) -> Result<(), MondeRefus> {
    let nombre = entrees.len();
    if nombre == 0 || nombre > maximum {
        return Err(MondeRefus::LotInvalide { nombre, maximum });
    }
    match entrees.collect::<BTreeSet<_>>().len() == nombre {
        true => Ok(()),
        false => Err(MondeRefus::DoublonDansLot),
    }
}
