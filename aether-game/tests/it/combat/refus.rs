//! Every refusal of a combat is reached.

use aether_core::Aggregate as _;
use aether_game::combat::*;

use super::fixtures::*;
use crate::refus::assert_all_reached;

/// A mage and a foe ten steps away, who has fallen or not.
fn roster() -> Vec<Participant> {
    let heal = || vec![Pouvoir::Soin { puissance: 1 }];
    let costly =
        |mp, stamina| Competence { cout: Cout { mp, stamina }, ..skill(2, Ciblage::Soi, heal()) };
    let potion = Objet {
        item_id: item_id(1),
        nom: "Potion".into(),
        quantite: 0,
        ciblage: Ciblage::Soi,
        portee: 1,
        pouvoirs: heal(),
    };
    let mage = with(ally(1), |it| {
        let slow = Competence { cooldown_tours: 3, ..skill(1, Ciblage::Soi, heal()) };
        let tiring = Competence { competence_id: skill_id(3), ..costly(0, 51) };
        it.competences = vec![slow, costly(51, 0), tiring];
        it.objets = vec![potion];
    });
    let frail = with(foe(3), |it| (it.hp, it.initiative) = (1, -3));
    vec![mage, with(foe(2), |it| it.position = 60), frail]
}

fn refuse_at(ms: i64, combat: &Combat, command: &CombatCommand) -> CombatRefus {
    combat.decide(command, &facts(ms)).expect_err("refused")
}

fn refuse(combat: &Combat, command: &CombatCommand) -> CombatRefus {
    refuse_at(1000, combat, command)
}

fn refuse_start(change: impl FnOnce(&mut Demarrer)) -> CombatRefus {
    let mut with = demarrer(vec![ally(1), foe(2)]);
    change(&mut with);
    refuse(&Combat::default(), &CombatCommand::Demarrer(Box::new(with)))
}

#[test]
fn every_refusal_of_a_combat_is_reached() {
    let begun = after(roster(), &[]);
    let cast = after(roster(), &[casts(1, 1, &[1]), passes(2), passes(3)]);
    let fallen = after(roster(), &[strikes(1, 3), passes(2)]);
    let won = after(vec![ally(1), with(foe(2), |it| it.hp = 1)], &[strikes(1, 2)]);
    let timer = |numero_tour| CombatCommand::ExpirerTour { numero_tour };
    let same_player = |it: &mut Demarrer| {
        it.participants[1].type_entite = TypeEntite::Joueur;
        it.participants[1].entite_id = it.participants[0].entite_id;
    };
    let bags = |it: &mut Demarrer| {
        let skills =
            |_| (0..20).map(|n| skill(n, Ciblage::Soi, vec![Pouvoir::Dissipation])).collect();
        it.participants =
            (1..=50).map(|n| with(ally(n), |it| it.competences = skills(n))).collect();
        it.participants[0].camp = Camp::Adversaires;
    };
    assert_all_reached([
        refuse(&Combat::default(), &passes(1)),
        refuse(&begun, &start(roster())),
        refuse(&won, &passes(1)),
        refuse(&begun, &passes(9)),
        refuse(&begun, &passes(2)),
        refuse(&fallen, &passes(3)),
        refuse_at(30_000, &begun, &passes(1)),
        refuse(&begun, &timer(1)),
        refuse(&begun, &timer(2)),
        refuse_at(600_000, &begun, &passes(1)),
        refuse(&begun, &casts(1, 1, &[])),
        refuse(&begun, &casts(1, 1, &[1, 2])),
        refuse(&zone(), &casts(1, 1, &[2, 2])),
        refuse(&begun, &strikes(1, 9)),
        refuse(&fallen, &strikes(1, 3)),
        refuse(&begun, &strikes(1, 1)),
        refuse(&begun, &strikes(1, 2)),
        refuse(&begun, &casts(1, 2, &[1])),
        refuse(&begun, &casts(1, 3, &[1])),
        refuse(&begun, &casts(1, 9, &[1])),
        refuse(&cast, &casts(1, 1, &[1])),
        refuse(&begun, &uses(1, 9, &[1])),
        refuse(&begun, &uses(1, 1, &[1])),
        refuse(&begun, &acts(1, Action::Deplacement { vers: 99 })),
        refuse_start(|it| it.participants.clear()),
        refuse_start(|it| it.participants = vec![ally(1), ally(2)]),
        refuse_start(|it| it.participants.push(foe(2))),
        refuse_start(same_player),
        refuse_start(bags),
        refuse_start(|it| it.zone_nom.clear()),
        refuse_start(|it| it.participants[0].hp = 0),
        refuse_start(|it| it.participants[0].competences = vec![skill(1, Ciblage::Soi, vec![]); 2]),
        refuse_start(|it| it.duree_tour_ms = 0),
    ]);
}

fn zone() -> Combat {
    let harm = vec![Pouvoir::Degats { type_degats: TypeDegats::Feu, puissance: 1 }];
    after(
        vec![with(ally(1), |it| it.competences = vec![skill(1, Ciblage::Zone, harm)]), foe(2)],
        &[],
    )
}

#[test]
fn fifty_targets_are_too_many() {
    let everybody: Vec<_> = (2..=51).collect();
    assert_eq!(
        refuse(&zone(), &casts(1, 1, &everybody)),
        CombatRefus::TropDeCibles { nombre: 50, maximum: 10 }
    );
}
