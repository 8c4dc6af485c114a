//! What each player takes out of a combat that is over: how it ended for him, and his share of what was won.

use super::mots::{Camp, EtatParticipant, ResultatCombat, TypeEntite};
use super::roster::{ItemGagne, Recompenses};
use super::state::Combat;
use super::vue::Vue;
use crate::joueur::IssueCombat;
use crate::values::JoueurId;

/// How a combat ended for a player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sortie {
    /// Won, lost, fled or neither.
    pub issue: IssueCombat,
    /// Whether the player died in it.
    pub mort: bool,
    /// His share of what was won.
    pub part: Recompenses,
}

impl Combat {
    /// The side that won; none as long as it lasts, and when time ran out.
    #[must_use]
    pub fn gagnant(&self) -> Option<Camp> {
        self.resultat().filter(|resultat| *resultat != ResultatCombat::TempsEcoule)?;
        let camps = [Camp::Adversaires, Camp::Allies];
        camps.into_iter().find(|camp| self.est_vaincu(*camp)).map(Camp::autre)
    }

    /// The players of the winning side who did not flee, in the order of the roster. They share what was won.
    pub fn vainqueurs(&self) -> impl Iterator<Item = JoueurId> {
        let gagnant = self.gagnant();
        let vainqueurs = self.joueurs().filter(move |vue| {
            Some(vue.fiche.camp) == gagnant && vue.combattant.etat != EtatParticipant::Fuite
        });
        vainqueurs.map(|vue| vue.fiche.entite_id.joueur())
    }

    /// How it ended for a player; none if it is not over, or the player was not in it.
    #[must_use]
    pub fn sortie(&self, joueur: JoueurId) -> Option<Sortie> {
        self.resultat()?;
        let vue = self.joueurs().find(|vue| vue.fiche.entite_id.joueur() == joueur)?;
        let issue = match (vue.combattant.etat, self.gagnant()) {
            (EtatParticipant::Fuite, _) => IssueCombat::Fuite,
            (_, None) => IssueCombat::SansVainqueur,
            (_, Some(camp)) if camp == vue.fiche.camp => IssueCombat::Victoire,
            _ => IssueCombat::Defaite,
        };
        let mort = vue.combattant.etat == EtatParticipant::Mort;
        Some(Sortie { issue, mort, part: self.part(joueur).unwrap_or_default() })
    }

    /// Whom the player's side has killed, for a player who did not flee.
    pub fn tues_contre(&self, joueur: JoueurId) -> impl Iterator<Item = Vue<'_>> {
        let vue = self.joueurs().find(|vue| vue.fiche.entite_id.joueur() == joueur);
        let camp = vue.filter(|vue| vue.combattant.etat != EtatParticipant::Fuite);
        let adverse = camp.map(|vue| vue.fiche.camp.autre());
        self.participants().filter(move |vue| {
            Some(vue.fiche.camp) == adverse && vue.combattant.etat == EtatParticipant::Mort
        })
    }

    fn joueurs(&self) -> impl Iterator<Item = Vue<'_>> {
        self.participants().filter(|vue| vue.fiche.type_entite == TypeEntite::Joueur)
    }

    /// Everything is shared out, and the shares differ by one at most. Items are dealt one by one, the next kind where the last ended.
    fn part(&self, joueur: JoueurId) -> Option<Recompenses> {
        let Recompenses { experience, or, items } = &self.depart()?.recompenses;
        let (mut rang, mut nombre) = (None, 0);
        for vainqueur in self.vainqueurs() {
            rang = rang.or((vainqueur == joueur).then_some(nombre));
            nombre += 1;
        }
        let rang = rang?;
        let mut debut = 0;
        let items = items.iter().map(|ItemGagne { item_id, quantite }| {
            let place = (rang + nombre - debut) % nombre;
            debut = (debut + quantite % nombre) % nombre;
            ItemGagne { item_id: *item_id, quantite: part(*quantite, place, nombre) }
        });
        Some(Recompenses {
            items: items.filter(|item| item.quantite > 0).collect(),
            experience: part(*experience, rang, nombre),
            or: part(*or, rang, nombre),
        })
    }
}

/// The share of number `rang` among so many.
fn part(total: u32, rang: u32, nombre: u32) -> u32 {
    total / nombre + u32::from(rang < total % nombre)
}
