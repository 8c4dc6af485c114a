//! The ledger of a history: what was created and not destroyed is somewhere.

use std::collections::BTreeMap;

use aether_core::Aggregate;
use aether_game::economie::{Economie, EconomieEvent, TypeContenu};
use aether_game::inventaire::{Inventaire, InventaireEvent};
use aether_game::joueur::{Joueur, JoueurEvent};
use aether_game::values::{Flux, ItemId};
use aether_game::world::{World, WorldEvent};

use super::replay::{Replay, is_of, typed};

/// What came into the game and left it, by reasons.
#[derive(Debug, Default)]
struct Flows {
    gold: i64,
    items: BTreeMap<ItemId, i64>,
}

impl Flows {
    fn item(&mut self, item: ItemId, flux: Flux, quantity: u16) {
        let sum = self.items.entry(item).or_default();
        match flux {
            Flux::Source => *sum += i64::from(quantity),
            Flux::Puits => *sum -= i64::from(quantity),
            Flux::Mouvement => {}
        }
    }

    fn of_player(&mut self, event: &JoueurEvent) {
        match event {
            JoueurEvent::JoueurCree { or, .. } => self.gold += i64::from(or.get()),
            JoueurEvent::OrModifie { avant, apres, raison, .. } => {
                let change = i64::from(apres.get()) - i64::from(avant.get());
                match raison.flux() {
                    Flux::Mouvement => {}
                    Flux::Source => {
                        assert!(change > 0);
                        self.gold += change;
                    }
                    Flux::Puits => {
                        assert!(change < 0);
                        self.gold += change;
                    }
                }
            }
            _ => {}
        }
    }

    fn of_bag(&mut self, event: &InventaireEvent) {
        match event {
            InventaireEvent::ItemAjoute(it) => {
                self.item(it.item_id, it.source.flux(), it.quantite.get());
            }
            InventaireEvent::ItemRetire(it) => {
                self.item(it.item_id, it.raison.flux(), it.quantite.get());
            }
            InventaireEvent::ItemUtilise(it) => {
                self.item(it.item_id, it.raison.flux(), it.quantite.get());
            }
            _ => {}
        }
    }

    fn of_book(&mut self, event: &EconomieEvent) {
        match event {
            EconomieEvent::TransactionExecutee(it) => self.gold -= i64::from(it.taxe.get()),
            // a reward that did not fit comes into the game in its parcel
            EconomieEvent::RecompenseDeposee(it) => match it.type_contenu {
                TypeContenu::Or => self.gold += i64::from(it.quantite),
                TypeContenu::Item => {
                    *self.items.entry(it.item_id).or_default() += i64::from(it.quantite);
                }
            },
            _ => {}
        }
    }
}

fn flows(replay: &Replay) -> Flows {
    let mut flows = Flows::default();
    for (_, events) in replay.streams() {
        each::<Joueur>(events, |event| flows.of_player(event));
        each::<Inventaire>(events, |event| flows.of_bag(event));
        each::<Economie>(events, |event| flows.of_book(event));
    }
    flows
}

fn each<A: Aggregate>(events: &[WorldEvent], mut read: impl FnMut(&A::Event)) {
    if is_of::<A>(events) {
        events.iter().for_each(|event| read(&typed::<A>(event)));
    }
}

/// Where everything is: in purses, bags and books.
fn held(replay: &Replay) -> Flows {
    let gold = replay.of_type::<Joueur>().map(|(_, it)| i64::from(it.or().get())).sum();
    let mut held = Flows { gold, ..Flows::default() };
    for (_, bag) in replay.of_type::<Inventaire>() {
        for (_, slot) in bag.slots() {
            let quantity = i64::from(slot.quantite.get());
            *held.items.entry(slot.fiche.item_id).or_default() += quantity;
        }
    }
    for (_, book) in replay.of_type::<Economie>() {
        let bilan = book.bilan();
        held.gold += bilan.or().cast_signed();
        *held.items.entry(book.item().unwrap()).or_default() += bilan.items().cast_signed();
    }
    held
}

#[test]
fn the_ledger_of_a_history_is_whole_wherever_it_ends() {
    for (seed, events) in [(7, 2_000), (7, 4_321), (7, 12_000), (8, 12_000)] {
        let replay = Replay::of(World::new(seed).history(25, events));
        let (flows, held) = (flows(&replay), held(&replay));
        assert_eq!(flows.gold, held.gold, "gold of seed {seed} after {events} events");
        let nothing = |items: BTreeMap<ItemId, i64>| -> BTreeMap<ItemId, i64> {
            items.into_iter().filter(|(_, quantity)| *quantity != 0).collect()
        };
        assert_eq!(nothing(flows.items), nothing(held.items), "items of seed {seed}");
        assert!(flows.gold > 0);
    }
}
