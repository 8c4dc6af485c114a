//! A bot, from its birth to the day when it stops.

use aether_core::{Context, Engine, Error};
use uuid::Uuid;

use super::bilan::Bilan;
use super::memoire::Memoire;
use super::moteur::{Acte, Arret, Etat, Naissance};
use super::place::Place;
use super::reglages::Reglages;
use crate::combat::CombatId;
use crate::inventaire::Inventaire;
use crate::joueur::{Classe, Joueur, JoueurCommand, NouveauJoueur, creer};
use crate::values::{InventaireId, ItemId, JoueurId, Pseudo, TransactionId};
use crate::world::choix::{Habitudes, Verbe, sac};
use crate::world::gestes::doter;
use crate::world::{Catalogue, Hasard, World, nom_du_joueur};

/// How many kinds of acts a bot looks for something to do in, in a step.
const ESSAIS: usize = 6;

/// A player that nobody plays. Dropping it takes it off the square; the player stays.
pub struct Bot {
    pub(super) engine: Engine,
    pub(super) world: World,
    pub(super) place: Place,
    pub(super) reglages: Reglages,
    pub(super) id: JoueurId,
    pub(super) pseudo: Pseudo,
    pub(super) habitudes: Habitudes,
    pub(super) hasard: Hasard,
    pub(super) memoire: Memoire,
    pub(super) bilan: Bilan,
    /// What it is about to do.
    pub(super) verbe: Option<Verbe>,
}

impl std::fmt::Debug for Bot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { id, pseudo, .. } = self;
        f.debug_struct("Bot").field("id", id).field("pseudo", pseudo).finish_non_exhaustive()
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.place.sort(self.id);
    }
}

/// What a step was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pas {
    /// An act was done.
    Fait(Verbe),
    /// A turn of a combat was played.
    Coup,
    /// It is somebody else's turn in its combat, or the combat is over and lets it go soon: a step later may find more.
    Attente,
    /// A rule refused what it wanted.
    Refuse,
    /// There was nothing to do of the kinds that came to its mind.
    Rien,
}

impl Bot {
    /// A player is born: the name and the player in one append, then what a beginner gets. Players of a world have numbers; each number has
    /// a name of its own.
    ///
    /// # Errors
    ///
    /// See [`Naissance`].
    pub async fn naitre(
        engine: &Engine,
        world: &World,
        numero: u32,
        place: &Place,
        reglages: Reglages,
    ) -> Result<Self, Naissance> {
        let (username, pseudo) = nom_du_joueur(numero).ok_or(Naissance::SansNom(numero))?;
        let mut graines = Hasard::new(reglages.seed);
        let mut hasard = Hasard::new(graines.seed() ^ u64::from(numero).rotate_left(32));
        let id = JoueurId::new(hasard.uuid(engine.now()));
        let classe = hasard.pick(Classe::ALL).copied().unwrap_or(Classe::Guerrier);
        let habitudes = reglages.habitudes.clone();
        let mut bot = Self {
            engine: engine.clone(),
            world: world.clone(),
            place: place.clone(),
            reglages,
            id,
            pseudo: pseudo.clone(),
            habitudes: habitudes.unwrap_or_else(|| Habitudes::au_hasard(&mut hasard)),
            hasard,
            memoire: Memoire::default(),
            bilan: Bilan::default(),
            verbe: None,
        };
        match bot.nait(NouveauJoueur { username, pseudo, classe }).await {
            Ok(()) => Ok(bot),
            Err(Arret::Panne(error)) => Err(error.into()),
            Err(Arret::Refuse(code)) => Err(Naissance::Refusee { numero, code }),
            Err(Arret::Rien) => Err(Naissance::SansNom(numero)),
        }
    }

