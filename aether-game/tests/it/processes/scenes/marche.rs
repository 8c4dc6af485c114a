//! A trade, and an order whose rest nobody wants.

use std::collections::BTreeMap;
use std::time::Duration;

use aether_core::{Context, Engine};
use aether_game::economie::{Economie, PlacerOrdre, unites::acheter};
use aether_game::inventaire::marche::vendre;
use aether_game::item::FicheItem;
use aether_game::processes::TransactionMarche;
use aether_game::values::*;

use super::{Scene, histoires};
use crate::processes::troupe::{avoir, donne, etat, joueur, potions, remplit};

/// One sells 25 potions for 4, another buys 10 for 5 at most; an hour later the rest goes back.
pub(crate) struct Marche {
    /// Bags and purses are full when something comes back to them.
    pub(crate) plein: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Roles {
    vendeur: JoueurId,
    acheteur: JoueurId,
    item: ItemId,
}

/// Gold and potions of both, what the book still holds, and what happened.
#[derive(Debug, PartialEq)]
pub(crate) struct Issue {
    pub(crate) vendeur: (u32, u32),
    pub(crate) acheteur: (u32, u32),
    /// Gold in parcels, potions in parcels, and what is not settled.
    pub(crate) carnet: (u64, u64, u64),
    pub(crate) histoires: BTreeMap<&'static str, Vec<String>>,
}

impl Scene for Marche {
    type Manager = TransactionMarche;
    type Roles = Roles;
    type Issue = Issue;

    const MANAGER: TransactionMarche = TransactionMarche;
    const PAUSES: &'static [Duration] = &[Duration::from_hours(1)];

    async fn prepare(&self, engine: &Engine) -> Roles {
        let fiche = potions(engine).await;
        let or = if self.plein { Or::MAX.get() } else { 100 };
        let (vendeur, acheteur) = (joueur(engine, or).await, joueur(engine, 100).await);
        donne(engine, vendeur, &fiche, 30).await;
        let ordre = |joueur, n, prix| PlacerOrdre {
            ordre: OrdreId::generate(),
            joueur,
            pseudo: Pseudo::new("alba").unwrap(),
            item: fiche.item_id,
            quantite: Quantite::new(n).unwrap(),
            prix: Prix::new(prix).unwrap(),
            duree_s: Economie::DUREE_MIN_S,
        };
        let vente = vendre(engine, Context::new(), ordre(vendeur, 25, 4));
        vente.commit().await.unwrap();
        let achat = acheter(engine, Context::new(), ordre(acheteur, 10, 5)).unwrap();
        achat.commit().await.unwrap();
        if self.plein {
            remplit(engine, vendeur).await;
            remplit(engine, acheteur).await;
        }
        Roles { vendeur, acheteur, item: fiche.item_id }
    }

    async fn issue(&self, engine: &Engine, roles: Roles) -> Issue {
        let Roles { vendeur, acheteur, item } = roles;
        let fiche = FicheItem { item_id: item, ..crate::inventaire::fixtures::potion() };
        let carnet = CarnetId::de_l_item(item);
        let bilan = etat::<Economie>(engine, carnet).await.bilan();
        Issue {
            vendeur: avoir(engine, vendeur, &fiche).await,
            acheteur: avoir(engine, acheteur, &fiche).await,
            carnet: (
                bilan.or_colis,
                bilan.items_colis,
                bilan.or_du + bilan.or_ordres + bilan.items_dus + bilan.items_ordres,
            ),
            histoires: histoires(
                engine,
                [
                    ("book", "Economy", carnet.into()),
                    ("seller", "Joueur", vendeur.into()),
                    ("buyer", "Joueur", acheteur.into()),
                    ("seller's bag", "Inventaire", InventaireId::du_joueur(vendeur).into()),
                    ("buyer's bag", "Inventaire", InventaireId::du_joueur(acheteur).into()),
                ],
            )
            .await,
        }
    }
}
