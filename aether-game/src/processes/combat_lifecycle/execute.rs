//! The steps at the end of a combat.

use std::collections::BTreeSet;

use aether_core::process::{Outcome, Run, Unit};
use aether_core::{BoxError, Result};

use super::CombatLifecycle;
use crate::combat::{Combat, EtatParticipant, Recompenses, Sortie, TypeEntite};
use crate::equipement::unites::user_tenue;
use crate::inventaire::{Inventaire, combats};
use crate::joueur::{Joueur, JoueurCommand};
use crate::monde::{Monde, MondeCommand};
use crate::processes::etape::{Essai, Etape};
use crate::processes::octroi::{en_attente, experience, fiches};
use crate::recompense::Recompense;
use crate::values::{
    BossId, CombatId, EquipementId, Experience, InventaireId, JoueurId, MondeId, Or, Origine,
    TransactionId,
};

/// The world hears that a boss fell. Done when it did not fall, or the world does not know it; refused when that appearance had ended.
pub(super) async fn vaincre_boss(
    combat_id: CombatId,
    boss_id: BossId,
    run: Run<'_>,
) -> Result<Outcome, BoxError> {
    let combat = run.find(combat_id).await?;
    let monde = run.find(MondeId::UNIQUE).await?;
    let victoire = combat
        .zip(monde)
        .and_then(|(combat, monde)| victoire((combat_id, &combat.state), boss_id, &monde.state));
    match victoire {
        Some(command) => run.command(MondeId::UNIQUE, command).await,
        None => Ok(run.done()),
    }
}

/// The appearance that was fought is the last one that came before the combat.
fn victoire(
    (combat_id, combat): (CombatId, &Combat),
    boss_id: BossId,
    monde: &Monde,
) -> Option<MondeCommand> {
    let mort = combat.participants().any(|vue| {
        vue.fiche.type_entite == TypeEntite::Boss
            && vue.fiche.entite_id.as_uuid() == boss_id.as_uuid()
            && vue.combattant.etat == EtatParticipant::Mort
    });
    let boss = monde.boss(boss_id).filter(|_| mort)?;
    let avant = boss.apparu_a <= combat.depart()?.debute_a;
    let apparition = if avant { boss.apparition } else { boss.apparition.checked_sub(1)? };
    let vainqueurs: Vec<_> = combat.vainqueurs().collect();
    let vaincre =
        MondeCommand::VaincreBoss { boss: boss_id, apparition, combat: combat_id, vainqueurs };
    (apparition > 0 && combat.vainqueurs().next().is_some()).then_some(vaincre)
}

/// A player leaves a combat that is over. Done when he is not in it any more.
pub(super) struct Sortant {
    pub(super) combat_id: CombatId,
    pub(super) joueur_id: JoueurId,
    pub(super) recompense: bool,
}

impl Etape for Sortant {
    async fn unite(&self, run: &Run<'_>, essai: Essai) -> Result<Option<Unit>, BoxError> {
        let joueur = run.find(self.joueur_id).await?;
        let joueur = joueur.filter(|it| it.state.combat() == Some(self.combat_id));
        let Some((joueur, combat)) = joueur.zip(run.find(self.combat_id).await?) else {
            return Ok(None);
        };
        let Some(Sortie { issue, mort, part }) = combat.state.sortie(self.joueur_id) else {
            return Ok(None);
        };
        let quitter = JoueurCommand::QuitterCombat { combat: self.combat_id, issue, mort };
        let unite = run.attempt().command(self.joueur_id, quitter);
        let unite = self.solde(unite, run, essai, &combat.state).await?;
        if !self.recompense {
            return Ok(Some(unite));
        }
        let recompense = self.recompense(run, &joueur.state, part).await?;
        let en_attente = en_attente(run, essai, &recompense, &joueur.state).await?;
        Ok(Some(recompense.accorder(unite, &en_attente)))
    }
}

impl Sortant {
    /// What the combat has cost: items that were used, and wear. A last attempt does without wear, which nothing else waits for.
    async fn solde(
        &self,
        unite: Unit,
        run: &Run<'_>,
        essai: Essai,
        combat: &Combat,
    ) -> Result<Unit> {
        let sac_id = InventaireId::du_joueur(self.joueur_id);
        let Some(sac) = run.find(sac_id).await? else { return Ok(unite) };
        let solde = combats::solde((self.combat_id, combat), (self.joueur_id, &sac.state));
        let unite = match solde {
            Some(solder) => unite.command::<Inventaire>(sac_id, solder),
            None => unite,
        };
        if essai == Essai::Dernier {
            return Ok(unite);
        }
        let usees = usees(run, &sac.state).await?;
        let qui = (self.joueur_id, &sac.state);
        Ok(user_tenue(unite, qui, CombatLifecycle::USURE, &usees, self.combat_id))
    }

    async fn recompense(
        &self,
        run: &Run<'_>,
        joueur: &Joueur,
        part: Recompenses,
    ) -> Result<Recompense> {
        let items = part.items.iter().map(|item| (item.item_id, item.quantite));
        let gagnee = Experience::new(part.experience).unwrap_or_default();
        Ok(Recompense {
            joueur_id: self.joueur_id,
            origine: Origine::Combat(self.combat_id),
            transaction: TransactionId::v5(self.combat_id, self.joueur_id.as_uuid()),
            experience: experience(joueur, gagnee),
            or: Or::new(part.or).unwrap_or_default(),
            items: fiches(run, items).await?,
        })
    }
}

/// Those worn pieces that the combat wears out.
async fn usees(run: &Run<'_>, sac: &Inventaire) -> Result<BTreeSet<EquipementId>> {
    let mut usees = BTreeSet::new();
    for piece in sac.pieces_portees() {
        let etat = run.find(piece).await?;
        if etat.is_some_and(|it| it.state.serait_usee(CombatLifecycle::USURE)) {
            usees.insert(piece);
        }
    }
    Ok(usees)
}
