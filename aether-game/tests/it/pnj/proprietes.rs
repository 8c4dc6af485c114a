//! What holds for every character, whatever is asked.

use std::collections::BTreeMap;

use aether_core::event::EventType;
use aether_core::{Aggregate as _, Event as _, Facts};
use aether_game::pnj::*;
use aether_game::values::*;
use proptest::prelude::*;

use super::fixtures::*;

/// Any command, sensible or not; death comes late.
pub(crate) fn any_command(picks: [u16; 4], last: bool) -> PnjCommand {
    let [what, which, how_many, strange] = picks;
    let n = 1 + u128::from(which % 3);
    let quantite = 1 + how_many % 30;
    let fair = |prices: [u32; 3]| {
        let asked = prices[usize::from(which % 3)];
        if strange % 6 == 0 { asked + 1 } else { asked }
    };
    match what % 8 {
        0 => parler(n),
        1 => ouvrir(),
        2 | 3 => vendre(n, quantite, fair([10, 3, 7])),
        4 => racheter(n, quantite, fair([4, 3, 7])),
        5 => reapprovisionner(n, u32::from(how_many)),
        6 => estimer(u128::from(which % 5), i32::from(how_many as i16) / 40),
        _ if last && strange % 4 == 0 => tuer(),
        _ => PnjCommand::Creer(Box::new(fiche())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_is_asked_a_stock_is_what_came_less_what_went_and_prices_are_the_characters(
        picks in prop::collection::vec(any::<[u16; 4]>(), 1..150),
    ) {
        let mut pnj = Pnj::default();
        let mut log = Vec::new();
        let mut stock = 20_i64;
        let mut liked: BTreeMap<JoueurId, i16> = BTreeMap::new();
        let many = picks.len();
        for (n, picks) in picks.into_iter().enumerate() {
            let before = pnj.clone();
            let command = any_command(picks, n * 10 > many * 9);
            let Ok(events) = pnj.decide(&command, &Facts::at(noon())) else {
                prop_assert_eq!(&pnj, &before);
                continue;
            };
            for event in events {
                prop_assert!(!pnj.est_mort());
                match &event {
                    PnjEvent::ArticleVendu {
                        item_id, quantite, prix_unitaire, montant_total, stock_avant, ..
                    } => {
                        let article = pnj.article(*item_id).unwrap();
                        prop_assert_eq!(*prix_unitaire, article.prix);
                        prop_assert_eq!(prix_unitaire.fois(*quantite), Some(*montant_total));
                        prop_assert_eq!(*stock_avant, article.stock);
                        if *item_id == item(1) {
                            stock -= i64::from(quantite.get());
                        }
                    }
                    PnjEvent::ArticleRachete { item_id, quantite, prix_unitaire, .. } => {
                        let article = pnj.article(*item_id).unwrap();
                        prop_assert_eq!(Some(*prix_unitaire), article.prix_rachat);
                        stock += i64::from(quantite.get());
                    }
                    PnjEvent::StockModifie { stock_avant, stock_apres, .. } => {
                        prop_assert_eq!(i64::from(*stock_avant), stock);
                        stock = i64::from(*stock_apres);
                    }
                    PnjEvent::ReputationModifiee { joueur_id, avant, apres, .. } => {
                        let known = liked.entry(*joueur_id).or_default();
                        prop_assert_eq!(avant.get(), *known);
                        prop_assert_ne!(avant, apres);
                        *known = apres.get();
                    }
                    _ => {}
                }
                pnj.apply(&event);
                log.push(event);
            }
            if pnj.fiche().is_some() {
                let now = pnj.article(item(1)).unwrap().stock;
                prop_assert_eq!(now.map(i64::from), Some(stock));
            }
        }
        // through JSON, as a store would give them back
        let stored: Vec<PnjEvent> = log.iter().map(|event| {
            let EventType { name, version } = *event.event_type();
            PnjEvent::decode(name, version, &event.encode().expect("encodes")).expect("decodes")
        }).collect();
        prop_assert_eq!(&stored, &log);
        prop_assert_eq!(&Pnj::fold(&stored), &pnj);
        let snapshot = serde_json::to_string(&pnj).expect("encodes");
        prop_assert_eq!(serde_json::from_str::<Pnj>(&snapshot).expect("decodes"), pnj);
    }
}
