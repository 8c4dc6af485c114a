//! A shop: what it shows, sells and buys. Its prices come from the character, never from who buys.

use chrono::{DateTime, Utc};

use super::Decision;
use super::creer::verifie_stock;
use crate::pnj::commands::Affaire;
use crate::pnj::events::PnjEvent;
use crate::pnj::fiche::{Article, FichePnj};
use crate::pnj::refus::PnjRefus;
use crate::pnj::state::Pnj;
use crate::values::{Intervention, ItemId, JoueurId, Or, Prix};

pub(super) fn ouvrir(
    pnj: &Pnj,
    fiche: &FichePnj,
    joueur_id: JoueurId,
    maintenant: DateTime<Utc>,
) -> Decision {
    if fiche.articles.is_empty() {
        return Err(PnjRefus::PasDeCommerce);
    }
    pnj.apprecie(joueur_id, Pnj::REPUTATION_COMMERCE)?;
    Ok(vec![PnjEvent::CommerceOuvert {
        pnj_id: fiche.pnj_id,
        joueur_id,
        articles: pnj.articles().collect(),
        ouvert_a: maintenant,
    }])
}

pub(super) fn vendre(
    pnj: &Pnj,
    fiche: &FichePnj,
    affaire: &Affaire,
    maintenant: DateTime<Utc>,
) -> Decision {
    let article = article(pnj, affaire)?;
    let montant_total = montant(affaire, article.prix)?;
    let quantite = affaire.quantite;
    let stock_apres = match article.stock {
        Some(stock) => {
            let reste = stock.checked_sub(quantite.get().into());
            Some(reste.ok_or(PnjRefus::StockInsuffisant { quantite, stock })?)
        }
        None => None,
    };
    Ok(vec![PnjEvent::ArticleVendu {
        pnj_id: fiche.pnj_id,
        joueur_id: affaire.joueur_id,
        item_id: affaire.item_id,
        quantite,
        prix_unitaire: article.prix,
        montant_total,
        stock_avant: article.stock,
        stock_apres,
        transaction_id: affaire.transaction,
        vendu_a: maintenant,
    }])
}

pub(super) fn racheter(
    pnj: &Pnj,
    fiche: &FichePnj,
    affaire: &Affaire,
    maintenant: DateTime<Utc>,
) -> Decision {
    let article = article(pnj, affaire)?;
    let prix = article.prix_rachat.ok_or(PnjRefus::PasDeRachat { item: affaire.item_id })?;
    let montant_total = montant(affaire, prix)?;
    let stock_apres = article.stock.map(|stock| stock + u32::from(affaire.quantite.get()));
    verifie_stock(stock_apres.unwrap_or(0))?;
    Ok(vec![PnjEvent::ArticleRachete {
        pnj_id: fiche.pnj_id,
        joueur_id: affaire.joueur_id,
        item_id: affaire.item_id,
        quantite: affaire.quantite,
        prix_unitaire: prix,
        montant_total,
        stock_avant: article.stock,
        stock_apres,
        transaction_id: affaire.transaction,
        rachete_a: maintenant,
    }])
}

pub(super) fn reapprovisionner(
    pnj: &Pnj,
    fiche: &FichePnj,
    item_id: ItemId,
    stock_apres: u32,
    intervention: &Intervention,
    maintenant: DateTime<Utc>,
) -> Decision {
    let article = pnj.article(item_id).ok_or(PnjRefus::ArticleInconnu { item: item_id })?;
    let stock_avant = article.stock.ok_or(PnjRefus::StockIllimite { item: item_id })?;
    verifie_stock(stock_apres)?;
    if stock_apres == stock_avant {
        return Ok(Vec::new());
    }
    Ok(vec![PnjEvent::StockModifie {
        pnj_id: fiche.pnj_id,
        item_id,
        stock_avant,
        stock_apres,
        intervention: intervention.clone(),
        modifie_a: maintenant,
    }])
}

fn article(pnj: &Pnj, affaire: &Affaire) -> Result<Article, PnjRefus> {
    pnj.apprecie(affaire.joueur_id, Pnj::REPUTATION_COMMERCE)?;
    pnj.article(affaire.item_id).ok_or(PnjRefus::ArticleInconnu { item: affaire.item_id })
}

/// What the trade costs at the character's price, which must be the one that the player has seen.
fn montant(affaire: &Affaire, prix: Prix) -> Result<Or, PnjRefus> {
    let vu = affaire.prix_unitaire;
    if vu != prix {
        return Err(PnjRefus::PrixChange { vu, prix });
    }
    let quantite = affaire.quantite;
    prix.fois(quantite).ok_or(PnjRefus::MontantExcessif { prix, quantite })
}
