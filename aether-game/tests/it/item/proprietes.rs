//! What holds for every item, whatever is asked of the catalogue.

use aether_core::Aggregate as _;
use aether_game::item::*;
use aether_game::values::*;
use proptest::prelude::*;

use crate::inventaire::fixtures::{facts, fiches, intervention, par_json, proprietes, q};

pub(crate) fn any_properties([which, kind, some, strange]: [u16; 4]) -> Proprietes {
    let all = fiches();
    let mut it = proprietes(&all[usize::from(which) % 5]);
    it.poids = Poids::new(u32::from(some)).unwrap();
    match strange % 6 {
        0 => it.type_item = TypeItem::ALL[usize::from(kind) % TypeItem::ALL.len()],
        1 => it.rangement = Rangement::Pile { max: q(1 + some % 9_999) },
        2 => it.rangement = all[usize::from(kind) % 5].rangement.clone(),
        3 => it.echangeable = kind % 2 == 0,
        _ => {}
    }
    it
}

pub(crate) fn commands() -> impl Strategy<Value = ItemCommand> {
    (any::<u8>(), any::<[u16; 4]>()).prop_map(|(what, picks)| any_command(what, picks))
}

fn any_command(what: u8, picks: [u16; 4]) -> ItemCommand {
    let proprietes = any_properties(picks);
    let presentation = Presentation {
        nom: Nom::new(&format!("Objet {}", picks[2])).unwrap(),
        description: Description::default(),
        rarete: Rarete::ALL[usize::from(picks[1]) % Rarete::ALL.len()],
        valeur_or: Or::new(u32::from(picks[2])).unwrap(),
        icone_url: picks[3].is_multiple_of(2).then(|| Nom::new("objets/1.png").unwrap()),
    };
    let intervention = intervention();
    match what % 16 {
        0..=4 => {
            ItemCommand::Creer(Box::new(DefinitionItem { presentation, proprietes, intervention }))
        }
        5..=8 => ItemCommand::Modifier { presentation, intervention },
        9..=14 => {
            let proprietes = Box::new(proprietes);
            ItemCommand::ModifierProprietes { proprietes, intervention }
        }
        _ => ItemCommand::Detruire { intervention },
    }
}

proptest! {
    #[test]
    fn whatever_is_asked_an_item_keeps_its_nature_and_makes_sense(
        commands in prop::collection::vec(commands(), 1..40),
    ) {
        let mut item = Item::default();
        let mut log = vec![];
        for command in commands {
            let before = item.proprietes().map(|it| (it.type_item, it.rangement.famille()));
            let Ok(events) = item.decide(&command, &facts(0)) else { continue };
            prop_assert!(!item.est_detruit());
            for event in events {
                let event = par_json(&event);
                if let ItemEvent::ProprietesModifiees { avant, .. } = &event {
                    prop_assert_eq!(Some(avant), item.proprietes());
                }
                item.apply(&event);
                log.push(event);
            }
            let now = item.proprietes().expect("it is there");
            prop_assert!(before.is_none_or(|before| before == (now.type_item, now.rangement.famille())));
            let worn = matches!(now.type_item, TypeItem::Arme | TypeItem::Armure);
            prop_assert_eq!(worn, now.rangement.famille().is_some());
            prop_assert_eq!(now.usage.is_some(), now.type_item == TypeItem::Consommable);
        }
        prop_assert_eq!(Item::fold(&log), item);
    }
}
