//! Boards say what the list and the log say.

use std::collections::BTreeMap;

use aether_core::backend::EventStore as _;
use aether_core::log::{Append, ExpectedVersion, NewEvent};
use aether_core::projection::ProjectionSettings;
use aether_core::uuid::Uuid;
use aether_core::{Aggregate as _, EventId, Node, Projection as _};
use aether_game::joueur::{Joueur, JoueurCommand, JoueurEvent, RaisonExperience};
use aether_game::live::classements::{
    ARENA, GUILD, LEVEL, LevelBoardProjection, XP_MAX, level_score,
};
use aether_game::queries;
use aether_game::read_models::{CoteArene, PlayerProjection, verify_arene};
use aether_game::values::{Experience, JoueurId};
use aether_realtime::leaderboard::{Board, Leaderboards as _, Standing};
use aether_redis::RedisLeaderboards;
use aether_testkit::eventually;
use chrono::Utc;

use super::fixtures::Partie;
use crate::joueur::fixtures::gagne;
use crate::joueur::proprietes::commands;
use crate::read_models::arene::fights;
use crate::read_models::fixtures::drawn;

/// Who, under which name, with which score: the first one first.
pub(crate) type Ordre = Vec<(Uuid, String, i64)>;

impl Partie {
    /// A board as Redis has it.
    pub(crate) async fn board(&self, board: &Board) -> Ordre {
        let boards = RedisLeaderboards::new(self.client.clone(), self.keys.clone());
        let top = boards.open(board).top(1000).await.unwrap();
        top.into_iter().map(|it| (it.member, it.name, it.score)).collect()
    }

    /// The board of levels as a fold of the log has it.
    pub(crate) async fn levels_folded(&self) -> Ordre {
        let mut joueurs: BTreeMap<Uuid, Joueur> = BTreeMap::new();
        for event in self.terrain.events().await {
            if event.stream().aggregate_type == Joueur::TYPE {
                let joueur = joueurs.entry(event.aggregate_id.as_uuid()).or_default();
                joueur.apply(&event.decode().unwrap());
            }
        }
        let line = |(id, joueur): (Uuid, Joueur)| {
            let pseudo = joueur.identite().unwrap().pseudo.clone();
            (id, pseudo, level_score(joueur.niveau(), joueur.experience()))
        };
        let mut order: Ordre = joueurs.into_iter().map(line).collect();
        order.sort_by_key(|(id, _, score)| std::cmp::Reverse((*score, *id)));
        order
    }

    /// The board of levels as the table has it.
    async fn levels_listed(&self) -> Ordre {
        self.terrain.project(PlayerProjection, 1000).await;
        let ranking = queries::classement(&self.terrain.pool, None, 1000).await.unwrap();
        let line = |it: queries::Rang| {
            (it.joueur_id.as_uuid(), it.pseudo, level_score(it.niveau, it.experience))
        };
        ranking.into_iter().map(line).collect()
    }

    /// The board of the arena as the table has it.
    pub(crate) async fn arena_listed(&self) -> Ordre {
        let ranking = queries::classement_arene(&self.terrain.pool, None, 1000).await.unwrap();
        let line = |it: CoteArene| (it.joueur_id.as_uuid(), it.nom, it.cote.into());
        ranking.into_iter().map(line).collect()
    }

    async fn project_levels(&self, batch_size: u32) {
        let settings = ProjectionSettings::default().batch_size(batch_size);
        let node = Node::builder(&self.terrain.engine)
            .projection(self.models.clone(), LevelBoardProjection.with(settings))
            .start()
            .unwrap();
        self.settle(&node).await;
        node.stop().await.unwrap();
    }

    async fn around(&self, joueur: JoueurId, reach: u32) -> Vec<Standing> {
        let boards = RedisLeaderboards::new(self.client.clone(), self.keys.clone());
        boards.open(&LEVEL).around(joueur.into(), reach).await.unwrap()
    }
}

