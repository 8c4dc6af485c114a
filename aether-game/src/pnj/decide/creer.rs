//! A character is created once, and is checked then.

use std::collections::BTreeSet;

use super::Decision;
use crate::pnj::events::PnjEvent;
use crate::pnj::fiche::{Article, FichePnj};
use crate::pnj::refus::PnjRefus;
use crate::pnj::state::Pnj;

pub(super) fn creer(pnj: &Pnj, fiche: &FichePnj) -> Decision {
    if pnj.fiche().is_some() {
        return Err(PnjRefus::DejaCree);
    }
    verifie_dialogues(fiche)?;
    verifie_articles(fiche)?;
    Ok(vec![PnjEvent::PNJCree(Box::new(fiche.clone()))])
}

fn verifie_dialogues(fiche: &FichePnj) -> Result<(), PnjRefus> {
    let nombre = fiche.dialogues.len();
    let maximum = FichePnj::DIALOGUES_MAX;
    if nombre > maximum {
        return Err(PnjRefus::TropDeDialogues { nombre, maximum });
    }
    let mut vus = BTreeSet::new();
    match fiche.dialogues.iter().find(|it| !vus.insert(it.dialogue_id)) {
        Some(it) => Err(PnjRefus::DialogueEnDouble { dialogue: it.dialogue_id }),
        None => Ok(()),
    }
}

fn verifie_articles(fiche: &FichePnj) -> Result<(), PnjRefus> {
    let nombre = fiche.articles.len();
    let maximum = FichePnj::ARTICLES_MAX;
    if nombre > maximum {
        return Err(PnjRefus::TropDArticles { nombre, maximum });
    }
    let mut vus = BTreeSet::new();
    for it in &fiche.articles {
        let item = it.item_id;
        if !vus.insert(item) {
            return Err(PnjRefus::ArticleEnDouble { item });
        }
        if let Some(rachat) = it.prix_rachat.filter(|rachat| *rachat > it.prix) {
            return Err(PnjRefus::RachatTropCher { item, prix: it.prix, rachat });
        }
        verifie_stock(it.stock.unwrap_or(0))?;
    }
    Ok(())
}

pub(super) fn verifie_stock(stock: u32) -> Result<(), PnjRefus> {
    let maximum = Article::STOCK_MAX;
    if stock > maximum {
        return Err(PnjRefus::Stock { stock, maximum });
    }
    Ok(())
}
