//! The steps of a player's quests.

use aether_core::process::{Outcome, Run, Unit};
use aether_core::{BoxError, Context};

use chrono::{DateTime, Utc};

use super::Tentative;
use super::state::fait;
use crate::item::FicheItem;
use crate::processes::etape::{DuPas, Essai, Etape};
use crate::processes::octroi::{en_attente, experience, fiches};
use crate::quete::progres::unites::{recompense, recompenser};
use crate::quete::{Fait, FaitId, Progres, ProgresCommand, TypeObjectif};
use crate::values::{CombatId, JoueurId, ProgresId, TransactionId};

/// Counts facts, each for each attempt. What serves none, or has counted, does nothing.
pub(super) async fn compter(
    joueur: JoueurId,
    tentatives: &[Tentative],
    faits: &[Fait],
    run: Run<'_>,
) -> Result<Outcome, BoxError> {
    let mut unite = run.atomic();
    for Tentative { quete_id, numero: tentative } in tentatives.iter().copied() {
        for fait in faits.iter().copied() {
            let progresser = ProgresCommand::Progresser { tentative, fait };
            unite = unite.command(ProgresId::du_joueur(quete_id, joueur), progresser);
        }
    }
    unite.commit().await
}

/// Counts the foes that died in a combat.
pub(super) async fn compter_combat(
    joueur: JoueurId,
    tentatives: &[Tentative],
    (combat_id, quitte_a): (CombatId, DateTime<Utc>),
    run: Run<'_>,
) -> Result<Outcome, BoxError> {
    let Some(combat) = run.find(combat_id).await? else { return Ok(run.done()) };
    let tues = combat.state.tues_contre(joueur).map(|vue| {
        let fait_id = FaitId::new(vue.fiche.participant_id.as_uuid());
        fait(TypeObjectif::Kill, vue.fiche.entite_id.into(), fait_id, quitte_a)
    });
    let faits: Vec<_> = tues.collect();
    match faits.is_empty() {
        true => Ok(run.done()),
        false => compter(joueur, tentatives, &faits, run).await,
    }
}

/// What is due for a finished attempt is paid. Done when nothing is due any more.
pub(super) struct Paiement {
    pub(super) joueur_id: JoueurId,
    pub(super) tentative: Tentative,
}

impl Etape for Paiement {
    async fn unite(&self, run: &Run<'_>, essai: Essai) -> Result<Option<Unit>, BoxError> {
        let Tentative { quete_id, numero } = self.tentative;
        let progres_id = ProgresId::du_joueur(quete_id, self.joueur_id);
        let progres = run.find::<Progres>(progres_id).await?;
        let due = progres.filter(|it| it.state.recompense_due() && it.state.tentative() == numero);
        let Some((due, joueur)) = due.zip(run.find(self.joueur_id).await?) else {
            return Ok(None);
        };
        let Some(engagement) = due.state.engagement() else { return Ok(None) };
        let mut engagement = engagement.clone();
        let offerts = &mut engagement.recompenses.items;
        let voulus = offerts.iter().map(|it| (it.item_id, it.quantite.get().into()));
        let fiches: Vec<FicheItem> =
            fiches(run, voulus).await?.into_iter().map(|(fiche, _)| fiche).collect();
        offerts.retain(|it| fiches.iter().any(|fiche| fiche.item_id == it.item_id));
        let gain = &mut engagement.recompenses.experience;
        *gain = experience(&joueur.state, *gain);
        let transaction = TransactionId::v5(progres_id, numero.to_be_bytes());
        let Ok(recompense) = recompense(&engagement, &fiches, transaction) else { return Ok(None) };
        let attente = en_attente(run, essai, &recompense, &joueur.state).await?;
        let du_pas = DuPas(run);
        let unite =
            recompenser(&du_pas, Context::new(), &engagement, &fiches, transaction, &attente);
        Ok(unite.ok())
    }
}