/// Brings no more experience than scores tell apart.
fn plausible(command: &JoueurCommand) -> bool {
    let JoueurCommand::GagnerExperience { montant, .. } = command else { return true };
    montant.get() < XP_MAX / 1000
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_the_table_and_the_log_order_players_alike() {
    let partie = Partie::open().await;
    let ids = partie.joueurs(["Alba", "Berthe", "Colas", "Denise", "Edmond", "Fleur"]).await;
    for (number, joueur) in ids.into_iter().enumerate() {
        let asked = drawn(commands(), 60 * (number + 1)).split_off(60 * number);
        partie.terrain.live(joueur, asked.into_iter().filter(plausible)).await;
    }
    // three who stand alike, at the beginning
    partie.joueurs(["Gaspard", "Hermine", "Isidore"]).await;
    partie.project_levels(7).await;
    let board = partie.board(&LEVEL).await;
    assert_eq!(board, partie.levels_folded().await);
    assert_eq!(board, partie.levels_listed().await);
    let ties = board.windows(2).filter(|pair| pair[0].2 == pair[1].2).count();
    assert!(ties >= 2, "{board:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_added_changes_nothing_and_the_second_sees_the_first() {
    let partie = Partie::open().await;
    let [alba, berthe, colas] = partie.joueurs(["Alba", "Berthe", "Colas"]).await;
    partie.demande(alba, gagne(150)).await;
    partie.demande(berthe, gagne(150)).await;
    partie.demande(colas, gagne(90)).await;
    partie.project_levels(1000).await;
    let before = partie.board(&LEVEL).await;
    add_nothing(&partie, alba).await;
    partie.project_levels(1000).await;
    assert_eq!(partie.board(&LEVEL).await, before);

    let [first, second] = if alba > berthe { [alba, berthe] } else { [berthe, alba] };
    let around: Vec<_> =
        partie.around(second, 1).await.iter().map(|it| (it.rank, it.member)).collect();
    assert_eq!(around, [(1, first.into()), (2, second.into()), (3, colas.into())]);
}

/// An event that no command leads to.
async fn add_nothing(partie: &Partie, joueur: JoueurId) {
    let total = Experience::fixe::<150>();
    let nothing = JoueurEvent::ExperienceGagnee {
        montant: Experience::ZERO,
        avant: total,
        apres: total,
        raison: RaisonExperience::Combat,
    };
    let event = NewEvent::encode(&nothing, EventId::new(Uuid::now_v7()), Utc::now()).unwrap();
    let stream = Joueur::stream(joueur);
    let append = Append::to(stream, ExpectedVersion::Any, vec![event]);
    partie.terrain.store.append(append).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn experience_counts_once_however_often_and_late_it_comes() {
    let partie = Partie::open().await;
    let [alba, _] = partie.joueurs(["Alba", "Berthe"]).await;
    for xp in [40, 30, 90, 1, 700, 20] {
        partie.demande(alba, gagne(xp)).await;
    }
    let folded = partie.levels_folded().await;
    partie.deliver(&LevelBoardProjection, |events| events.reverse()).await;
    assert_eq!(partie.board(&LEVEL).await, folded);
    partie.deliver(&LevelBoardProjection, |_| {}).await;
    assert_eq!(partie.board(&LEVEL).await, folded);
}

#[tokio::test(flavor = "multi_thread")]
async fn experience_beyond_what_a_score_holds_stops_no_board() {
    let partie = Partie::open().await;
    let [alba, berthe] = partie.joueurs(["Alba", "Berthe"]).await;
    partie.demande(alba, gagne(i64::MAX.unsigned_abs() - 5)).await;
    partie.demande(alba, gagne(5)).await;
    partie.demande(berthe, gagne(3)).await;
    partie.project_levels(1).await;
    let board = partie.board(&LEVEL).await;
    assert_eq!(board, partie.levels_folded().await);
    assert_eq!(board.len(), 2);
}

#[tokio::test]
async fn the_board_of_guilds_is_there_and_empty() {
    let partie = Partie::open().await;
    assert!(partie.board(&GUILD).await.is_empty());
    assert_eq!(
        partie.keys.leaderboard(GUILD.name()).ranking(),
        partie.keys.key("leaderboard:guild")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_of_the_arena_is_what_the_table_says_and_comes_back_after_a_flush() {
    let partie = Partie::open_alone().await;
    fights(&partie.terrain, 9, 12).await;
    let node = partie.node();
    partie.settle(&node).await;
    let listed = partie.arena_listed().await;
    assert!(listed.len() > 4);
    assert_eq!(partie.board(&ARENA).await, listed);
    partie.flush();
    fights(&partie.terrain, 10, 6).await;
    partie.settle(&node).await;
    let listed = partie.arena_listed().await;
    eventually("the board is back", async || (partie.board(&ARENA).await == listed).then_some(()))
        .await;
    assert!(verify_arene(&partie.terrain.store).await.unwrap().is_equal());
    node.stop().await.unwrap();
}
