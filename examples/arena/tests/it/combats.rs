//! Combats: acting once, on what one has seen, and seeing what one may.

use aether_game::bots::Rosters;
use aether_game::combat::{
    Combat, CombatCommand, CombatId, EntiteId, ParticipantId, TypeEntite, ZoneId,
};
use axum::http::StatusCode;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::client::{Answer, Ask};
use crate::scene::{Player, Scene};

/// A combat in which it is a player's turn.
pub(crate) struct Ring<'a> {
    pub(crate) scene: &'a Scene,
    pub(crate) player: Player,
    pub(crate) id: CombatId,
    pub(crate) me: ParticipantId,
    zone: ZoneId,
}

impl<'a> Ring<'a> {
    pub(crate) async fn of(scene: &'a Scene) -> Self {
        let player = scene.player("Kael").await;
        let (id, mut roster) = Rosters::new(3).next_combat();
        let own = &mut roster.participants[0];
        own.type_entite = TypeEntite::Joueur;
        own.entite_id = player.id.parse::<EntiteId>().unwrap();
        let me = own.participant_id;
        let first = roster.participants.iter().map(|it| it.initiative).max().unwrap();
        for other in &mut roster.participants[1..] {
            other.initiative = first - 1;
        }
        roster.participants[0].initiative = first;
        let zone = roster.zone_id;
        let begin = CombatCommand::Demarrer(Box::new(roster));
        let begun = scene.app.engine().execute(id, begin).await.unwrap();
        assert_eq!(begun.state().participant_actif(), Some(me));
        Self { scene, player, id, me, zone }
    }

    pub(crate) fn act(&self, action: Value) -> Ask<'a> {
        self.act_on(self.scene, action)
    }

    fn act_on<'b>(&self, node: &'b Scene, action: Value) -> Ask<'b> {
        let body = json!({ "combatId": self.id.to_string(), "action": action });
        node.post("/combat/action").bearer(&self.player.token).json(&body)
    }

    pub(crate) fn path(&self) -> String {
        format!("/combats/{}", self.id)
    }

    pub(crate) async fn version(&self) -> u32 {
        let combat = self.scene.app.engine().load::<Combat>(self.id).await.unwrap();
        combat.version.get()
    }

    /// Lets the others pass until it is the player's turn again.
    pub(crate) async fn others_pass(&self) {
        let engine = self.scene.app.engine();
        loop {
            let combat = engine.load::<Combat>(self.id).await.unwrap();
            match combat.state.participant_actif() {
                Some(acteur) if acteur != self.me => {
                    engine.execute(self.id, CombatCommand::PasserTour { acteur }).await.unwrap();
                }
                _ => return,
            }
        }
    }
}

