//! A combat that goes on by itself, and what the log has of it.

use aether_core::backend::EventStore as _;
use aether_core::log::Load;
use aether_core::{Aggregate as _, Engine};
use aether_game::bots::{Rosters, Tactic};
use aether_game::combat::{Combat, CombatCommand, CombatEvent, CombatId, EvenementVu, Spectateur};

pub(crate) struct Joust {
    engine: Engine,
    pub(crate) id: CombatId,
}

impl Joust {
    pub(crate) async fn begin(engine: &Engine, seed: u64) -> Self {
        let (id, roster) = Rosters::new(seed).next_combat();
        let begin = CombatCommand::Demarrer(Box::new(roster));
        engine.execute(id, begin).await.unwrap();
        Self { engine: engine.clone(), id }
    }

    pub(crate) fn channel(&self) -> String {
        format!("combat:{}", self.id)
    }

    /// Plays a turn; false when it is over.
    pub(crate) async fn turn(&self) -> bool {
        let combat = self.engine.load::<Combat>(self.id).await.unwrap().state.clone();
        let Some(active) = combat.participant_actif() else { return false };
        let tactic = Tactic::suited_to(combat.participant(active).unwrap().fiche);
        // the process that begins turns may have come first
        let _ = self.engine.execute(self.id, tactic.choose(&combat, active)).await;
        true
    }

    pub(crate) async fn to_the_end(&self) {
        while self.turn().await {}
    }

    /// What guests may see of it, with the positions.
    pub(crate) async fn log(&self) -> Vec<(u64, EvenementVu)> {
        let stream = Combat::stream(self.id);
        let history = self.engine.store().load(Load::stream(stream)).await.unwrap();
        let seen = history.events.iter().map(|event| {
            let fact = event.decode::<CombatEvent>().unwrap().vu_par(&Spectateur::invite());
            (event.position.get(), fact)
        });
        seen.collect()
    }
}

/// The position that a place begins with.
pub(crate) fn position(place: &serde_json::Value) -> u64 {
    let text = place.as_str().unwrap();
    text.split('.').next().unwrap().parse().unwrap()
}
