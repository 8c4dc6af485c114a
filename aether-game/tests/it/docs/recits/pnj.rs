//! Characters: a merchant, and others of whom anything is asked.

use aether_game::pnj::*;
use chrono::TimeDelta;
use proptest::prelude::*;

use super::{Hasard, Recit, Vie, de_a};
use crate::pnj::fixtures::*;
use crate::pnj::proprietes::any_command;

fn etat(pnj: &Pnj) -> &'static str {
    match (pnj.fiche(), pnj.est_mort()) {
        (None, _) => "[*]",
        (Some(_), false) => "Vivant",
        (Some(_), true) => "Mort",
    }
}

pub(crate) fn recit() -> Recit {
    let mut vie = Vie::new(|avant, _, apres, _| de_a(etat(avant), etat(apres)));
    let creer = || PnjCommand::Creer(Box::new(fiche()));
    let told = [
        creer(),
        parler(1),
        ouvrir(),
        vendre(1, 3, 10),
        racheter(1, 2, 4),
        reapprovisionner(1, 50),
        estimer(1, 25),
        tuer(),
    ];
    for (minute, command) in (0..).zip(told) {
        vie.fait(command, noon() + TimeDelta::minutes(minute));
    }
    let ecrit = vie.raconte();
    let mut hasard = Hasard::new();
    for _ in 0..20 {
        vie.recommence();
        vie.fait(creer(), noon());
        for n in 0..60 {
            vie.essaie(&any_command(hasard.tire(&any::<[u16; 4]>()), n > 50), noon());
        }
    }
    Recit { ecrit, hasard: vie.raconte() }
}
