//! How each event changes a character.

use std::sync::Arc;

use super::events::PnjEvent;
use super::fiche::FichePnj;
use super::reputation::Reputation;
use super::state::Pnj;
use crate::values::{ItemId, JoueurId};

impl Pnj {
    pub(super) fn applique(&mut self, event: &PnjEvent) {
        match event {
            PnjEvent::PNJCree(fiche) => self.nait(fiche),
            PnjEvent::DialogueDeclenche { .. } | PnjEvent::CommerceOuvert { .. } => {}
            PnjEvent::ArticleVendu { item_id, stock_apres, .. }
            | PnjEvent::ArticleRachete { item_id, stock_apres, .. } => {
                self.range(*item_id, *stock_apres);
            }
            PnjEvent::StockModifie { item_id, stock_apres, .. } => {
                self.range(*item_id, Some(*stock_apres));
            }
            PnjEvent::ReputationModifiee { joueur_id, apres, .. } => {
                self.pense(*joueur_id, *apres);
            }
            PnjEvent::PnjMort { .. } => self.mort = true,
        }
    }

    fn nait(&mut self, fiche: &FichePnj) {
        let limites = fiche.articles.iter().filter_map(|it| Some((it.item_id, it.stock?)));
        self.stocks = limites.collect();
        self.fiche = Some(Arc::new(fiche.clone()));
    }

    fn range(&mut self, item: ItemId, stock: Option<u32>) {
        if let Some(stock) = stock {
            self.stocks.insert(item, stock);
        }
    }

    fn pense(&mut self, joueur: JoueurId, reputation: Reputation) {
        let reputations = Arc::make_mut(&mut self.reputations);
        if reputation == Reputation::NEUTRE {
            reputations.remove(&joueur);
        } else {
            reputations.insert(joueur, reputation);
        }
    }
}
