//! The world: what happens in it on purpose, and what happens when anything is asked of it.

use aether_core::uuid::Uuid;
use aether_game::monde::*;
use aether_game::values::*;

use super::{Hasard, Recit, Vie, de_a};
use crate::monde::fixtures::*;
use crate::monde::proprietes::commande;

/// What a boss or an event of the world is before and after.
fn passages(avant: &Monde, event: &MondeEvent, apres: &Monde) -> Vec<(String, String)> {
    let of_boss = |monde: &Monde, id: BossId| match monde.boss(id).map(|it| it.reapparait_a) {
        None => "[*]",
        Some(None) => "la",
        Some(Some(_)) => "repos",
    };
    let of_event = |monde: &Monde, id: EvenementId| match monde.evenement(id) {
        None => "[*]",
        Some(_) => "cours",
    };
    match event {
        MondeEvent::BossApparu { boss_id, .. } | MondeEvent::BossVaincu { boss_id, .. } => {
            de_a(of_boss(avant, *boss_id), of_boss(apres, *boss_id))
        }
        MondeEvent::EvenementMondialDeclenche(EvenementDeclenche { evenement_id, .. })
        | MondeEvent::EvenementMondialProgresse { evenement_id, .. }
        | MondeEvent::EvenementMondialTermine { evenement_id, .. } => {
            de_a(of_event(avant, *evenement_id), of_event(apres, *evenement_id))
        }
        _ => vec![],
    }
}

pub(crate) fn recit() -> Recit {
    use MondeCommand as C;
    let mut vie = Vie::<Monde>::new(|avant, event, apres, _| passages(avant, event, apres));
    vie.fait(C::AvancerCycle, a(0));
    vie.fait(
        C::DecouvrirZone { zone: zone(1), nom: nom("Marais de Brume"), joueur: joueur(1) },
        a(10),
    );
    vie.fait(apparait(1), a(20));
    vie.fait(vainc(1, 1), a(30));
    vie.fait(declenche(1, 10), a(40));
    vie.fait(progresse(1, &[(1, 4), (2, 6)]), a(50));
    vie.fait(declare(1, &[gisement(1, 50, 4)]), a(60));
    vie.fait(recolte(1, &[(1, 8)]), a(70));
    vie.fait(regenere(&[1]), heures(1));
    let facteur = Facteur::Recompenses;
    vie.fait(C::ModifierFacteur { facteur, valeur: 150, intervention: intervention() }, heures(2));
    let ligne =
        |n: u128, nom_, score| NouvelleLigne { id: Uuid::from_u128(n), nom: nom(nom_), score };
    let lignes = vec![ligne(1, "Alba", 42_003_200), ligne(2, "Bruno", 41_000_100)];
    vie.fait(C::PublierClassement { classement: TypeClassement::Niveau, lignes }, heures(3));
    let ecrit = vie.raconte();
    let mut hasard = Hasard::new();
    let steps = (commande(), 0..1_500_i64);
    for _ in 0..60 {
        vie.recommence();
        let mut now = 0;
        for _ in 0..80 {
            let (command, seconds) = hasard.tire(&steps);
            now += seconds;
            vie.essaie(&command, a(now));
        }
    }
    Recit { ecrit, hasard: vie.raconte() }
}
