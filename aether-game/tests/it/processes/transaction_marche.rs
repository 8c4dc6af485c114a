//! The process of the market, without a store.

use std::time::Duration;

use aether_game::economie::{Economie, EconomieCommand, EconomieEvent};
use aether_game::processes::TransactionMarche;
use aether_game::processes::transaction_marche::EtapeMarche;
use aether_testkit::process::Process;

use crate::economie::fixtures::*;

fn expirer(n: u128) -> EtapeMarche {
    EtapeMarche::Expirer { item_id: item(), ordre_id: ordre(n) }
}

/// What a book says to these commands, of those events that the process hears.
fn dit(commands: &[EconomieCommand]) -> Vec<EconomieEvent> {
    let mut book = Economie::default();
    let events = commands.iter().flat_map(|it| joue(&mut book, it, 0).expect("accepted"));
    let heard = |event: &EconomieEvent| {
        use EconomieEvent as E;
        matches!(
            event,
            E::OrdreVenteCree(_)
                | E::OrdreAchatCree(_)
                | E::TransactionExecutee(_)
                | E::OrdreAnnule(_)
        )
    };
    events.filter(heard).collect()
}

#[test]
fn a_trade_is_settled_by_one_step() {
    let [.., transaction] = &dit(&[vend(1, 1, 5, 20), achete(2, 2, 3, 25)])[..] else {
        panic!("a trade")
    };
    let (item_id, transaction_id) = (item(), transaction_id(0));
    Process::of(TransactionMarche)
        .heard(carnet(), transaction.clone())
        .sends([EtapeMarche::Regler { item_id, transaction_id }])
        .ended();
}

#[test]
fn an_order_expires_when_its_time_has_come() {
    for place in [vend(1, 1, 5, 20), achete(1, 1, 5, 20)] {
        let [cree] = &dit(&[place])[..] else { panic!("an order") };
        let book = Process::of(TransactionMarche).at(a(0)).heard(carnet(), cree.clone());
        let rung = book.sets("expiration", Duration::from_secs(DUREE_S.into())).rings("expiration");
        rung.sends([expirer(1)]).done().sends_nothing().ended();
    }
}

#[test]
fn an_order_that_is_closed_before_has_no_timer_any_more() {
    let withdrawn = dit(&[vend(1, 1, 5, 20), annule(1, 1, 5)]);
    let traded = dit(&[vend(1, 1, 5, 20), achete(2, 2, 5, 20)]);
    for (events, last) in [(withdrawn, 1), (traded, 2)] {
        Process::of(TransactionMarche)
            .at(a(0))
            .heard(carnet(), events[0].clone())
            .continues()
            .heard(carnet(), events[last].clone())
            .sends_nothing()
            .ended();
    }
}

#[test]
fn a_timer_that_comes_too_early_by_another_clock_rings_again() {
    let [cree] = &dit(&[vend(1, 1, 5, 20)])[..] else { panic!("an order") };
    let order = Process::of(TransactionMarche).at(a(0)).heard(carnet(), cree.clone());
    order
        .rings("expiration")
        .sends([expirer(1)])
        .refused("ORDRE_EN_COURS")
        .sets("expiration", Duration::from_secs(1))
        .rings("expiration")
        .sends([expirer(1)])
        .refused("SEQUESTRE_INSUFFISANT")
        .sends_nothing()
        .ended();
}

#[test]
fn orders_of_one_id_in_two_books_do_not_share_a_timer() {
    use aether_core::ProcessManager as _;
    use aether_core::{Recorded, RecordedEvent};
    let [cree] = &dit(&[vend(1, 1, 5, 20)])[..] else { panic!("an order") };
    let route = |carnet| {
        let recorded = RecordedEvent::build(cree).of::<Economie>(carnet);
        let recorded = Recorded::read(recorded).unwrap().unwrap();
        TransactionMarche.route(&recorded)
    };
    assert_ne!(route(carnet()), route(aether_game::values::CarnetId::generate()));
}
