//! Quests: one that is defined, and lives of players in it.

use aether_game::quete::*;
use chrono::TimeDelta;
use proptest::prelude::*;

use super::{Hasard, Recit, Vie, de_a};
use crate::quete::fixtures::*;
use crate::quete::proprietes::any_command;

fn etat(progres: &Progres) -> &'static str {
    match (progres.etat(), progres.recompense_due()) {
        (None, _) => "[*]",
        (Some(EtatQuete::EnCours), _) => "EnCours",
        (Some(EtatQuete::Complete), true) => "Due",
        (Some(EtatQuete::Complete), false) => "Payee",
        (Some(EtatQuete::Echouee), _) => "Echouee",
        (Some(EtatQuete::Abandonee), _) => "Abandonee",
    }
}

pub(crate) fn definition() -> Recit {
    let state = |quete: &Quete| if quete.fiche().is_some() { "Creee" } else { "[*]" };
    let mut vie = Vie::<Quete>::new(|avant, _, apres, _| {
        let state = |quete: &Quete| if quete.fiche().is_some() { "Creee" } else { "[*]" };
        de_a(state(avant), state(apres))
    });
    assert_eq!(state(&vie.etat), "[*]");
    vie.fait(QueteCommand::Creer(Box::new(fiche())), at(0));
    Recit { ecrit: vie.raconte(), hasard: vec![] }
}

pub(crate) fn recit() -> Recit {
    use ProgresCommand as C;
    let mut vie = Vie::<Progres>::new(|avant, _, apres, _| de_a(etat(avant), etat(apres)));
    vie.fait(accepter(fiche()), at(0));
    vie.fait(C::Suivre { suivie: !vie.etat.est_suivie() }, at(1));
    (1..=3).for_each(|n| vie.fait(tue(n), at(n as i64)));
    vie.fait(livre(1, 5), at(5));
    vie.fait(progresser(fait(9, TypeObjectif::Dialogue, 3, 1)), at(6));
    vie.fait(TERMINER, at(7));
    vie.fait(recompenser(1), at(8));
    for end in [&[C::Abandonner { tentative: 1 }][..], &[EXPIRER, ECHOUER]] {
        vie.recommence();
        vie.fait(accepter(fiche()), at(0));
        end.iter().for_each(|command| vie.fait(command.clone(), at(61)));
    }
    let ecrit = vie.raconte();
    Recit { ecrit, hasard: hasard(&mut vie) }
}

fn hasard(vie: &mut Vie<Progres>) -> Vec<super::Pas> {
    // a quest that pays nothing is done once it is finished
    vie.recommence();
    vie.fait(accepter(visite(|it| it.recompenses = RecompensesQuete::default())), at(0));
    vie.fait(progresser(fait(1, TypeObjectif::Explore, 1, 1)), at(1));
    vie.fait(TERMINER, at(2));
    let mut hasard = Hasard::new();
    for round in 0..200 {
        vie.recommence();
        let mut now = at(0);
        for _ in 0..60 {
            let command = any_command(&vie.etat, hasard.tire(&any::<[usize; 5]>()));
            now += TimeDelta::minutes(if round % 4 == 0 { 9 } else { 0 });
            vie.essaie(&command, now);
        }
    }
    vie.raconte()
}
