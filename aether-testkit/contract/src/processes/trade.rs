//! A trade between two players: the process manager, and what it moves.

use std::time::Duration;

use aether_core::process::{Input, Outcome, Reaction, Route, Run};
use aether_core::{AggregateId, BoxError, EventSet, ProcessManager, Recorded};
use serde::{Deserialize, Serialize};

mod bourse;
mod ordre;
mod sac;

pub use bourse::{Bourse, BourseCommand, BourseEvent, BourseRefus};
pub use ordre::{Achat, Ordre, OrdreCommand, OrdreEvent, OrdreRefus, Vente};
pub use sac::{Sac, SacCommand, SacEvent, SacRefus};

/// Leads one sale: sets the seller's item and the buyer's gold aside, moves the item, moves the gold less
/// 5 % commission. Any failure gives everything back.
///
/// The aggregates know nothing of trades and recognise no repetition: gold that is paid twice is gone
/// twice. That each command is carried out once is up to the library.
#[derive(Debug, Clone, Copy, Default)]
pub struct TransactionMarche;

/// How far a sale has come.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Marche {
    vente: Option<Vente>,
    achat: Option<(AggregateId, Achat)>,
    objet: Place,
    or: Place,
    echec: Option<String>,
}

/// Where an item or gold is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Place {
    /// With its owner.
    #[default]
    Chez,
    /// On its way to be set aside.
    Demande,
    /// Set aside.
    Reserve,
    /// With its new owner.
    Remis,
}

/// What a sale can ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Mouvement {
    /// Sets the item aside.
    ReserverObjet(Vente),
    /// Sets the gold aside.
    ReserverOr(Achat),
    /// Moves the item to the buyer.
    LivrerObjet(Vente, Achat),
    /// Moves the gold to the seller, and the commission to the house.
    VerserOr(Vente, Achat),
    /// Gives the item back that was set aside.
    RendreObjet(Vente),
    /// Gives the gold back that was set aside.
    RendreOr(Achat),
    /// Takes the item back from the buyer.
    ReprendreObjet(Vente, Achat),
    /// Notes on an order that it was carried out.
    Executer(AggregateId),
    /// Notes on an order that it came to nothing.
    Annuler(AggregateId, String),
}

/// For how long a sale waits for its buyer.
pub const DELAI: Duration = Duration::from_hours(1);

type Ensuite<'a> = &'a mut Reaction<Mouvement>;

/// Of orders, what a trade begins with.
#[derive(Debug, Clone, Deserialize, EventSet)]
#[event(part_of = OrdreEvent)]
pub enum Annonces {
    /// Somebody sells.
    OrdreVenteCree(Vente),
    /// Somebody buys.
    OrdreAchatCree(Achat),
}

impl ProcessManager for TransactionMarche {
    type State = Marche;
    type Command = Mouvement;
    type Events = Annonces;

    fn name(&self) -> &'static str {
        "TransactionMarche"
    }

    fn route(&self, event: &Recorded<Annonces>) -> Route {
        match &event.event {
            Annonces::OrdreVenteCree(vente) => Route::to(vente.ordre),
            Annonces::OrdreAchatCree(achat) => Route::to(achat.vente),
        }
    }

    fn react(
        &self,
        marche: &mut Marche,
        input: Input<'_, Annonces, Mouvement>,
        then: Ensuite<'_>,
    ) -> Result<(), BoxError> {
        match input {
            Input::Event(event) => match event.event.clone() {
                Annonces::OrdreVenteCree(vente) => marche.ouvrir(vente, then),
                Annonces::OrdreAchatCree(achat) => marche.trouver(event.aggregate_id, achat, then),
            },
            Input::Timer(_) => marche.echouer("nobody bought it in time", then),
            Input::Done(mouvement) => marche.avancer(mouvement, then),
            Input::Refused { command, reason } => {
                marche.refuser(command);
                marche.echouer(reason, then);
            }
            _ => {}
        }
        Ok(())
    }

    async fn execute(&self, mouvement: &Mouvement, run: Run<'_>) -> Result<Outcome, BoxError> {
        mouvement.executer(run).await
    }
}

impl Marche {
    fn ouvrir(&mut self, vente: Vente, then: Ensuite<'_>) {
        self.objet = Place::Demande;
        then.send(Mouvement::ReserverObjet(vente.clone()));
        then.after("expiration", DELAI);
        self.vente = Some(vente);
    }

    fn trouver(&mut self, ordre: AggregateId, achat: Achat, then: Ensuite<'_>) {
        if self.echec.is_some() || self.achat.is_some() {
            then.send(Mouvement::Annuler(ordre, "the sale is over".to_owned()));
            return;
        }
        self.or = Place::Demande;
        then.send(Mouvement::ReserverOr(achat.clone()));
        self.achat = Some((ordre, achat));
    }

    fn avancer(&mut self, mouvement: &Mouvement, then: Ensuite<'_>) {
        match mouvement {
            Mouvement::ReserverObjet(_) => self.objet = Place::Reserve,
            Mouvement::ReserverOr(_) => self.or = Place::Reserve,
            Mouvement::LivrerObjet(vente, achat) => {
                self.objet = Place::Remis;
                then.send(Mouvement::VerserOr(vente.clone(), achat.clone()));
                return;
            }
            Mouvement::VerserOr(vente, _) => {
                then.send(Mouvement::Executer(vente.ordre));
                if let Some((ordre, _)) = &self.achat {
                    then.send(Mouvement::Executer(*ordre));
                }
                then.end();
                return;
            }
            _ => return,
        }
        if self.echec.is_some() {
            // it failed while this was on its way
            self.rendre(then);
        } else if let (Some(vente), Some((_, achat))) = (&self.vente, &self.achat)
            && (self.objet, self.or) == (Place::Reserve, Place::Reserve)
        {
            then.cancel("expiration");
            then.send(Mouvement::LivrerObjet(vente.clone(), achat.clone()));
        }
    }

