//! What follows from the end of a combat: everybody leaves it, winners are rewarded, gear has worn, and quests hear of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use aether_core::Context;

use super::super::History;
use super::super::vie::Qui;
use super::Rencontre;
use crate::combat::{Camp, Combat, EntiteId, EtatParticipant, ResultatCombat, TypeEntite, Vue};
use crate::equipement::Equipement;
use crate::equipement::unites::{Usure, user};
use crate::inventaire::combats::solde;
use crate::inventaire::unites::avec_fiche;
use crate::inventaire::{InventaireCommand, Reference};
use crate::joueur::{IssueCombat, JoueurCommand, RaisonExperience};
use crate::monde::MondeCommand;
use crate::quete::{FaitId, TypeObjectif};
use crate::unite::{Unite, Unites as _};
use crate::values::{CombatId, JoueurId, MondeId, RaisonItem, RaisonOr, TransactionId};
use crate::world::bornes;
use crate::world::choix::pieces;
use crate::world::scribe::Cause;

impl History {
    /// A combat is over.
    pub(super) fn finit(&mut self, id: CombatId, cause: Option<Cause>) {
        let Some(rencontre) = self.rencontres.remove(&id) else { return };
        let combat: Arc<Combat> = self.scribe.state(id);
        for qui in &rencontre.joueurs {
            let command = solde((id, &combat), (qui.id, &self.sac(*qui)));
            if let Some(command) = command {
                // what was set aside is settled once
                let _ = self.scribe.because(cause).execute(qui.sac(), command);
            }
        }
        for qui in &rencontre.joueurs {
            self.quitte(*qui, (id, &combat), cause);
            self.use_ses_pieces(*qui, id, cause);
        }
        if combat.resultat() == Some(ResultatCombat::Victoire) {
            self.est_gagne(id, &combat, &rencontre, cause);
        }
        self.boss_engages.retain(|boss| rencontre.boss.is_none_or(|(id, _)| id != *boss));
        self.scribe.forget::<Combat>(id);
        for qui in &rencontre.joueurs {
            let secondes = self.hasard.between(10, 90);
            self.reprend(qui.n, secondes);
        }
    }

    /// A player leaves a combat, with his share of what the winners get. What does not fit into his bag stays where it lies.
    fn quitte(&mut self, qui: Qui, (id, combat): (CombatId, &Combat), cause: Option<Cause>) {
        let issue = issue(combat, qui.id);
        let mort =
            vue(combat, qui.id).is_some_and(|it| it.combattant.etat == EtatParticipant::Mort);
        let quitter = JoueurCommand::QuitterCombat { combat: id, issue, mort };
        let gains =
            if issue == IssueCombat::Victoire { part(combat, qui.id) } else { Part::default() };
        let transaction = self.transaction();
        let butin: Vec<_> = gains
            .items
            .iter()
            .filter_map(|(item, quantite)| Some((self.fiche(*item)?, *quantite)))
            .collect();
        let pen = self.scribe.because(cause);
        let unit = || {
            let unit = pen.atomic(Context::new()).command(qui.id, quitter.clone());
            paye(unit, qui.id, &gains, transaction)
        };
        let avec_butin = butin.iter().fold(unit(), |unit, (fiche, quantite)| {
            let ajouter = InventaireCommand::Ajouter {
                joueur_id: qui.id,
                fiche: Box::new(fiche.clone()),
                quantite: bornes::quantite(*quantite),
                source: RaisonItem::ButinCombat,
                reference: Some(Reference::Combat(id)),
            };
            avec_fiche(unit.command(qui.sac(), ajouter), fiche.clone())
        });
        if avec_butin.commit().is_err() && unit().commit().is_err() {
            // gold at its cap: he leaves all the same
            let _ = pen.execute(qui.id, quitter);
        }
    }

    /// One or two of the pieces that a player wears have worn.
    fn use_ses_pieces(&mut self, qui: Qui, combat: CombatId, cause: Option<Cause>) {
        for _ in 0..self.hasard.between(1, 2) {
            let points = bornes::quantite(self.hasard.between(1, 7));
            let usure = {
                let sac = self.sac(qui);
                let portees = pieces::connues(&sac).filter(|(_, slot)| slot.porte.is_some());
                let portees: Vec<_> = portees.collect();
                let Some((piece, slot)) = self.hasard.pick(&portees) else { return };
                let usee = self.scribe.state::<Equipement>(*piece).serait_usee(points);
                let reste = slot.porte.map(|port| sac.bonus_avec(port.emplacement, None));
                Usure {
                    joueur_id: qui.id,
                    equipement_id: *piece,
                    points,
                    usee: reste.filter(|_| usee),
                    combat_id: Some(combat),
                }
            };
            // a piece that is worn is not worn out
            let _ = user(&self.scribe.because(cause), Context::new(), usure).commit();
        }
    }

