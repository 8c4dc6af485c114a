//! The page of gold and goods.

use std::fmt::Write as _;

use aether_game::economie::Economie;
use aether_game::joueur::Joueur;
use aether_game::livre::Passage;
use aether_game::values::{Flux, Or, Prix, Quantite, RaisonItem, RaisonOr};
use serde_json::Value;

use super::AVIS;
use super::pages::{cellule, sans_liens};
use super::recits;
use super::textes::Textes;
use super::types::milliers;

/// The page.
pub(super) fn page(textes: &Textes) -> String {
    let mut page = format!("# Gold and goods\n\n{AVIS}\n\n");
    page.push_str(&sans_liens(&textes.fichier("livre.rs").module.join("\n")));
    page.push_str("\n\n## The market\n\n");
    let module = textes.fichier("economie.rs").module.join("\n");
    let money = module.split("**Money.** ").nth(1).expect("a paragraph about money");
    page.push_str(&sans_liens(money.split("\n\n").next().unwrap_or(money)));
    page.push_str("\n\n");
    page.push_str(&exemple());
    page.push_str("\n\n## Limits\n\n| what | limit |\n|---|---|\n");
    for (what, limit) in limites() {
        writeln!(page, "| {what} | {} |", milliers(limit)).unwrap();
    }
    let or = RaisonOr::ALL.iter().map(|it| (it.as_str(), it.flux(), format!("{it:?}")));
    raisons(textes, "gold", "RaisonOr", or, &mut page);
    let items = RaisonItem::ALL.iter().map(|it| (it.as_str(), it.flux(), format!("{it:?}")));
    raisons(textes, "goods", "RaisonItem", items, &mut page);
    chemins(textes, &mut page);
    page
}

fn limites() -> [(&'static str, i128); 9] {
    [
        ("gold in a purse, and of any sum", Or::MAX.into()),
        ("gold that a player begins with", Joueur::OR_DE_DEPART.into()),
        ("price of a piece, at most", Prix::MAX.into()),
        ("pieces of an order", Quantite::MAX.into()),
        ("tax on a sale, in percent, rounded down", Economie::TAXE.into()),
        ("open orders of a player", Joueur::ORDRES_MAX as i128),
        ("open orders of a book", Economie::ORDRES_MAX as i128),
        ("shortest life of an order, in seconds", Economie::DUREE_MIN_S.into()),
        ("longest life of an order, in seconds", Economie::DUREE_MAX_S.into()),
    ]
}

/// A trade that was decided, in words.
fn exemple() -> String {
    let recit = recits::economie::recit();
    let trade =
        recit.ecrit.iter().find(|it| it.evenement == "TransactionExecutee").expect("a trade");
    let json: Value = serde_json::from_str(&trade.json).expect("JSON");
    let n = |key: &str| json[key].as_u64().expect("a number");
    let (pieces, price, total, tax) =
        (n("quantite"), n("prixUnitaire"), n("montantTotal"), n("taxe"));
    format!(
        "For example, {pieces} pieces are traded at {price}, which is {total} together. The tax is {tax}. The seller is owed {}. The buyer is owed the \
         pieces, and {} that had been set aside beyond the price.",
        n("produit"),
        n("rendu")
    )
}

/// The reasons by what they do to the sum of everything.
fn raisons(
    textes: &Textes,
    what: &str,
    nom: &str,
    raisons: impl Iterator<Item = (&'static str, Flux, String)>,
    page: &mut String,
) {
    let decrit = textes.type_de("values", nom, &[]);
    write!(
        page,
        "\n## Reasons of {what}\n\n{} The list is closed.\n\n| reason | flow | |\n|---|---|---|\n",
        decrit.texte
    )
    .unwrap();
    for (word, flux, variant) in raisons {
        let flow = match flux {
            Flux::Source => "source",
            Flux::Puits => "sink",
            Flux::Mouvement => "move",
        };
        let text = decrit.membre(&variant).map(|it| cellule(&it.texte)).unwrap_or_default();
        writeln!(page, "| `{word}` | {flow} | {text} |").unwrap();
    }
}

/// Where a thing is between two entries of one append.
fn chemins(textes: &Textes, page: &mut String) {
    let decrit = textes.type_de("livre", "Passage", &[]);
    write!(
        page,
        "\n## Ways\n\n{} Nothing is on one between two appends.\n\n| way | |\n|---|---|\n",
        decrit.texte
    )
    .unwrap();
    for it in [Passage::VersLOrdre, Passage::DuCarnet, Passage::DuColis, Passage::Echange] {
        let name = format!("{it:?}");
        let text = decrit.membre(&name).map(|it| it.texte.clone()).unwrap_or_default();
        writeln!(page, "| `{name}` | {text} |").unwrap();
    }
}
