//! The live state in Redis says what the events say.

use std::time::Duration;

use aether_core::backend::{Checkpoints as _, EventStore as _, ReadModels as _, Step};
use aether_core::log::{Load, Read};
use aether_core::memory::MemoryStore;
use aether_core::projection::{ProjectionSettings, Shard};
use aether_core::time::SeededRandom;
use aether_core::uuid::Uuid;
use aether_core::{Aggregate as _, Engine, Filter, Node, Position, Projection as _, Recorded};
use aether_game::combat::{
    Action, Camp, Ciblage, Combat, CombatCommand, CombatId, Competence, CompetenceId, Conditions,
    Cout, Demarrer, EtatCombat, Participant, ParticipantId, Pouvoir, Recompenses, Resistances,
    StatsCombat, TypeCombat, TypeDegats, TypeEffet, TypeEntite, ZoneId,
};
use aether_game::live::{
    COMBAT_LIFETIME, CombatKeys, LiveCombat, LiveCombatProjection, ZoneKeys, active_combats,
};
use aether_redis::{KeySpace, RedisClient, RedisReadModels};

use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

struct Arena {
    engine: Engine,
    store: MemoryStore,
    client: RedisClient,
    keys: KeySpace,
}

impl Arena {
    async fn open() -> Self {
        let redis = aether_servers::shared_redis().await.unwrap();
        let store = MemoryStore::new();
        Self {
            engine: Engine::builder(store.clone()).random(SeededRandom::new(1)).build(),
            store,
            client: RedisClient::connect(redis.url()).await.unwrap(),
            keys: KeySpace::with_prefix(redis.prefix()).unwrap(),
        }
    }

    fn project(&self) -> Node {
        let models = RedisReadModels::new(self.client.clone(), self.keys.clone());
        let settings = ProjectionSettings::default().batch_size(7);
        Node::builder(&self.engine)
            .projection(models, LiveCombatProjection.with(settings))
            .start()
            .unwrap()
    }

    /// Plays a combat for `turns` turns or to its end; returns where the log has come to.
    async fn play(&self, id: CombatId, zone: ZoneId, rng: &mut SmallRng, turns: u32) -> Position {
        let start = CombatCommand::Demarrer(Box::new(demarrer(zone, rng)));
        let mut executed = self.engine.execute(id, start).await.unwrap();
        let mut position = executed.position().unwrap();
        for _ in 0..turns {
            let Some(acteur) = executed.state().participant_actif() else { break };
            let action = any_action(executed.state(), acteur, rng);
            let act = CombatCommand::Agir { acteur, action };
            executed = match self.engine.execute(id, act).await {
                Ok(executed) => executed,
                Err(error) if error.rejection().is_some() => {
                    let pass = CombatCommand::PasserTour { acteur };
                    self.engine.execute(id, pass).await.unwrap()
                }
                Err(error) => panic!("{error:?}"),
            };
            position = executed.position().unwrap();
        }
        position
    }

    async fn folded(&self, id: CombatId) -> LiveCombat {
        let history = self.store.load(Load::stream(Combat::stream(id))).await.unwrap();
        LiveCombat::fold(id, &history.events).unwrap().unwrap()
    }

    async fn live(&self, id: CombatId) -> Option<LiveCombat> {
        LiveCombat::load(&self.client, &self.keys, id).await.unwrap()
    }
}

fn combat(n: u128) -> CombatId {
    CombatId::from(Uuid::from_u128(n))
}

fn zone(n: u128) -> ZoneId {
    ZoneId::new(Uuid::from_u128(1000 + n))
}

/// Three against three, with every kind of effect among their skills.
fn demarrer(zone_id: ZoneId, rng: &mut SmallRng) -> Demarrer {
    let participants = (0..6).map(|n| participant(n, rng)).collect();
    Demarrer {
        type_combat: if rng.random_bool(0.5) { TypeCombat::Arene } else { TypeCombat::Pve },
        zone_id,
        zone_nom: "Valombre".into(),
        participants,
        conditions: Conditions { limite_tours: 80, ..Conditions::default() },
        duree_tour_ms: Demarrer::DUREE_TOUR_MS,
        recompenses: Recompenses::default(),
    }
}

fn participant(n: u32, rng: &mut SmallRng) -> Participant {
    let (mp, hp) = (rng.random_range(20..60), rng.random_range(40..90));
    let competence = |(index, &type_effet): (usize, &TypeEffet)| Competence {
        competence_id: CompetenceId::new(Uuid::from_u128(index as u128)),
        nom: type_effet.to_string(),
        ciblage: if type_effet.est_debuff() { Ciblage::Ennemi } else { Ciblage::Allie },
        portee: 50,
        cout: Cout { mp: 2, stamina: 0 },
        cooldown_tours: 2,
        pouvoirs: vec![
            Pouvoir::Effet { type_effet, puissance: 6, duree_tours: 2, chance: 80 },
            match type_effet.est_debuff() {
                true => Pouvoir::Degats { type_degats: TypeDegats::Feu, puissance: 8 },
                false => Pouvoir::Dissipation,
            },
        ],
    };
    Participant {
        participant_id: ParticipantId::new(Uuid::from_u128(rng.random())),
        entite_id: Uuid::from_u128(n.into()).into(),
        type_entite: TypeEntite::Joueur,
        camp: if n.is_multiple_of(2) { Camp::Allies } else { Camp::Adversaires },
        nom: format!("Combattant {n}"),
        niveau: 5,
        initiative: rng.random_range(1..6),
        position: rng.random_range(40..60),
        hp,
        hp_max: hp + 10,
        mp,
        mp_max: 60,
        stamina: 40,
        stamina_max: 40,
        stats: StatsCombat {
            force: 14,
            dexterite: 10,
            intelligence: 20,
            armure: 2,
            critique: 20,
            esquive: 10,
            portee: 8,
        },
        resistances: Resistances::default(),
        competences: TypeEffet::ALL.iter().enumerate().map(competence).collect(),
        objets: Vec::new(),
    }
}

