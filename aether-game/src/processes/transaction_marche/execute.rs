//! The steps of the market.

use aether_core::process::{Run, Unit};
use aether_core::{BoxError, Context, Result};

use crate::economie::unites::{Par, clore};
use crate::economie::{Due, Economie, EnColis, Ordre, TypeOrdre};
use crate::inventaire::{Inventaire, InventaireCommand, Provenance, marche};
use crate::item::FicheItem;
use crate::processes::etape::{DuPas, Essai, Etape};
use crate::processes::octroi::fiche;
use crate::values::{CarnetId, InventaireId, ItemId, JoueurId, Or, OrdreId, TransactionId};

/// What a trade owes is handed over. Done when it owes nothing any more.
pub(super) struct Reglement {
    pub(super) item_id: ItemId,
    pub(super) transaction_id: TransactionId,
}

impl Etape for Reglement {
    async fn unite(&self, run: &Run<'_>, essai: Essai) -> Result<Option<Unit>, BoxError> {
        let Some(carnet) = run.find::<Economie>(CarnetId::de_l_item(self.item_id)).await? else {
            return Ok(None);
        };
        let Some(due) = carnet.state.due(self.transaction_id) else { return Ok(None) };
        let fiche = fiche(run, self.item_id).await?;
        let en_colis = match essai {
            Essai::Premier => EnColis::default(),
            Essai::Suivant => ce_qui_deborde(run, due, fiche.as_ref()).await?,
            Essai::Dernier => EnColis { produit: true, rendu: true, items: true },
        };
        let (carnet, id) = (&carnet.state, self.transaction_id);
        let unite =
            marche::regler(&DuPas(run), Context::new(), carnet, id, fiche.as_ref(), en_colis);
        Ok(unite.ok())
    }
}

async fn ce_qui_deborde(run: &Run<'_>, due: &Due, fiche: Option<&FicheItem>) -> Result<EnColis> {
    let Due { vendeur, prix, transaction_id, quantite, .. } = *due;
    let recevoir = fiche.map(|fiche| InventaireCommand::Recevoir {
        joueur_id: due.acheteur,
        fiche: Box::new(fiche.clone()),
        quantite,
        provenance: Provenance::Marche { vendeur, prix, transaction_id },
    });
    Ok(EnColis {
        produit: bourse_pleine(run, vendeur, due.produit).await?,
        rendu: bourse_pleine(run, due.acheteur, due.rendu).await?,
        items: match recevoir {
            Some(recevoir) => sac_plein(run, &recevoir).await?,
            None => true,
        },
    })
}

/// An order whose time is over is closed. Done when it is not open any more.
pub(super) struct Expiration {
    pub(super) item_id: ItemId,
    pub(super) ordre_id: OrdreId,
}

impl Etape for Expiration {
    async fn unite(&self, run: &Run<'_>, essai: Essai) -> Result<Option<Unit>, BoxError> {
        let Some(carnet) = run.find::<Economie>(CarnetId::de_l_item(self.item_id)).await? else {
            return Ok(None);
        };
        let Some(ordre) = carnet.state.ordre(self.ordre_id) else { return Ok(None) };
        let en_colis = match essai {
            Essai::Premier => false,
            Essai::Suivant => deborde(run, ordre).await?,
            Essai::Dernier => true,
        };
        let (carnet, id) = (&carnet.state, self.ordre_id);
        let unite = clore(&DuPas(run), Context::new(), carnet, id, Par::Minuterie, en_colis);
        Ok(unite.ok())
    }
}

async fn deborde(run: &Run<'_>, ordre: &Ordre) -> Result<bool> {
    let Ordre { ordre_id, joueur_id, reste: quantite, .. } = *ordre;
    match ordre.type_ordre {
        TypeOrdre::Achat => bourse_pleine(run, joueur_id, ordre.or_reserve()).await,
        TypeOrdre::Vente => {
            sac_plein(run, &InventaireCommand::Liberer { joueur_id, ordre_id, quantite }).await
        }
    }
}

async fn bourse_pleine(run: &Run<'_>, joueur: JoueurId, or: Or) -> Result<bool> {
    let joueur = run.find(joueur).await?;
    Ok(joueur.is_some_and(|it| it.state.or().plus(or).is_none()))
}

async fn sac_plein(run: &Run<'_>, entree: &InventaireCommand) -> Result<bool> {
    let sac = run.find::<Inventaire>(InventaireId::du_joueur(entree.joueur_id())).await?;
    Ok(!sac.unwrap_or_default().state.clone().tente(entree))
}