    async fn nait(&mut self, nouveau: NouveauJoueur) -> Acte {
        let classe = nouveau.classe;
        let naissance = creer(&self.engine, Context::new(), self.id, nouveau);
        self.commet(naissance).await?;
        let dotation = sac::dotation(self.world.catalogue(), classe);
        let dotation = doter(&self.engine, Context::new(), self.id, dotation);
        self.commet(dotation).await?;
        self.execute(self.id, JoueurCommand::Connecter).await?;
        self.place.entre(self.id);
        // gold that does not fit waits there, whatever it is for
        self.memoire.livres.insert(ItemId::AUCUN);
        Ok(())
    }

    /// Takes a step: a turn of the combat that it is in, or else something that it likes to do.
    ///
    /// # Errors
    ///
    /// Those of the [engine](Engine::execute). A transient one may be followed by another step; what the failed one sent may have happened.
    pub async fn agir(&mut self) -> Result<Pas, Error> {
        let pas = self.pas().await;
        self.verbe = None;
        Self::issue(pas)
    }

    /// Begins nothing new: plays its combat to the end, then withdraws its orders and offers. [`Pas::Rien`] says that nothing is left.
    ///
    /// # Errors
    ///
    /// As [`agir`](Self::agir).
    pub async fn finir(&mut self) -> Result<Pas, Error> {
        let pas = match self.en_combat().await {
            Ok(Some(combat)) => self.joue(combat).await,
            Ok(None) => self.se_retire().await,
            Err(arret) => Err(arret),
        };
        self.verbe = None;
        Self::issue(pas)
    }

    fn issue(pas: Acte<Pas>) -> Result<Pas, Error> {
        match pas {
            Ok(pas) => Ok(pas),
            Err(Arret::Rien) => Ok(Pas::Rien),
            Err(Arret::Refuse(_)) => Ok(Pas::Refuse),
            Err(Arret::Panne(error)) => Err(error),
        }
    }

    async fn pas(&mut self) -> Acte<Pas> {
        if let Some(combat) = self.en_combat().await? {
            return self.joue(combat).await;
        }
        let mut pas = Pas::Rien;
        for _ in 0..ESSAIS {
            let sac = self.sac().await?;
            let verbe = self.habitudes.prochain(&sac.state, &mut self.hasard).ok_or(Arret::Rien)?;
            match self.fait(verbe).await {
                Ok(()) => return Ok(Pas::Fait(verbe)),
                Err(Arret::Panne(error)) => return Err(error.into()),
                Err(Arret::Refuse(_)) => pas = Pas::Refuse,
                Err(Arret::Rien) => {}
            }
        }
        Ok(pas)
    }

    /// Does one thing of a kind, if there is any.
    ///
    /// # Errors
    ///
    /// As [`agir`](Self::agir).
    pub async fn accomplir(&mut self, verbe: Verbe) -> Result<Pas, Error> {
        let pas = self.fait(verbe).await.map(|()| Pas::Fait(verbe));
        self.verbe = None;
        Self::issue(pas)
    }

    async fn fait(&mut self, verbe: Verbe) -> Acte {
        self.verbe = Some(verbe);
        self.acte(verbe).await?;
        *self.bilan.actes.entry(verbe).or_default() += 1;
        Ok(())
    }

    /// Who it is.
    #[must_use]
    pub const fn joueur_id(&self) -> JoueurId {
        self.id
    }

    /// What it has done so far.
    #[must_use]
    pub const fn bilan(&self) -> &Bilan {
        &self.bilan
    }

    async fn en_combat(&self) -> Acte<Option<CombatId>> {
        Ok(self.joueur().await?.state.combat())
    }

    pub(super) async fn joueur(&self) -> Acte<Etat<Joueur>> {
        self.etat(self.id).await
    }

    pub(super) async fn sac(&self) -> Acte<Etat<Inventaire>> {
        self.etat(self.sac_id()).await
    }

    pub(super) fn sac_id(&self) -> InventaireId {
        InventaireId::du_joueur(self.id)
    }

    pub(super) fn catalogue(&self) -> &Catalogue {
        self.world.catalogue()
    }

    pub(super) fn uuid(&mut self) -> Uuid {
        self.hasard.uuid(self.engine.now())
    }

    pub(super) fn transaction(&mut self) -> TransactionId {
        TransactionId::new(self.uuid())
    }
}
