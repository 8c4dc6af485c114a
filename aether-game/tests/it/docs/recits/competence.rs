//! Skills: one that is defined, one that is learned, and a bar.

use aether_game::competence::*;
use aether_game::values::PositionBarre;
use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::{Hasard, Recit, Vie, de_a};
use crate::competence::fixtures::*;

fn etat(it: &Apprentissage, now: DateTime<Utc>) -> &'static str {
    match (it.apprise(), it.au_repos(now)) {
        (None, _) => "[*]",
        (Some(_), None) => "Prete",
        (Some(_), Some(_)) => "AuRepos",
    }
}

pub(crate) fn definition() -> Recit {
    let mut vie = Vie::<Competence>::new(|avant, _, apres, _| {
        let state = |it: &Competence| if it.fiche().is_some() { "Creee" } else { "[*]" };
        de_a(state(avant), state(apres))
    });
    vie.fait(CompetenceCommand::Creer(Box::new(fiche())), at(0));
    Recit { ecrit: vie.raconte(), hasard: vec![] }
}

pub(crate) fn apprentissage() -> Recit {
    let mut vie =
        Vie::<Apprentissage>::new(|avant, _, apres, now| de_a(etat(avant, now), etat(apres, now)));
    vie.fait(apprendre(fiche()), at(0));
    let mut n = 0;
    while !vie.essaie(&ameliorer(50, 2), at(n)) {
        vie.fait(UTILISER, at(n));
        n += 60;
    }
    let ecrit = vie.raconte();
    let mut hasard = Hasard::new();
    for tours in [0, 1, 2, 40] {
        vie.recommence();
        vie.fait(apprendre(avec(|it| it.cooldown_tours = tours)), at(0));
        let mut now = 0;
        for _ in 0..400 {
            let [what, wait] = hasard.tire(&any::<[u8; 2]>());
            now += i64::from(wait);
            let command = if what % 4 == 0 { ameliorer(100, 1 + what / 32) } else { UTILISER };
            vie.essaie(&command, at(now));
        }
    }
    Recit { ecrit, hasard: vie.raconte() }
}

pub(crate) fn barre() -> Recit {
    let mut vie = Vie::<Barre>::new(|avant, _, apres, _| {
        // a bar begins with the first place, and stays
        let state = |it: &Barre| if it == &Barre::default() { "[*]" } else { "Garnie" };
        de_a(state(avant), state(apres))
    });
    let position = PositionBarre::fixe::<1>();
    let placer =
        |n| BarreCommand::Placer { joueur_id: joueur(), competence_id: competence_id(n), position };
    vie.fait(placer(1), at(0));
    vie.fait(placer(2), at(1));
    vie.fait(BarreCommand::Retirer { position }, at(2));
    Recit { ecrit: vie.raconte(), hasard: vec![] }
}
