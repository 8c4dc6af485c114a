//! Books: one with a trade, a parcel and orders that go back, and others of which anything is asked.

use std::collections::BTreeSet;

use aether_game::economie::*;

use super::{Hasard, Recit, Vie};
use crate::economie::fixtures::*;
use crate::economie::proprietes::{command, pas};
use crate::monde::fixtures::intervention;

/// What an order, a trade or a parcel of a book is before and after. What a parcel comes from is said by its event.
fn passages(avant: &Economie, event: &EconomieEvent, apres: &Economie) -> Vec<(String, String)> {
    let mut found: Vec<(&str, &str)> = vec![];
    let orders = |of: &Economie| -> BTreeSet<_> {
        let both = [TypeOrdre::Vente, TypeOrdre::Achat];
        both.iter().flat_map(|side| of.cote(*side).map(|it| it.ordre_id)).collect()
    };
    let owed = |of: &Economie| -> BTreeSet<_> { of.dues().map(|it| it.transaction_id).collect() };
    if orders(apres).len() > orders(avant).len() {
        found.push(("[*]", "ouvert"));
    }
    if owed(apres).len() > owed(avant).len() {
        found.push(("ouvert", "du"));
    } else if owed(apres).len() < owed(avant).len() {
        found.push(("du", "[*]"));
    } else if orders(apres).len() < orders(avant).len() {
        found.push(("ouvert", "[*]"));
    }
    let more = waits(apres, avant, event);
    let less = waits(avant, apres, event);
    match event {
        EconomieEvent::ColisDepose(it) if more => {
            found.push((if it.transaction_id.is_some() { "du" } else { "ouvert" }, "colis"));
        }
        EconomieEvent::RecompenseDeposee(_) if more => found.push(("[*]", "colis")),
        EconomieEvent::ColisRetire(_) if less => found.push(("colis", "[*]")),
        EconomieEvent::ColisRetire(_) => found.push(("colis", "colis")),
        _ => {}
    }
    found.into_iter().map(|(from, to)| (from.into(), to.into())).collect()
}

/// Whether the parcel that an event is about waits in one book and not in the other.
fn waits(here: &Economie, not_here: &Economie, event: &EconomieEvent) -> bool {
    let (colis_id, joueur_id) = match event {
        EconomieEvent::ColisDepose(it) => (it.colis_id, it.joueur_id),
        EconomieEvent::RecompenseDeposee(it) => (it.colis_id, it.joueur_id),
        EconomieEvent::ColisRetire(it) => (it.colis_id, it.joueur_id),
        _ => return false,
    };
    let has = |of: &Economie| of.colis_de(joueur_id).any(|it| it.colis_id == colis_id);
    has(here) && !has(not_here)
}

pub(crate) fn recit() -> Recit {
    let mut vie = Vie::<Economie>::new(|avant, event, apres, _| passages(avant, event, apres));
    vie.fait(vend(1, 1, 5, 90), a(0));
    vie.fait(achete(2, 2, 2, 100), a(60));
    vie.fait(regle(0, true, L_ACHAT), a(70));
    vie.fait(retire(colis_id(0, RaisonColis::Achat), 2, TypeContenu::Item, 2), a(80));
    vie.fait(annule(1, 1, 3), a(90));
    vie.fait(recompense(1, 20), a(95));
    let ecrit = vie.raconte();
    for (n, en_colis) in [(3, false), (4, true)] {
        vie.fait(vend(n, 1, 2, 90), a(100));
        let cloture = Cloture { en_colis, ..cloture(n, 2) };
        vie.fait(
            EconomieCommand::AnnulerParOperateur { cloture, intervention: intervention() },
            a(110),
        );
    }
    let hasard = hasard(&mut vie);
    Recit { ecrit, hasard }
}

fn hasard(vie: &mut Vie<Economie>) -> Vec<super::Pas> {
    let mut hasard = Hasard::new();
    let pas = pas();
    for _ in 0..60 {
        vie.recommence();
        let mut now = 0;
        for n in 0..120_u128 {
            let step = hasard.tire(&pas);
            now += step.attente_s;
            let command = command(&vie.etat, n, &step);
            vie.essaie(&command, a(now));
        }
    }
    vie.raconte()
}