fn any_action(combat: &Combat, acteur: ParticipantId, rng: &mut SmallRng) -> Action {
    let all: Vec<ParticipantId> = combat.participants().map(|vue| vue.id()).collect();
    let cible = all[rng.random_range(0..all.len())];
    let competences = &combat.participant(acteur).unwrap().fiche.competences;
    match rng.random_range(0..10) {
        0 => Action::Defense,
        1 => Action::Fuite,
        2 => Action::Deplacement { vers: rng.random_range(40..60) },
        3..7 => Action::Competence {
            competence_id: competences[rng.random_range(0..competences.len())].competence_id,
            cibles: vec![cible],
        },
        _ => Action::Attaque { cible },
    }
}

#[tokio::test]
async fn the_live_state_is_what_the_events_say() {
    let arena = Arena::open().await;
    let node = arena.project();
    let mut rng = SmallRng::seed_from_u64(7);
    let mut ended = 0;
    for n in 0..40 {
        let turns = if n % 4 == 0 { 5 } else { 200 };
        let position = arena.play(combat(n), zone(n % 3), &mut rng, turns).await;
        node.wait_for_all(position).await.unwrap();
        let expected = arena.folded(combat(n)).await;
        ended += u32::from(expected.etat != EtatCombat::EnCours);
        assert_eq!(arena.live(combat(n)).await.as_ref(), Some(&expected), "combat {n}");
    }
    assert!(ended > 10, "only {ended} combats were fought to their end");
    node.stop().await.unwrap();
}

#[tokio::test]
async fn every_prefix_of_a_combat_is_seen_as_it_was() {
    let arena = Arena::open().await;
    let mut rng = SmallRng::seed_from_u64(11);
    arena.play(combat(1), zone(1), &mut rng, 60).await;
    let models = RedisReadModels::new(arena.client.clone(), arena.keys.clone());
    let shard = Shard::whole("live_combat");
    let mut from = models.claim(&shard, 1).await.unwrap().checkpoint;
    let events = arena.store.read(Read::all().filter(Filter::all())).await.unwrap().events;
    for (index, event) in events.iter().enumerate() {
        let mut tx = models.begin().await.unwrap();
        let shown = Recorded::read(event.clone()).unwrap().unwrap();
        LiveCombatProjection.project(&[shown], &mut tx).await.unwrap();
        let step = Step::new(from, event.position);
        from = models.commit(tx, &shard, step).await.unwrap();
        let expected = LiveCombat::fold(combat(1), &events[..=index]).unwrap();
        assert_eq!(arena.live(combat(1)).await, expected, "after {}", event.event_type);
    }
}

#[tokio::test]
async fn a_zone_lists_the_combats_that_go_on() {
    let arena = Arena::open().await;
    let node = arena.project();
    let mut rng = SmallRng::seed_from_u64(3);
    for n in 0..4 {
        arena.play(combat(n), zone(0), &mut rng, 500).await;
    }
    arena.play(combat(4), zone(0), &mut rng, 2).await;
    let end = arena.play(combat(5), zone(1), &mut rng, 2).await;
    node.wait_for_all(end).await.unwrap();
    let going_on = active_combats(&arena.client, &arena.keys, zone(0)).await.unwrap();
    assert_eq!(going_on.into_iter().collect::<Vec<_>>(), [combat(4)]);
    let key = ZoneKeys::new(&arena.keys, zone(0)).active_combats();
    let left = arena.client.time_to_live(&key).await.unwrap().unwrap();
    // ends are whole seconds, rounded up
    assert!(
        left > COMBAT_LIFETIME && left <= 2 * COMBAT_LIFETIME + Duration::from_secs(1),
        "{left:?}"
    );
    node.stop().await.unwrap();
}

#[tokio::test]
async fn every_action_renews_the_whole_combat_and_an_ended_one_keeps_no_effects() {
    let arena = Arena::open().await;
    let node = arena.project();
    let mut rng = SmallRng::seed_from_u64(5);
    let position = arena.play(combat(1), zone(1), &mut rng, 500).await;
    node.wait_for_all(position).await.unwrap();
    let keys = CombatKeys::new(&arena.keys, combat(1));
    let live = arena.live(combat(1)).await.unwrap();
    assert_ne!(live.etat, EtatCombat::EnCours);
    assert!(live.recent_actions.len() <= 20);
    for participant in &live.participants {
        let id = participant.participant_id;
        assert!(!participant.peut_agir && participant.effets.is_empty());
        let left = arena.client.time_to_live(&keys.participant(id)).await.unwrap().unwrap();
        assert!(left.as_secs() > 3500, "{left:?}");
    }
    node.stop().await.unwrap();
}

#[tokio::test]
async fn a_combat_that_is_not_there_is_absent() {
    let arena = Arena::open().await;
    assert_eq!(arena.live(combat(99)).await, None);
    assert!(active_combats(&arena.client, &arena.keys, zone(9)).await.unwrap().is_empty());
}