    fn refuser(&mut self, mouvement: &Mouvement) {
        match mouvement {
            Mouvement::ReserverObjet(_) => self.objet = Place::Chez,
            Mouvement::ReserverOr(_) => self.or = Place::Chez,
            _ => {}
        }
    }

    fn echouer(&mut self, raison: &str, then: Ensuite<'_>) {
        if self.echec.is_none() {
            self.echec = Some(raison.to_owned());
            let achat = self.achat.as_ref().map(|(ordre, _)| *ordre);
            for ordre in self.vente.as_ref().map(|vente| vente.ordre).into_iter().chain(achat) {
                then.send(Mouvement::Annuler(ordre, raison.to_owned()));
            }
        }
        self.rendre(then);
    }

    /// Gives back what is here; ends when nothing is on its way any more.
    fn rendre(&mut self, then: Ensuite<'_>) {
        let achat = self.achat.as_ref().map(|(_, achat)| achat);
        if let Some(vente) = &self.vente {
            match (self.objet, achat) {
                (Place::Reserve, _) => then.send(Mouvement::RendreObjet(vente.clone())),
                (Place::Remis, Some(achat)) => {
                    then.send(Mouvement::ReprendreObjet(vente.clone(), achat.clone()));
                }
                _ => {}
            }
        }
        if let (Place::Reserve, Some(achat)) = (self.or, achat) {
            then.send(Mouvement::RendreOr(achat.clone()));
        }
        for place in [&mut self.objet, &mut self.or] {
            if *place != Place::Demande {
                *place = Place::Chez;
            }
        }
        if (self.objet, self.or) == (Place::Chez, Place::Chez) {
            then.end();
        }
    }
}

impl Mouvement {
    async fn executer(&self, run: Run<'_>) -> Result<Outcome, BoxError> {
        match self {
            Self::ReserverObjet(vente) => {
                run.command::<Sac>(vente.sac, SacCommand::Reserver(vente.objet)).await
            }
            Self::RendreObjet(vente) => {
                run.command::<Sac>(vente.sac, SacCommand::Rendre(vente.objet)).await
            }
            Self::ReserverOr(achat) => {
                run.command::<Bourse>(achat.bourse, BourseCommand::Reserver(achat.prix)).await
            }
            Self::RendreOr(achat) => {
                run.command::<Bourse>(achat.bourse, BourseCommand::Rendre(achat.prix)).await
            }
            Self::LivrerObjet(vente, achat) => {
                run.atomic()
                    .command::<Sac>(vente.sac, SacCommand::Remettre(vente.objet))
                    .command::<Sac>(achat.sac, SacCommand::Recevoir(vente.objet))
                    .commit()
                    .await
            }
            Self::ReprendreObjet(vente, achat) => {
                run.atomic()
                    .command::<Sac>(achat.sac, SacCommand::Ceder(vente.objet))
                    .command::<Sac>(vente.sac, SacCommand::Recevoir(vente.objet))
                    .commit()
                    .await
            }
            Self::VerserOr(vente, achat) => {
                let commission = achat.prix * 5 / 100;
                let recette = BourseCommand::Recevoir(achat.prix - commission);
                run.atomic()
                    .command::<Bourse>(achat.bourse, BourseCommand::Verser(achat.prix))
                    .command::<Bourse>(vente.bourse, recette)
                    .command::<Bourse>(vente.maison, BourseCommand::Recevoir(commission))
                    .commit()
                    .await
            }
            Self::Executer(ordre) => run.command::<Ordre>(*ordre, OrdreCommand::Executer).await,
            Self::Annuler(ordre, raison) => {
                run.command::<Ordre>(*ordre, OrdreCommand::Annuler(raison.clone())).await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use aether_core::uuid::Uuid;
    use aether_testkit::process::Process;

    use super::*;

    fn id(number: u128) -> AggregateId {
        AggregateId::new(Uuid::from_u128(number))
    }

    #[test]
    fn a_buyer_without_gold_gives_the_item_back_to_its_seller() {
        let objet = Uuid::from_u128(7);
        let vente = Vente { ordre: id(1), sac: id(2), bourse: id(3), maison: id(4), objet };
        let achat = Achat { vente: id(1), sac: id(5), bourse: id(6), prix: 100 };
        let annuler = |ordre| Mouvement::Annuler(ordre, "no gold".to_owned());

        Process::of(TransactionMarche)
            .heard::<Ordre>(id(1), OrdreEvent::OrdreVenteCree(vente.clone()))
            .sends([Mouvement::ReserverObjet(vente.clone())])
            .sets("expiration", DELAI)
            .done()
            .heard::<Ordre>(id(8), OrdreEvent::OrdreAchatCree(achat.clone()))
            .sends([Mouvement::ReserverOr(achat)])
            .refused("no gold")
            .sends([annuler(id(1)), annuler(id(8)), Mouvement::RendreObjet(vente)])
            .ended();
    }
}
