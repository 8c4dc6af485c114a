//! The state of the world, in `world:state`.

use aether_redis::{Entity, GuardedWrite, KeySpace, RedisClient, Result};
use serde::{Deserialize, Serialize};

use crate::live::cache::Cachee;
use crate::live::fields::Fields;
use crate::live::keys::MondeKeys;
use crate::monde::{Facteur, Monde, Saison};

/// What is shown of the world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveMonde {
    /// The hour of the day, `0..=23`; none before the clock was moved.
    pub cycle_jour_nuit: Option<u8>,
    /// The season.
    pub saison: Option<Saison>,
    /// The day of the season, `1..=30`.
    pub jour_saison: Option<u8>,
    /// What things cost and how much there is of them, in percent, in the order of [`Facteur::ALL`].
    pub facteurs: Vec<(Facteur, u16)>,
}

impl From<&Monde> for LiveMonde {
    fn from(monde: &Monde) -> Self {
        let moment = monde.moment();
        Self {
            cycle_jour_nuit: moment.map(|it| it.heure),
            saison: moment.map(|it| it.saison),
            jour_saison: moment.map(|it| it.jour_saison),
            facteurs: Facteur::ALL.iter().map(|it| (*it, monde.facteur(*it))).collect(),
        }
    }
}

impl Cachee for LiveMonde {
    fn entity(keys: &KeySpace, _: &str) -> Entity {
        MondeKeys::new(keys).state_entity()
    }

    fn write(&self, entity: &Entity, write: GuardedWrite) -> GuardedWrite {
        let text = |it: Option<u8>| it.map(|it| it.to_string()).unwrap_or_default();
        let moment = [
            ("cycle_jour_nuit", text(self.cycle_jour_nuit)),
            ("saison", self.saison.map(|it| it.to_string()).unwrap_or_default()),
            ("jour_saison", text(self.jour_saison)),
        ];
        let facteurs = self.facteurs.iter().map(|(it, percent)| (it.as_str(), percent.to_string()));
        write.hash(entity.root(), moment.into_iter().chain(facteurs))
    }

    async fn read(client: &RedisClient, entity: &Entity) -> Result<Self> {
        let fields = Fields(client.hash(&entity.root()).await?);
        let facteurs = Facteur::ALL.iter().map(|it| Ok((*it, fields.get(it.as_str())?)));
        Ok(Self {
            cycle_jour_nuit: fields.optional("cycle_jour_nuit")?,
            saison: fields.optional("saison")?,
            jour_saison: fields.optional("jour_saison")?,
            facteurs: facteurs.collect::<Result<_>>()?,
        })
    }
}
