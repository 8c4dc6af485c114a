//! Names: one that is reserved, given up, and given; and others of which anything is asked.

use aether_game::reservation::*;

use super::{Hasard, Recit, Vie, de_a};
use crate::reservation::*;

fn etat(reservation: &Reservation) -> &'static str {
    match reservation.tenue() {
        None => "Libre",
        Some(Tenue { expire_a: Some(_), .. }) => "Reserve",
        Some(Tenue { expire_a: None, .. }) => "Attribue",
    }
}

pub(crate) fn recit() -> Recit {
    let mut vie = Vie::new(|avant, _, apres, _| de_a(etat(avant), etat(apres)));
    vie.fait(reserve(1), day(0));
    vie.fait(renonce(1), day(1));
    vie.fait(attribue(2), day(2));
    let ecrit = vie.raconte();
    let mut hasard = Hasard::new();
    let commands = (commands(), 0..20_i64);
    for _ in 0..40 {
        vie.recommence();
        let mut now = 0;
        for _ in 0..12 {
            let (command, days) = hasard.tire(&commands);
            now += days;
            vie.essaie(&command, day(now));
        }
    }
    Recit { ecrit, hasard: vie.raconte() }
}