    /// The allies have won: the dead count for quests and world events, and a boss is beaten.
    fn est_gagne(
        &mut self,
        id: CombatId,
        combat: &Combat,
        rencontre: &Rencontre,
        cause: Option<Cause>,
    ) {
        let allies =
            |qui: &&Qui| vue(combat, qui.id).is_some_and(|it| it.fiche.camp == Camp::Allies);
        let vainqueurs: Vec<Qui> = rencontre.joueurs.iter().filter(allies).copied().collect();
        for (entite, nombre) in morts(combat) {
            let fait = FaitId::v5(id, entite.as_uuid());
            for qui in &vainqueurs {
                let quoi = (TypeObjectif::Kill, entite.into());
                self.compte(*qui, quoi, fait, bornes::quantite(nombre), cause);
            }
            for qui in &vainqueurs {
                self.contribue(qui.id, rencontre.zone, nombre, cause);
            }
        }
        if let Some((boss, apparition)) = rencontre.boss {
            let vainqueurs = vainqueurs.iter().map(|qui| qui.id).collect();
            let vaincre = MondeCommand::VaincreBoss { boss, apparition, combat: id, vainqueurs };
            // each appearance is fought once at a time
            let _ = self.scribe.because(cause).execute(MondeId::UNIQUE, vaincre);
        }
    }
}

fn vue(combat: &Combat, joueur: JoueurId) -> Option<Vue<'_>> {
    combat.participants().find(|it| it.fiche.entite_id.joueur() == joueur)
}

/// Those of the other side that are dead, and how many of each.
fn morts(combat: &Combat) -> BTreeMap<EntiteId, u32> {
    let mut morts = BTreeMap::new();
    let creatures = combat.participants().filter(|it| it.fiche.type_entite != TypeEntite::Joueur);
    for mort in creatures.filter(|it| it.combattant.etat == EtatParticipant::Mort) {
        *morts.entry(mort.fiche.entite_id).or_default() += 1;
    }
    morts
}

/// The side that has won, if any has.
fn vainqueur(combat: &Combat) -> Option<Camp> {
    match combat.resultat()? {
        ResultatCombat::Victoire => Some(Camp::Allies),
        ResultatCombat::Defaite => Some(Camp::Adversaires),
        ResultatCombat::TempsEcoule => None,
        ResultatCombat::Fuite => {
            combat.participants().find(Vue::est_debout).map(|it| it.fiche.camp)
        }
    }
}

fn issue(combat: &Combat, joueur: JoueurId) -> IssueCombat {
    let Some(vue) = vue(combat, joueur) else { return IssueCombat::SansVainqueur };
    match vainqueur(combat) {
        _ if vue.combattant.etat == EtatParticipant::Fuite => IssueCombat::Fuite,
        None => IssueCombat::SansVainqueur,
        Some(camp) if camp == vue.fiche.camp => IssueCombat::Victoire,
        Some(_) => IssueCombat::Defaite,
    }
}

/// What one of the winners gets.
#[derive(Default)]
struct Part {
    experience: u64,
    or: u64,
    items: Vec<(crate::values::ItemId, u32)>,
}

/// Experience and gold are shared evenly; items go round.
fn part(combat: &Combat, joueur: JoueurId) -> Part {
    let Some(depart) = combat.depart() else { return Part::default() };
    let camp = vainqueur(combat);
    let gagnants: Vec<JoueurId> = combat
        .participants()
        .filter(|it| it.fiche.type_entite == TypeEntite::Joueur && Some(it.fiche.camp) == camp)
        .map(|it| it.fiche.entite_id.joueur())
        .collect();
    let nombre = gagnants.len().max(1);
    let rang = gagnants.iter().position(|it| *it == joueur).unwrap_or(nombre);
    let items = depart.recompenses.items.iter().skip(rang).step_by(nombre);
    Part {
        experience: u64::from(depart.recompenses.experience) / nombre as u64,
        or: u64::from(depart.recompenses.or) / nombre as u64,
        items: items.map(|it| (it.item_id, it.quantite)).collect(),
    }
}

fn paye<U: Unite>(unit: U, joueur: JoueurId, gains: &Part, transaction: TransactionId) -> U {
    if gains.experience == 0 {
        return unit;
    }
    let montant = bornes::experience(gains.experience);
    let raison = RaisonExperience::Combat;
    let unit = unit.command(joueur, JoueurCommand::GagnerExperience { montant, raison });
    match bornes::or(gains.or).montant() {
        Some(montant) => {
            let raison = RaisonOr::RecompenseCombat;
            unit.command(joueur, JoueurCommand::Crediter { montant, raison, transaction })
        }
        None => unit,
    }
}
