//! What follows from the end of a combat: everybody leaves it, winners are rewarded, gear has worn, and quests hear of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aether_core::Context;

use super::super::History;
use super::super::vie::Qui;
use super::Rencontre;
use crate::combat::{Combat, EntiteId, ResultatCombat, Sortie, TypeEntite};
use crate::equipement::Equipement;
use crate::equipement::unites::user_tenue;
use crate::inventaire::combats::solde;
use crate::joueur::JoueurCommand;
use crate::monde::MondeCommand;
use crate::processes::CombatLifecycle;
use crate::quete::{FaitId, TypeObjectif};
use crate::recompense::Recompense;
use crate::unite::{Unite as _, Unites as _};
use crate::values::{CombatId, EquipementId, MondeId, Origine, TransactionId};
use crate::world::bornes;
use crate::world::scribe::Cause;

impl History {
    /// A combat is over.
    pub(super) fn finit(&mut self, id: CombatId, cause: Option<Cause>) {
        let Some(rencontre) = self.rencontres.remove(&id) else { return };
        let combat: Arc<Combat> = self.scribe.state(id);
        for qui in &rencontre.joueurs {
            self.quitte(*qui, (id, &combat), cause);
        }
        for qui in &rencontre.joueurs {
            self.compte_ses_morts(*qui, (id, &combat), &rencontre, cause);
        }
        self.vainc(id, &combat, &rencontre, cause);
        self.scribe.forget::<Combat>(id);
        for qui in &rencontre.joueurs {
            let secondes = self.hasard.between(10, 90);
            self.reprend(qui.n, secondes);
        }
    }

    /// A player leaves a combat: what he used is settled, what he wears has worn, and he gets his share of what was won.
    fn quitte(&mut self, qui: Qui, (id, combat): (CombatId, &Combat), cause: Option<Cause>) {
        let Some(Sortie { issue, mort, part }) = combat.sortie(qui.id) else { return };
        let recompense = Recompense {
            joueur_id: qui.id,
            origine: Origine::Combat(id),
            transaction: TransactionId::v5(id, qui.id.as_uuid()),
            experience: bornes::experience(part.experience.into()),
            or: bornes::or(part.or.into()),
            items: self.fiches(part.items.iter().map(|it| (it.item_id, it.quantite))),
        };
        let quitter = JoueurCommand::QuitterCombat { combat: id, issue, mort };
        let sac = self.sac(qui);
        let solde = solde((id, combat), (qui.id, &sac));
        let points = CombatLifecycle::USURE;
        let serait_usee =
            |piece: &EquipementId| self.scribe.state::<Equipement>(*piece).serait_usee(points);
        let usees: BTreeSet<_> = sac.pieces_portees().filter(serait_usee).collect();
        let pen = self.scribe.because(cause);
        let unite = || {
            let unit = pen.atomic(Context::new()).command(qui.id, quitter.clone());
            let unit = match solde.clone() {
                Some(solder) => unit.command(qui.sac(), solder),
                None => unit,
            };
            user_tenue(unit, (qui.id, &sac), points, &usees, id)
        };
        let mut facons = self.facons(&recompense);
        let facon = facons.find(|facon| recompense.accorder(unite(), facon).commit().is_ok());
        drop(facons);
        self.note_les_colis(qui, facon);
    }

    /// Those whom a player's side has killed count for his quests and for world events.
    fn compte_ses_morts(
        &mut self,
        qui: Qui,
        (id, combat): (CombatId, &Combat),
        rencontre: &Rencontre,
        cause: Option<Cause>,
    ) {
        let mut morts: BTreeMap<EntiteId, u32> = BTreeMap::new();
        let creatures = combat.tues_contre(qui.id);
        for mort in creatures.filter(|it| it.fiche.type_entite != TypeEntite::Joueur) {
            *morts.entry(mort.fiche.entite_id).or_default() += 1;
        }
        for (entite, nombre) in morts {
            let fait = FaitId::v5(id, entite.as_uuid());
            let quoi = (TypeObjectif::Kill, entite.into());
            self.compte(qui, quoi, fait, bornes::quantite(nombre), cause);
            self.contribue(qui.id, rencontre.zone, nombre, cause);
        }
    }

    /// A boss is beaten, if it was one and the allies have won.
    fn vainc(
        &mut self,
        id: CombatId,
        combat: &Combat,
        rencontre: &Rencontre,
        cause: Option<Cause>,
    ) {
        let Some((boss, apparition)) = rencontre.boss else { return };
        self.boss_engages.remove(&boss);
        if combat.resultat() == Some(ResultatCombat::Victoire) {
            let vainqueurs: Vec<_> = combat.vainqueurs().collect();
            let vaincre = MondeCommand::VaincreBoss { boss, apparition, combat: id, vainqueurs };
            // each appearance is fought once at a time
            let _ = self.scribe.because(cause).execute(MondeId::UNIQUE, vaincre);
        }
    }
}
