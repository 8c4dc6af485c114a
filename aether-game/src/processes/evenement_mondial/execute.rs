//! The steps of world events.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use aether_core::process::{Run, Unit};
use aether_core::{BoxError, Result};

use crate::monde::{Evenement, Monde, MondeCommand, RecompenseEvenement};
use crate::processes::etape::{Essai, Etape};
use crate::processes::octroi::{en_attente, experience, fiches};
use crate::recompense::Recompense;
use crate::values::{CombatId, EvenementId, JoueurId, MondeId, Origine, TransactionId, ZoneId};

/// Who did how much for which event.
type Comptes = BTreeMap<EvenementId, BTreeMap<JoueurId, NonZeroU32>>;

/// Events are brought forward. Done when none of them is on any more.
pub(super) struct Compte<'a> {
    pub(super) contributions: &'a [(EvenementId, JoueurId, NonZeroU32)],
    pub(super) combats: &'a [(JoueurId, CombatId)],
    pub(super) invasions: &'a [(EvenementId, Option<ZoneId>)],
}

impl Etape for Compte<'_> {
    async fn unite(&self, run: &Run<'_>, _: Essai) -> Result<Option<Unit>, BoxError> {
        let Some(monde) = run.find::<Monde>(MondeId::UNIQUE).await? else { return Ok(None) };
        let mut unite = None;
        for (evenement, comptes) in self.comptes(run).await? {
            let en_cours = monde.state.evenement(evenement);
            let en_cours = en_cours.filter(|it| run.now() < it.depart.fin_a);
            let contributions = en_cours.map(|it| admis(it, comptes)).unwrap_or_default();
            if !contributions.is_empty() {
                let progresser = MondeCommand::Progresser { evenement, contributions };
                let avant = unite.unwrap_or_else(|| run.attempt());
                unite = Some(avant.command(MondeId::UNIQUE, progresser));
            }
        }
        Ok(unite)
    }
}

impl Compte<'_> {
    async fn comptes(&self, run: &Run<'_>) -> Result<Comptes> {
        let mut comptes = Comptes::new();
        for (evenement, joueur, nombre) in self.contributions {
            ajoute(&mut comptes, *evenement, *joueur, *nombre);
        }
        for (joueur, combat) in self.combats {
            let Some(combat) = run.find(*combat).await? else { continue };
            let tues = u32::try_from(combat.state.tues_contre(*joueur).count()).unwrap_or(0);
            let zone = combat.state.depart().map(|depart| depart.zone_id);
            let Some((zone, tues)) = zone.zip(NonZeroU32::new(tues)) else { continue };
            let ici = |la: &Option<ZoneId>| la.is_none_or(|la| la == zone);
            for (evenement, _) in self.invasions.iter().filter(|(_, la)| ici(la)) {
                ajoute(&mut comptes, *evenement, *joueur, tues);
            }
        }
        Ok(comptes)
    }
}

fn ajoute(comptes: &mut Comptes, evenement: EvenementId, joueur: JoueurId, nombre: NonZeroU32) {
    let par_joueur = comptes.entry(evenement).or_default();
    let avant = par_joueur.get(&joueur).map_or(0, |avant| avant.get());
    par_joueur.insert(joueur, nombre.saturating_add(avant));
}

/// Those who take part already, and as many new ones as there is room for.
fn admis(
    evenement: &Evenement,
    comptes: BTreeMap<JoueurId, NonZeroU32>,
) -> Vec<(JoueurId, NonZeroU32)> {
    let connus = &evenement.participants;
    let mut place = Monde::PARTICIPANTS_MAX.saturating_sub(connus.len());
    let admis = comptes.into_iter().filter(|(joueur, _)| {
        let connu = connus.contains_key(joueur);
        let entre = connu || place > 0;
        place -= usize::from(entre && !connu);
        entre
    });
    admis.collect()
}

/// A participant is rewarded.
pub(super) struct Octroi<'a> {
    pub(super) evenement_id: EvenementId,
    pub(super) joueur_id: JoueurId,
    pub(super) recompense: &'a RecompenseEvenement,
}

impl Etape for Octroi<'_> {
    async fn unite(&self, run: &Run<'_>, essai: Essai) -> Result<Option<Unit>, BoxError> {
        let Some(joueur) = run.find(self.joueur_id).await? else { return Ok(None) };
        let items = self.recompense.items.iter();
        let recompense = Recompense {
            joueur_id: self.joueur_id,
            origine: Origine::Evenement(self.evenement_id),
            transaction: TransactionId::v5(self.evenement_id, self.joueur_id.as_uuid()),
            experience: experience(&joueur.state, self.recompense.experience),
            or: self.recompense.or,
            items: fiches(run, items.map(|it| (it.item_id, it.quantite.get().into()))).await?,
        };
        let en_attente = en_attente(run, essai, &recompense, &joueur.state).await?;
        Ok(Some(recompense.accorder(run.attempt(), &en_attente)))
    }
}
