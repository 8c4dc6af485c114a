//! Whom to talk to, and what to buy from a merchant.

use crate::item::FicheItem;
use crate::pnj::{Article, DialogueId, Pnj, TypePnj};
use crate::values::{JoueurId, Niveau, Or, PnjId, Quantite};
use crate::world::bornes;
use crate::world::catalogue::Catalogue;
use crate::world::hasard::Hasard;

/// A character near a level who has something to say.
pub fn interlocuteur(catalogue: &Catalogue, niveau: Niveau, hasard: &mut Hasard) -> Option<PnjId> {
    let parlent = catalogue.pnj().iter().filter(|it| !it.dialogues.is_empty());
    let proches = parlent.filter(|it| it.niveau.get() <= niveau.get().saturating_add(5));
    let proches: Vec<PnjId> = proches.map(|it| it.pnj_id).collect();
    hasard.pick(&proches).copied()
}

/// Something that a character says to a player: there are things that it says only to those whom it likes.
pub fn dialogue(pnj: &Pnj, joueur: JoueurId, hasard: &mut Hasard) -> Option<DialogueId> {
    let reputation = pnj.reputation(joueur);
    let dialogues = pnj.fiche()?.dialogues.iter();
    let permis: Vec<_> = dialogues.filter(|it| it.reputation_min <= reputation).collect();
    hasard.pick(&permis).map(|it| it.dialogue_id)
}

/// A merchant near a level.
pub fn marchand(catalogue: &Catalogue, niveau: Niveau, hasard: &mut Hasard) -> Option<PnjId> {
    let marchands = catalogue.pnj().iter().filter(|it| !it.articles.is_empty());
    let proches = marchands.filter(|it| it.niveau.get() <= niveau.get().saturating_add(5));
    let proches: Vec<PnjId> = proches.map(|it| it.pnj_id).collect();
    hasard.pick(&proches).copied()
}

/// What may be spent in a shop: half of a purse.
#[must_use]
pub fn budget(bourse: Or) -> u32 {
    bourse.get() / 2
}

/// Something in a shop that is of use at a level and costs no more than this.
pub fn article(
    catalogue: &Catalogue,
    pnj: &Pnj,
    (niveau, budget): (Niveau, u32),
    hasard: &mut Hasard,
) -> Option<Article> {
    let est_utile = |article: &Article| {
        let item = catalogue.item(article.item_id);
        item.is_some_and(|it| it.proprietes.niveau_requis <= niveau)
    };
    let payable = |it: &Article| it.prix.get() <= budget && it.stock != Some(0) && est_utile(it);
    let payables: Vec<Article> = pnj.articles().filter(payable).collect();
    hasard.pick(&payables).copied()
}

/// How many pieces of an article to buy: one of what is worn, a few of other things, never more than can be paid.
pub fn combien(article: &Article, fiche: &FicheItem, budget: u32, hasard: &mut Hasard) -> Quantite {
    let voulus = if fiche.piece().is_some() { 1 } else { hasard.between(1, 5) };
    bornes::quantite(voulus.min(budget / article.prix.get()))
}

/// A merchant, wherever he is.
pub fn un_marchand(catalogue: &Catalogue, hasard: &mut Hasard) -> Option<PnjId> {
    let marchands = catalogue.pnj().iter().filter(|it| it.type_pnj == TypePnj::Marchand);
    let marchands: Vec<PnjId> = marchands.map(|it| it.pnj_id).collect();
    hasard.pick(&marchands).copied()
}

/// Whether an article is short.
#[must_use]
pub fn manque(article: &Article) -> bool {
    article.stock.is_some_and(|stock| stock < 10)
}
