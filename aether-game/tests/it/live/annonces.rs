//! What clients are told: everything once, in order, and nothing that they may not know.

use aether_core::backend::EventStore as _;
use aether_core::log::Load;
use aether_core::{Aggregate as _, Json, Position};
use aether_game::bots::{Rosters, Tactic};
use aether_game::combat::{Combat, CombatCommand, CombatEvent, CombatId, EvenementVu, Spectateur};
use aether_game::live::annonces::{Annonces, Notification, NouvelleDuMonde, Parole, Salon};
use aether_game::monde::MondeCommand;
use aether_game::values::{JoueurId, MondeId, Propos};
use aether_realtime::bus::{Bus as _, Channel, Feed, Feeds, Notice, Signal};
use aether_redis::RedisBus;
use aether_testkit::within_deadline;
use chrono::{SubsecRound as _, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::fixtures::Partie;
use crate::joueur::fixtures::{credite, gagne};
use crate::monde::fixtures::{apparait, declenche, intervention, progresse, vainc, zone};

impl Partie {
    fn bus(&self) -> RedisBus {
        RedisBus::new(self.client.clone(), self.keys.clone()).unwrap()
    }

    fn feeds(&self) -> Feeds {
        Feeds::new(self.terrain.store.clone(), self.bus())
    }

    /// Begins a combat, or continues it for some turns.
    async fn tours(&self, combat: CombatId, turns: usize) {
        let mut done = self.terrain.engine.load::<Combat>(combat).await.unwrap().state.clone();
        for _ in 0..turns {
            let Some(active) = done.participant_actif() else { break };
            let tactic = Tactic::suited_to(done.participant(active).unwrap().fiche);
            let command = tactic.choose(&done, active);
            done = self.terrain.engine.execute(combat, command).await.unwrap().state().clone();
        }
    }

    async fn vus(&self, combat: CombatId) -> Vec<EvenementVu> {
        let stream = Combat::stream(combat);
        let history = self.terrain.store.load(Load::stream(stream)).await.unwrap();
        let seen = |event: &aether_core::RecordedEvent| {
            event.decode::<CombatEvent>().unwrap().vu_par(&Spectateur::invite())
        };
        history.events.iter().map(seen).collect()
    }
}

/// The next messages of a feed.
async fn heard<M: Serialize + DeserializeOwned + Send + 'static>(
    feed: &mut Feed<M>,
    count: usize,
) -> Vec<M> {
    let mut all = vec![];
    for _ in 0..count {
        let update = within_deadline("another message", feed.next()).await.unwrap();
        all.push(update.message);
    }
    all
}