pub(crate) fn defend() -> Value {
    json!({ "type": "DEFENSE" })
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_carried_out_once_and_answered_alike() {
    let scene = Scene::open().await;
    let ring = Ring::of(&scene).await;
    let elsewhere = scene.beside().await;
    let nodes = [&scene, &elsewhere].into_iter().cycle().take(16);
    let all = nodes.map(|node| ring.act_on(node, defend()).header("idempotency-key", "k1").send());
    let all = join_all(all).await;
    let first = &all[0];
    assert_eq!(first.status, StatusCode::OK, "{first:?}");
    for answer in &all {
        assert_eq!((answer.status, &answer.text), (first.status, &first.text));
        for header in ["etag", "aether-position"] {
            assert_eq!(answer.header(header), first.header(header));
        }
    }
    // also after others have acted
    ring.others_pass().await;
    let late = ring.act_on(&elsewhere, defend()).header("idempotency-key", "k1").send().await;
    assert_eq!((&late.text, late.header("etag")), (&first.text, first.header("etag")));
    let other = ring.act(json!({ "type": "PASSER" })).header("idempotency-key", "k1").send().await;
    assert_eq!(
        (other.status, other.problem().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "cle-reutilisee")
    );
}

#[tokio::test]
async fn a_refusal_is_not_kept_under_its_key() {
    let scene = Scene::open().await;
    let ring = Ring::of(&scene).await;
    assert_eq!(ring.act(defend()).send().await.status, StatusCode::OK);
    let ask = || ring.act(defend()).header("idempotency-key", "k2").send();
    let refused = ask().await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "PAS_TON_TOUR")
    );
    ring.others_pass().await;
    assert_eq!(ask().await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_decision_on_an_old_version_is_refused_with_the_present_one() {
    let scene = Scene::open().await;
    let ring = Ring::of(&scene).await;
    let seen = scene.get(&ring.path()).send().await;
    let old = seen.header("etag").to_owned();
    assert_eq!(ring.act(defend()).header("if-match", &old).send().await.status, StatusCode::OK);
    ring.others_pass().await;
    let version = ring.version().await;
    let late = ring.act(defend()).header("if-match", &old).send().await;
    assert_eq!(
        (late.status, late.problem().as_str()),
        (StatusCode::PRECONDITION_FAILED, "version-depassee")
    );
    assert_eq!(late.header("etag"), format!("\"v{version}\""));
    assert_eq!(ring.version().await, version);
    assert_eq!(
        ring.act(defend()).header("if-match", "17").send().await.problem(),
        "entete-invalide"
    );
}

#[tokio::test]
async fn nobody_acts_for_another() {
    let scene = Scene::open().await;
    let ring = Ring::of(&scene).await;
    let other = scene.player("Mira").await;
    let before = ring.version().await;
    let body = json!({ "combatId": ring.id.to_string(), "action": defend() });
    let ask = |token: &str| scene.post("/combat/action").bearer(token).json(&body).send();
    assert_eq!(ask(&other.token).await.problem(), "interdit");
    let guest = scene.post("/combat/action").json(&body).send().await;
    assert_eq!(guest.status, StatusCode::UNAUTHORIZED);
    // nor can the one who acts be named
    let acteur = ring.me.to_string();
    let named = ring.act(json!({ "type": "DEFENSE", "acteur": acteur })).send().await;
    assert_eq!(named.problem(), "corps-invalide");
    assert_eq!(ring.version().await, before);
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_for_its_reason() {
    let scene = Scene::open().await;
    let ring = Ring::of(&scene).await;
    let nobody = ParticipantId::generate().to_string();
    for (action, status, code) in [
        (json!({ "type": "ATTAQUE", "cible": nobody }), 422, "CIBLE_INCONNUE"),
        (json!({ "type": "DEPLACEMENT", "vers": 100 }), 422, "DEPLACEMENT_INVALIDE"),
        (json!({ "type": "DEPLACEMENT", "vers": -1 }), 400, "corps-invalide"),
        (json!({ "type": "DEPLACEMENT", "vers": 1e40 }), 400, "corps-invalide"),
        (json!({ "type": "ATTAQUE", "cible": "moi" }), 400, "corps-invalide"),
        (json!({ "type": "DANSER" }), 400, "corps-invalide"),
        (json!(null), 400, "corps-invalide"),
    ] {
        let answer = ring.act(action.clone()).send().await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (status, code), "{action}");
    }
    let english = ring.act(json!({ "type": "ATTAQUE", "cible": nobody }));
    let english = english.header("accept-language", "en").send().await;
    assert!(english.json()["title"].as_str().unwrap().contains("does not take part"));
    let unknown = format!("/combats/{}", CombatId::generate());
    assert_eq!(scene.get(&unknown).send().await.status, StatusCode::NOT_FOUND);
    assert_eq!(scene.get("/combats/7").send().await.problem(), "parametre-invalide");
}

#[tokio::test]
async fn only_the_owner_of_a_participant_sees_its_cards_and_nobody_its_dice() {
    let scene = Scene::open().await;
    let ring = Ring::of(&scene).await;
    let cards = |answer: &Answer| -> Vec<String> {
        let participants = answer.json()["participants"].clone();
        let all = participants.as_array().unwrap();
        let shown = all.iter().filter(|it| !it["propre"].is_null());
        shown.map(|it| it["participantId"].as_str().unwrap().to_owned()).collect()
    };
    let own = scene.get(&ring.path()).bearer(&ring.player.token).send().await;
    assert_eq!(cards(&own), [ring.me.to_string()]);
    let other = scene.player("Mira").await;
    let foreign = scene.get(&ring.path()).bearer(&other.token).send().await;
    let guest = scene.get(&ring.path()).send().await;
    assert!(cards(&foreign).is_empty() && cards(&guest).is_empty());
    let acted = ring.act(defend()).send().await;
    assert_eq!(cards(&acted), [ring.me.to_string()]);
    for answer in [&own, &foreign, &guest, &acted] {
        for hidden in
            ["graine", "seed", "stats", "resistances", "tirages", "recompenses", "critique"]
        {
            assert!(!answer.text.contains(hidden), "{hidden}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_read_shows_what_its_reader_has_written() {
    let scene = Scene::open().await;
    let ring = Ring::of(&scene).await;
    let mut positions = vec![];
    for _ in 0..3 {
        let acted = ring.act(defend()).send().await;
        positions.push(acted.header("aether-position").to_owned());
        ring.others_pass().await;
    }
    let path = format!("{}/actions?limite=2", ring.path());
    let ask = |path: &str| {
        scene.get(path).header("aether-after", &positions[2]).header("prefer", "wait=10").send()
    };
    let first = ask(&path).await.json();
    let next = format!("{path}&curseur={}", first["suivant"].as_str().unwrap());
    let second = ask(&next).await.json();
    let turns = |page: &Value| -> Vec<u64> {
        let actions = page["elements"].as_array().unwrap();
        actions.iter().map(|it| it["numeroTour"].as_u64().unwrap()).collect()
    };
    let all = [turns(&first), turns(&second)].concat();
    assert_eq!(all.len(), 3, "{first} {second}");
    assert!(all.is_sorted_by(|a, b| a > b), "{all:?}");
    assert_eq!(second["suivant"], Value::Null);
    let listed = ask(&format!("/combats?zone={}", ring.zone)).await.json();
    assert_eq!(listed["elements"][0]["combatId"], ring.id.to_string());
    let nowhere = ask(&format!("/combats?zone={}", ZoneId::generate())).await.json();
    assert_eq!(nowhere, json!({ "elements": [], "suivant": null }));
}

#[tokio::test]
async fn a_read_that_is_behind_says_so_in_time() {
    let scene = Scene::open().await;
    let far = scene.get("/classements/niveau").header("aether-after", "99999999");
    let behind = far.header("prefer", "wait=0").send().await;
    assert_eq!(
        (behind.status, behind.problem().as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "lecture-en-retard")
    );
    assert_eq!(behind.header("retry-after"), "1");
    let broken = scene.get("/classements/niveau").header("aether-after", "demain").send().await;
    assert_eq!(broken.problem(), "entete-invalide");
}

#[tokio::test]
async fn broken_pages_are_the_fault_of_the_client() {
    let scene = Scene::open().await;
    for path in [
        "/classements/niveau?limite=0",
        "/classements/niveau?limite=101",
        "/classements/niveau?limite=x",
        "/combats",
    ] {
        assert_eq!(scene.get(path).send().await.problem(), "parametre-invalide", "{path}");
    }
    for cursor in ["x", "00", "5b2261225d", "%00", &"ab".repeat(900)] {
        let path = format!("/classements/niveau?curseur={cursor}");
        assert_eq!(scene.get(&path).send().await.problem(), "curseur-invalide", "{cursor}");
    }
}
