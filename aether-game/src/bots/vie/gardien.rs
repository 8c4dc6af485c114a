//! The keeper of a world in which bots live: what operators do there. He begins events of the world, and fills shops.

use aether_core::command::AtomicExecuted;
use aether_core::{Aggregate, Context, Engine, Error, ExecuteError};

use crate::monde::{Monde, MondeCommand};
use crate::pnj::{Article, Pnj, PnjCommand};
use crate::values::{EvenementId, Intervention, MondeId};
use crate::world::choix::{evenements, pnj};
use crate::world::{Hasard, World, fondateur};

/// Most events of the world that are on at once.
const EVENEMENTS_MAX: usize = 2;

/// Looks after a world. One for each world is enough; several do no harm.
#[derive(Debug)]
pub struct Gardien {
    engine: Engine,
    world: World,
    hasard: Hasard,
    /// Events that he has begun; some have ended.
    evenements: Vec<EvenementId>,
}

impl Gardien {
    /// The keeper of this world.
    #[must_use]
    pub fn new(engine: &Engine, world: &World, seed: u64) -> Self {
        let hasard = Hasard::new(seed ^ 0x6761_7264);
        Self { engine: engine.clone(), world: world.clone(), hasard, evenements: Vec::new() }
    }

    /// Begins an event that asks for little and lasts for a minute, if fewer than two are on, and fills up an article of a shop.
    ///
    /// # Errors
    ///
    /// Those of the [engine](Engine::execute). A transient one may be followed by another try.
    pub async fn veiller(&mut self) -> Result<(), Error> {
        let monde = self.engine.find::<Monde>(MondeId::UNIQUE).await?.unwrap_or_default();
        self.evenements.retain(|it| monde.state.evenement(*it).is_some());
        if monde.state.evenements().count() < EVENEMENTS_MAX {
            let id = EvenementId::new(self.hasard.uuid(self.engine.now()));
            let voulu = (id, 60, evenements::requis(&mut self.hasard));
            let choisi = evenements::evenement(self.world.catalogue(), voulu, &mut self.hasard);
            if let Some(demande) = choisi {
                self.execute(MondeId::UNIQUE, MondeCommand::DeclencherEvenement(demande)).await?;
                self.evenements.push(id);
            }
        }
        self.reapprovisionne().await
    }

    async fn reapprovisionne(&mut self) -> Result<(), Error> {
        let Some(id) = pnj::un_marchand(self.world.catalogue(), &mut self.hasard) else {
            return Ok(());
        };
        let pnj = self.engine.find::<Pnj>(id).await?.unwrap_or_default();
        let courts = pnj.state.articles().filter(pnj::manque);
        let courts: Vec<Article> = courts.collect();
        let Some(article) = self.hasard.pick(&courts).copied() else { return Ok(()) };
        let commande = PnjCommand::Reapprovisionner {
            item_id: article.item_id,
            stock: self.hasard.between(20, 60),
            intervention: fondateur("livraison de la capitale"),
        };
        self.execute(id, commande).await
    }

    /// Ends the events that he has begun.
    ///
    /// # Errors
    ///
    /// As [`veiller`](Self::veiller).
    pub async fn fermer(&mut self) -> Result<(), Error> {
        while let Some(evenement) = self.evenements.last().copied() {
            let intervention: Intervention = fondateur("maintenance des serveurs");
            let annuler = MondeCommand::AnnulerEvenement { evenement, intervention };
            self.execute(MondeId::UNIQUE, annuler).await?;
            self.evenements.pop();
        }
        Ok(())
    }

    /// What a rule refuses has been done by the players or the processes meanwhile.
    async fn execute<A: Aggregate>(
        &self,
        id: impl aether_core::command::IdOf<A>,
        command: impl Into<A::Command>,
    ) -> Result<(), Error> {
        let unit = self.engine.atomic(Context::new()).command(id, command);
        match unit.commit().await.map(|_: AtomicExecuted| ()) {
            Err(ExecuteError::Store(error)) => Err(error),
            _ => Ok(()),
        }
    }
}