async fn from_the_start<M: Serialize + DeserializeOwned + Send + 'static>(
    feeds: &Feeds,
    channel: &Channel<M>,
    count: usize,
) -> Vec<M> {
    let mut feed = feeds.follow(channel, Position::START).await.unwrap();
    heard(&mut feed, count).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_was_cut_off_finds_all_of_a_combat_once_and_in_order() {
    let partie = Partie::open().await;
    let node = partie.node();
    let (combat, start) = Rosters::new(5).next_combat();
    let start = CombatCommand::Demarrer(Box::new(start));
    partie.terrain.engine.execute(combat, start).await.unwrap();
    let (feeds, channel) = (partie.feeds(), Annonces::new().combat(combat));
    let mut feed = feeds.follow(&channel, Position::START).await.unwrap();
    partie.tours(combat, 3).await;
    let so_far = partie.vus(combat).await;
    let mut all = heard(&mut feed, so_far.len() - 1).await;
    let last = within_deadline("the last one", feed.next()).await.unwrap();
    let anchor = last.anchor();
    all.push(last.message);
    assert_eq!(all, so_far);

    drop(feed);
    partie.tours(combat, 4).await;
    let whole = partie.vus(combat).await;
    let mut feed = feeds.resume(&channel, anchor).await.unwrap();
    all.extend(heard(&mut feed, whole.len() - so_far.len()).await);
    assert_eq!(all, whole);
    assert!(whole.len() > so_far.len());
    node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_of_a_combat_holds_no_seed_and_no_secret_of_a_side() {
    let partie = Partie::open().await;
    let (combat, start) = Rosters::new(8).next_combat();
    let bus = partie.bus();
    let mut ear = bus.listen(&format!("combat:{combat}:updates"));
    while ear.next().await.unwrap() != Signal::Up {}
    let node = partie.node();
    let start = CombatCommand::Demarrer(Box::new(start));
    partie.terrain.engine.execute(combat, start).await.unwrap();
    partie.tours(combat, 100).await;
    let count = partie.vus(combat).await.len();
    let mut published = 0;
    while published < count {
        let signal = within_deadline("what was published", ear.next()).await.unwrap();
        let Signal::Notice(Notice { body: Some(body), .. }) = signal else { continue };
        published += 1;
        for secret in [
            "graine",
            "tirages",
            "\"stats\"",
            "resistances",
            "competences\"",
            "mpActuel",
            "mpApres",
            "cout",
            "recharges",
            "objets",
            "degatsBruts",
            "reduction",
            "recompenses",
        ] {
            assert!(!body.as_str().contains(secret), "{secret} in {}", body.as_str());
        }
    }
    node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_player_is_told_what_concerns_him_and_nothing_else() {
    let partie = Partie::open().await;
    let node = partie.node();
    let [alba, berthe] = partie.joueurs(["Alba", "Berthe"]).await;
    partie.demande(berthe, gagne(100)).await;
    partie.demande(alba, credite(7)).await;
    partie.demande(alba, gagne(100)).await;
    let (feeds, annonces) = (partie.feeds(), Annonces::new());
    let told = |joueur: JoueurId| {
        let (feeds, channel) = (feeds.clone(), annonces.joueur(joueur));
        async move { feeds.follow(&channel, Position::START).await.unwrap() }
    };
    let mut feed = told(alba).await;
    let messages = heard(&mut feed, 2).await;
    let [Notification::OrModifie { avant, apres, .. }, Notification::NiveauAtteint { niveau, .. }] =
        &messages[..]
    else {
        panic!("{messages:?}");
    };
    assert_eq!((avant.get(), apres.get(), niveau.get()), (100, 107, 2));
    partie.demande(berthe, credite(1)).await;
    partie.demande(alba, credite(2)).await;
    let [Notification::OrModifie { apres, .. }] = &heard(&mut feed, 1).await[..] else { panic!() };
    assert_eq!(apres.get(), 109);
    let berthe = heard(&mut told(berthe).await, 2).await;
    assert!(matches!(berthe[0], Notification::NiveauAtteint { .. }), "{berthe:?}");
    node.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_told_of_the_world_but_not_of_its_operators() {
    let partie = Partie::open().await;
    let node = partie.node();
    let fin = MondeCommand::AnnulerEvenement {
        evenement: crate::monde::fixtures::evenement(1),
        intervention: intervention(),
    };
    for command in [apparait(1), vainc(1, 1), declenche(1, 10), progresse(1, &[(1, 3)]), fin] {
        partie.terrain.engine.execute(MondeId::UNIQUE, command).await.unwrap();
    }
    let all = from_the_start(&partie.feeds(), &Annonces::new().monde(), 5).await;
    assert!(matches!(all[0], NouvelleDuMonde::BossApparu { .. }), "{all:?}");
    assert!(matches!(all[1], NouvelleDuMonde::BossVaincu { .. }), "{all:?}");
    let progres = &all[3];
    assert!(
        matches!(
            progres,
            NouvelleDuMonde::EvenementMondialProgresse { progres: 3, requis: 10, .. }
        ),
        "{progres:?}"
    );
    let text = serde_json::to_string(&all).unwrap();
    assert!(!text.contains("Brune") && !text.contains("essai"), "{text}");
    node.stop().await.unwrap();
}

fn parole(texte: &str) -> Parole {
    Parole {
        joueur_id: JoueurId::generate(),
        pseudo: "Alba".into(),
        texte: Propos::new(texte).unwrap(),
        dite_a: Utc::now().trunc_subsecs(3),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_in_a_zone_is_heard_there_and_nowhere_else() {
    let partie = Partie::open().await;
    let salon = Salon::new(partie.bus());
    let (mut here, mut elsewhere) = (salon.ecouter(zone(1)), salon.ecouter(zone(2)));
    assert!(here.pret().await && elsewhere.pret().await);
    let (first, second) = (parole("Qui vient aux mines ?"), parole("Moi !"));
    salon.dire(zone(1), &first).await.unwrap();
    salon.dire(zone(2), &second).await.unwrap();
    let hear = async |ear: &mut aether_game::live::annonces::Ecoute| {
        within_deadline("something is said", ear.suivante()).await.unwrap()
    };
    assert_eq!(hear(&mut here).await, first);
    assert_eq!(hear(&mut elsewhere).await, second);
    // another program sends what nobody could say
    let hidden = r#"{"joueurId":"00000000-0000-0000-0000-000000000001","pseudo":"X","texte":"a\u202eb","diteA":"2026-01-01T00:00:00Z"}"#;
    let hidden: Json = serde_json::from_str(hidden).unwrap();
    let channel = format!("zone:{}:chat", zone(1));
    partie.bus().publish(&[Notice::passing(channel, hidden)]).await.unwrap();
    salon.dire(zone(1), &second).await.unwrap();
    assert_eq!(hear(&mut here).await, second);
}
