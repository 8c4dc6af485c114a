//! The equation of a book: what came in is what it holds, what left, and the tax. It shares no code with the book.

use aether_game::economie::*;

/// Sums over events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct GrandLivre {
    pub(crate) or_entre: u64,
    pub(crate) or_sorti: u64,
    pub(crate) taxe: u64,
    pub(crate) items_entres: u64,
    pub(crate) items_sortis: u64,
}

impl GrandLivre {
    pub(crate) fn lit<'a>(&mut self, events: impl IntoIterator<Item = &'a EconomieEvent>) {
        events.into_iter().for_each(|event| self.inscrit(event));
    }

    fn inscrit(&mut self, event: &EconomieEvent) {
        match event {
            EconomieEvent::OrdreVenteCree(cree) => {
                self.items_entres += u64::from(cree.quantite.get());
            }
            EconomieEvent::OrdreAchatCree(cree) => {
                let (prix, quantite) = (cree.prix_unitaire.get(), cree.quantite.get());
                self.or_entre += u64::from(prix) * u64::from(quantite);
            }
            EconomieEvent::TransactionExecutee(transaction) => {
                self.taxe += u64::from(transaction.taxe.get());
            }
            EconomieEvent::TransactionReglee(reglement) => {
                self.or_sorti += u64::from(reglement.produit.get());
                self.or_sorti += u64::from(reglement.rendu.get());
                self.items_sortis += u64::from(reglement.quantite.get());
            }
            EconomieEvent::OrdreAnnule(annule) if annule.type_ordre == TypeOrdre::Vente => {
                assert_eq!(annule.or_rendu.get(), 0);
                self.items_sortis += u64::from(annule.reste.get());
            }
            EconomieEvent::OrdreAnnule(annule) => {
                let (prix, reste) = (annule.prix_unitaire.get(), annule.reste.get());
                assert_eq!(u64::from(annule.or_rendu.get()), u64::from(prix) * u64::from(reste));
                self.or_sorti += u64::from(annule.or_rendu.get());
            }
            EconomieEvent::ColisDepose(depose) => match depose.type_contenu {
                TypeContenu::Or => self.or_sorti -= u64::from(depose.quantite),
                TypeContenu::Item => self.items_sortis -= u64::from(depose.quantite),
            },
            EconomieEvent::RecompenseDeposee(depose) => match depose.type_contenu {
                TypeContenu::Or => self.or_entre += u64::from(depose.quantite),
                TypeContenu::Item => self.items_entres += u64::from(depose.quantite),
            },
            EconomieEvent::ColisRetire(retire) => match retire.type_contenu {
                TypeContenu::Or => self.or_sorti += u64::from(retire.avant - retire.apres),
                TypeContenu::Item => self.items_sortis += u64::from(retire.avant - retire.apres),
            },
            _ => {}
        }
    }

    /// Nothing was created, and nothing lost but the tax.
    #[track_caller]
    pub(crate) fn est_juste(&self, bilan: Bilan) {
        assert_eq!(self.or_entre, self.or_sorti + self.taxe + bilan.or(), "{self:?} {bilan:?}");
        assert_eq!(self.items_entres, self.items_sortis + bilan.items(), "{self:?} {bilan:?}");
    }
}
