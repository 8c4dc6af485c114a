//! Sockets that are cut, and continue as if nothing had been.

use aether_game::economie::{Economie, EconomieCommand, PlacerOrdre};
use aether_game::values::{CarnetId, ItemId, JoueurId, OrdreId, Prix, Pseudo, Quantite};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::joust::{Joust, position};
use crate::listening::Listening;
use crate::visitor::Visitor;

/// Reads some facts, each linked to the one before.
async fn read(visitor: &mut Visitor, seen: &mut Vec<Value>, at: &mut String, count: usize) {
    for _ in 0..count {
        let frame = visitor.hear().await;
        assert_eq!((&frame["t"], &frame["apres"]), (&json!("fait"), &json!(at)), "{frame}");
        *at = frame["position"].as_str().unwrap().to_owned();
        seen.push(frame);
    }
}

fn facts(frames: &[Value]) -> Vec<(u64, Value)> {
    let fact = |frame: &Value| json!({ "type": frame["type"], "donnees": frame["donnees"] });
    frames.iter().map(|frame| (position(&frame["position"]), fact(frame))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_that_are_cut_onto_another_node_see_the_log_once_and_in_order() {
    let here = Listening::open(|config| config).await;
    let there = here.beside().await;
    let joust = Joust::begin(here.scene.app.engine(), 5).await;
    let channel = joust.channel();
    for _ in 0..4 {
        joust.turn().await;
    }
    let play = joust.to_the_end();
    let visits = (0..8).map(|visitor| {
        let nodes = [&here, &there];
        let channel = &channel;
        async move {
            let mut at = "0".to_owned();
            let mut seen = vec![];
            let mut over = false;
            for cut in 0.. {
                let mut socket = Visitor::guest(nodes[(visitor + cut) % 2]).await;
                let answer = socket.listen(channel, Some(&at)).await;
                assert_eq!(answer["repris"], true);
                let mut left = 1 + (visitor * 7 + cut * 3) % 11;
                while left > 0 && !over {
                    read(&mut socket, &mut seen, &mut at, 1).await;
                    over = seen.last().is_some_and(|it| it["type"] == "CombatTermine");
                    left -= 1;
                }
                // the socket is dropped without a word
                if over {
                    return seen;
                }
            }
            seen
        }
    });
    let (visits, ()) = tokio::join!(join_all(visits), play);
    let log = joust.log().await;
    let log: Vec<_> = log.iter().map(|(at, it)| (*at, serde_json::to_value(it).unwrap())).collect();
    assert!(log.len() > 20, "{}", log.len());
    for seen in visits {
        assert_eq!(facts(&seen), log[..seen.len()]);
        let end = seen.last().unwrap();
        assert_eq!(end["type"], "CombatTermine");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_new_gets_a_picture_and_the_facts_after_it() {
    let node = Listening::open(|config| config).await;
    let joust = Joust::begin(node.scene.app.engine(), 7).await;
    joust.turn().await;
    let mut socket = Visitor::guest(&node).await;
    let answer = socket.listen(&joust.channel(), None).await;
    assert_eq!(answer["repris"], false);
    let picture = socket.hear().await;
    assert_eq!(picture["t"], "image");
    assert_eq!(picture.get("restaure"), None);
    let before = joust.log().await;
    let at = before.iter().rposition(|(at, _)| *at == position(&picture["position"])).unwrap();
    assert_eq!(picture["etat"]["version"], json!(at + 1));
    joust.turn().await;
    let mut at = picture["position"].as_str().unwrap().to_owned();
    read(&mut socket, &mut vec![], &mut at, 1).await;
    assert!(!picture.to_string().contains("graine"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_log_is_told_and_shown_anew() {
    let node = Listening::open(|config| config).await;
    let joust = Joust::begin(node.scene.app.engine(), 7).await;
    let last = joust.log().await.last().unwrap().0;
    let lost = format!("{last}.{}", aether_core::uuid::Uuid::now_v7().simple());
    let past = format!("{}", last + 1_000_000);
    for stale in [lost, past] {
        let mut socket = Visitor::guest(&node).await;
        assert_eq!(socket.listen(&joust.channel(), Some(&stale)).await["repris"], false);
        let picture = socket.hear().await;
        assert_eq!((&picture["t"], &picture["restaure"]), (&json!("image"), &json!(true)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_channel_shows_a_picture_and_tells_what_happens() {
    let node = Listening::open(|config| config).await;
    let player = node.scene.player("Kael").await;
    let mut socket = Visitor::with(&node, &player.token).await;
    let id = aether_core::uuid::Uuid::now_v7();
    let zone = format!("zone:{id}");
    let item = format!("marche:{id}");
    for channel in ["monde", "classement", &format!("joueur:{}", player.id), &zone, &item] {
        socket.listen(channel, None).await;
        let picture = socket.hear().await;
        assert_eq!((&picture["t"], &picture["canal"]), (&json!("image"), &json!(channel)));
    }
    node.scene.player("Mira").await;
    let told = socket.hear().await;
    assert_eq!((&told["canal"], &told["type"]), (&json!("classement"), &json!("JoueurEntre")));
    assert_eq!(told["donnees"]["pseudo"], "Mira");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_missed_much_gets_a_picture_instead_of_it() {
    let node = Listening::open(|config| config).await;
    let item = ItemId::generate();
    let joueur = JoueurId::generate();
    let orders = (0..520).map(async |_| {
        let order = PlacerOrdre {
            ordre: OrdreId::generate(),
            joueur,
            pseudo: Pseudo::new("Kael").unwrap(),
            item,
            quantite: Quantite::MIN,
            prix: Prix::MIN,
            duree_s: Economie::DUREE_MIN_S,
        };
        let place = EconomieCommand::PlacerAchat(order);
        let book = CarnetId::de_l_item(item);
        let placed = node.scene.app.engine().execute(book, place).await.unwrap();
        placed.position().unwrap().get()
    });
    let last = join_all(orders).await.into_iter().max().unwrap();
    let channel = format!("marche:{item}");
    let mut socket = Visitor::guest(&node).await;
    assert_eq!(socket.listen(&channel, Some("0")).await["repris"], false);
    let picture = socket.hear().await;
    assert_eq!((&picture["t"], picture.get("restaure")), (&json!("image"), None));
    assert_eq!(picture["etat"]["achats"][0]["quantite"], 520);
    assert!(position(&picture["position"]) >= last);
    // a little less is told fact by fact
    let after = (last - 3).to_string();
    assert_eq!(socket.listen(&channel, Some(&after)).await["repris"], true);
    let fact = socket.hear().await;
    assert_eq!((&fact["t"], &fact["apres"]), (&json!("fait"), &json!(after)));
    assert!(!fact.to_string().contains(&joueur.to_string()));
}
