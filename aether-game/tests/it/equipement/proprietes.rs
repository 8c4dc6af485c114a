//! What holds for every piece, whatever is asked of it.

use aether_core::Aggregate as _;
use aether_game::equipement::*;
use aether_game::item::{FicheItem, NaturePiece, Rangement};
use aether_game::values::*;
use proptest::prelude::*;

use crate::inventaire::fixtures::{
    autre, epee, facts, moi, par_json, piece_neuve, potion, puissance_neuve, q, transaction,
};

pub(crate) fn any_command(
    piece: &Equipement,
    [what, some, strange]: [u16; 3],
) -> EquipementCommand {
    let joueur_id = if strange % 9 == 0 { autre() } else { moi() };
    let points = q(1 + some % 70);
    let guess = |cost: Option<Or>| match strange % 5 {
        0 => Or::new(u32::from(some)).unwrap(),
        _ => cost.unwrap_or_default(),
    };
    match what % 12 {
        0..=3 => {
            let usee = piece.serait_usee(points) != (strange % 11 == 0);
            EquipementCommand::Perdre { joueur_id, points, usee, combat_id: None }
        }
        4..=6 => {
            let cout = guess(piece.cout_reparation(points));
            EquipementCommand::Reparer { joueur_id, points, cout }
        }
        7 | 8 => EquipementCommand::Ameliorer { joueur_id, cout: guess(piece.cout_amelioration()) },
        9 | 10 => {
            let type_enchantement = TypeEnchantement::ALL[usize::from(strange) % 2];
            let puissance = Stat::new(u32::from(some) % 1_100).unwrap();
            let enchantement = Enchantement { type_enchantement, puissance };
            EquipementCommand::Enchanter { joueur_id, enchantement }
        }
        _ => {
            let a = if strange % 2 == 0 { moi() } else { autre() };
            EquipementCommand::Ceder { joueur_id, a, transaction_id: transaction(1) }
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_asked_durability_and_strength_stay_in_range(
        picks in prop::collection::vec(any::<[u16; 3]>(), 1..80),
    ) {
        let creer = EquipementCommand::Creer { joueur_id: moi(), fiche: Box::new(epee()) };
        let mut piece = Equipement::default();
        let mut log = piece.decide(&creer, &facts(0)).expect("creates");
        log.iter().for_each(|event| piece.apply(event));
        for picks in picks {
            let command = any_command(&piece, picks);
            let Ok(events) = piece.decide(&command, &facts(0)) else { continue };
            for event in events {
                let event = par_json(&event);
                if let EquipementEvent::DurabilitePerdue { durabilite_avant, durabilite_apres, perte, usee, .. } = &event {
                    prop_assert_eq!(*durabilite_avant, piece.durabilite());
                    prop_assert_eq!(durabilite_avant - perte.get(), *durabilite_apres);
                    prop_assert_eq!(*usee, *durabilite_apres == 0);
                }
                let before = piece.puissance();
                piece.apply(&event);
                if let EquipementEvent::EquipementAmeliore { puissance_avant, puissance_apres, .. }
                | EquipementEvent::EnchantementsAppliques { puissance_avant, puissance_apres, .. } = &event
                {
                    prop_assert_eq!((*puissance_avant, *puissance_apres), (before, piece.puissance()));
                    prop_assert!(puissance_apres.attaque >= before.attaque && puissance_apres.defense >= before.defense);
                }
                log.push(event);
            }
            prop_assert!(piece.durabilite() <= 50);
            prop_assert!(piece.niveau() <= Equipement::NIVEAU_MAX);
            prop_assert!(piece.enchantements().len() <= TypeEnchantement::ALL.len());
        }
        prop_assert_eq!(Equipement::fold(&log), piece);
    }

    #[test]
    fn no_strength_and_no_price_overflows(attaque in 0_u32..=1_000_000, cout in 0_u32..=2_147_483_647) {
        let Rangement::Piece(nature) = epee().rangement else { unreachable!() };
        let nature = NaturePiece {
            attaque: Stat::new(attaque).unwrap(),
            cout_reparation: Or::new(cout).unwrap(),
            durabilite_max: Quantite::MAX,
            ..nature
        };
        let mut piece = piece_neuve(moi(), &FicheItem { rangement: Rangement::Piece(nature), ..epee() });
        while let Some(cout) = piece.cout_amelioration() {
            let Ok(events) = piece.decide(&EquipementCommand::Ameliorer { joueur_id: moi(), cout }, &facts(0)) else { break };
            events.iter().for_each(|event| piece.apply(event));
            prop_assert!(piece.puissance().attaque >= Stat::new(attaque).unwrap());
        }
    }
}

/// What commands to pieces in all their states are refused with.
pub(super) fn refusals() -> Vec<EquipementRefus> {
    let joueur_id = moi();
    let refused = |piece: &Equipement, command: EquipementCommand| {
        piece.decide(&command, &facts(0)).expect_err("a refusal")
    };
    let after = |commands: &[EquipementCommand]| {
        let mut piece = piece_neuve(moi(), &epee());
        for command in commands {
            let events = piece.decide(command, &facts(0)).unwrap();
            events.iter().for_each(|event| piece.apply(event));
        }
        piece
    };
    let perdre = |points, usee| EquipementCommand::Perdre {
        joueur_id,
        points: q(points),
        usee,
        combat_id: None,
    };
    let reparer = |points, cout| EquipementCommand::Reparer { joueur_id, points: q(points), cout };
    let enchanter = |puissance| EquipementCommand::Enchanter {
        joueur_id,
        enchantement: Enchantement { type_enchantement: TypeEnchantement::Tranchant, puissance },
    };
    let creer = |fiche: FicheItem| EquipementCommand::Creer { joueur_id, fiche: Box::new(fiche) };
    let ameliorer = |n: u32| EquipementCommand::Ameliorer { joueur_id, cout: Or::new(n).unwrap() };
    let detruire = |raison| EquipementCommand::Detruire { joueur_id, raison };
    let ceder = EquipementCommand::Ceder { joueur_id, a: moi(), transaction_id: transaction(1) };
    let etranger = EquipementCommand::Ameliorer { joueur_id: autre(), cout: Or::ZERO };
    let levels: Vec<_> = (1..=10).map(|level| ameliorer(100 * level)).collect();
    let neuve = after(&[]);
    let cher = {
        let Rangement::Piece(nature) = epee().rangement else { unreachable!() };
        let nature = NaturePiece { cout_reparation: Or::MAX, ..nature };
        piece_neuve(moi(), &FicheItem { rangement: Rangement::Piece(nature), ..epee() })
    };
    let depasse = neuve.verifie_port(moi(), potion().item_id, puissance_neuve());
    vec![
        refused(&Equipement::default(), perdre(1, false)),
        refused(&neuve, creer(epee())),
        refused(&after(&[detruire(RaisonItem::Destruction)]), perdre(1, false)),
        refused(&neuve, etranger),
        refused(&Equipement::default(), creer(potion())),
        refused(&after(&[perdre(50, true)]), perdre(1, true)),
        depasse.unwrap_err(),
        refused(&neuve, perdre(1, true)),
        refused(&neuve, reparer(1, Or::ZERO)),
        refused(&after(&[perdre(1, false)]), reparer(1, Or::ZERO)),
        refused(&cher, ameliorer(1)),
        refused(&after(&levels), ameliorer(1_100)),
        refused(&neuve, enchanter(Stat::ZERO)),
        refused(&after(&[enchanter(Stat::fixe::<5>())]), enchanter(Stat::fixe::<4>())),
        refused(&neuve, ceder),
        refused(&neuve, detruire(RaisonItem::Echange)),
    ]
}
