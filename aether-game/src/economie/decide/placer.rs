//! Placing an order: what may be placed, whom it trades with, and for how much.

use chrono::{DateTime, TimeDelta, Utc};

use crate::economie::appariement::{Entrant, Rencontre, apparier};
use crate::economie::commands::PlacerOrdre;
use crate::economie::events::{EconomieEvent, OrdreCree, Transaction};
use crate::economie::mots::TypeOrdre;
use crate::economie::refus::EconomieRefus;
use crate::economie::state::Economie;
use crate::values::{CarnetId, JoueurId, Or, OrdreId, Prix, Quantite, TransactionId};

pub(super) fn placer(
    economie: &Economie,
    type_ordre: TypeOrdre,
    demande: &PlacerOrdre,
    maintenant: DateTime<Utc>,
) -> Result<Vec<EconomieEvent>, EconomieRefus> {
    verifie(economie, type_ordre, demande)?;
    let expire_a = expiration(demande.duree_s, maintenant)?;
    let entrant = Entrant {
        joueur_id: demande.joueur,
        type_ordre,
        prix: demande.prix,
        quantite: demande.quantite,
        maintenant,
    };
    let rencontres = apparier(&entrant, economie.cote(type_ordre.autre()));
    verifie_place(economie, &rencontres)?;

    let cree = OrdreCree {
        ordre_id: demande.ordre,
        joueur_id: demande.joueur,
        pseudo: demande.pseudo.to_string(),
        item_id: demande.item,
        quantite: demande.quantite,
        prix_unitaire: demande.prix,
        expire_a,
    };
    let mut events = Vec::with_capacity(rencontres.len() + 2);
    events.push(match type_ordre {
        TypeOrdre::Vente => EconomieEvent::OrdreVenteCree(cree),
        TypeOrdre::Achat => EconomieEvent::OrdreAchatCree(cree),
    });
    for (numero, rencontre) in (economie.executions..).zip(&rencontres) {
        let transaction = transaction(demande, type_ordre, rencontre, numero);
        events.push(EconomieEvent::TransactionExecutee(transaction));
    }
    events.extend(prix_mis_a_jour(economie, demande, &rencontres));
    Ok(events)
}

fn verifie(
    economie: &Economie,
    type_ordre: TypeOrdre,
    demande: &PlacerOrdre,
) -> Result<(), EconomieRefus> {
    let PlacerOrdre { ordre, joueur, item, quantite, prix, .. } = *demande;
    economie.verifie_item(item)?;
    if economie.ordre(ordre).is_some() || economie.est_du(ordre) {
        return Err(EconomieRefus::OrdreDejaPlace { ordre });
    }
    if type_ordre == TypeOrdre::Achat && prix.fois(quantite).is_none() {
        return Err(EconomieRefus::MontantTropGrand { prix, quantite });
    }
    if economie.colis_de(joueur).count() >= Economie::COLIS_MAX {
        return Err(EconomieRefus::TropDeColis { maximum: Economie::COLIS_MAX });
    }
    Ok(())
}

fn expiration(duree_s: u32, maintenant: DateTime<Utc>) -> Result<DateTime<Utc>, EconomieRefus> {
    let (minimum_s, maximum_s) = (Economie::DUREE_MIN_S, Economie::DUREE_MAX_S);
    let duree = TimeDelta::seconds(duree_s.into());
    let expire_a = maintenant.checked_add_signed(duree);
    expire_a
        .filter(|_| (minimum_s..=maximum_s).contains(&duree_s))
        .ok_or(EconomieRefus::DureeOrdre { duree_s, minimum_s, maximum_s })
}

/// One append can hold all trades, and the book what stays of the order.
fn verifie_place(economie: &Economie, rencontres: &[Rencontre<'_>]) -> Result<(), EconomieRefus> {
    let (nombre, maximum) = (rencontres.len(), Economie::EXECUTIONS_MAX);
    if nombre > maximum {
        return Err(EconomieRefus::TropDeContreparties { nombre, maximum });
    }
    let close = rencontres.iter().filter(|rencontre| rencontre.reste.is_none()).count();
    let reste = rencontres.last().is_none_or(|derniere| derniere.reste_entrant.is_some());
    if economie.ordres_ouverts() - close + usize::from(reste) > Economie::ORDRES_MAX {
        return Err(EconomieRefus::CarnetPlein { maximum: Economie::ORDRES_MAX });
    }
    Ok(())
}

/// One trade of the arriving order; `numero` counts all trades of the book.
fn transaction(
    demande: &PlacerOrdre,
    type_ordre: TypeOrdre,
    rencontre: &Rencontre<'_>,
    numero: u64,
) -> Transaction {
    let Rencontre { ordre, quantite, reste, reste_entrant } = *rencontre;
    let ici = Partie {
        ordre: demande.ordre,
        joueur: demande.joueur,
        pseudo: demande.pseudo.as_str(),
        limite: demande.prix,
        avant: reste_entrant.map_or(0, Quantite::get) + quantite.get(),
        apres: reste_entrant.map_or(0, Quantite::get),
    };
    let la = Partie {
        ordre: ordre.ordre_id,
        joueur: ordre.joueur_id,
        pseudo: &ordre.pseudo,
        limite: ordre.prix,
        avant: ordre.reste.get(),
        apres: reste.map_or(0, Quantite::get),
    };
    let (vente, achat) = match type_ordre {
        TypeOrdre::Vente => (ici, la),
        TypeOrdre::Achat => (la, ici),
    };
    let sommes = Sommes::de(ordre.prix, achat.limite, quantite);
    let carnet = CarnetId::de_l_item(demande.item);
    Transaction {
        transaction_id: TransactionId::v5(carnet, numero.to_be_bytes()),
        ordre_vente_id: vente.ordre,
        ordre_achat_id: achat.ordre,
        vendeur: vente.joueur,
        pseudo_vendeur: vente.pseudo.to_owned(),
        acheteur: achat.joueur,
        pseudo_acheteur: achat.pseudo.to_owned(),
        item_id: demande.item,
        quantite,
        prix_unitaire: ordre.prix,
        montant_total: sommes.montant,
        taxe: sommes.taxe,
        produit: sommes.produit,
        rendu: sommes.rendu,
        reste_vente_avant: vente.avant,
        reste_vente_apres: vente.apres,
        reste_achat_avant: achat.avant,
        reste_achat_apres: achat.apres,
    }
}

/// One side of a trade.
struct Partie<'a> {
    ordre: OrdreId,
    joueur: JoueurId,
    pseudo: &'a str,
    limite: Prix,
    avant: u16,
    apres: u16,
}

/// The gold of a trade. What the buyer had set aside is `montant + rendu`, and `montant` is `taxe + produit`.
struct Sommes {
    montant: Or,
    taxe: Or,
    produit: Or,
    rendu: Or,
}

impl Sommes {
    /// A buyer's order is never for more than a purse holds, so that no part of it is either.
    fn de(prix: Prix, limite: Prix, quantite: Quantite) -> Self {
        let reserve = limite.fois(quantite).unwrap_or(Or::MAX);
        let montant = prix.fois(quantite).unwrap_or(Or::MAX);
        let taxe = montant.part(Economie::TAXE);
        Self {
            montant,
            taxe,
            produit: montant.moins(taxe).unwrap_or(Or::ZERO),
            rendu: reserve.moins(montant).unwrap_or(Or::ZERO),
        }
    }
}

fn prix_mis_a_jour(
    economie: &Economie,
    demande: &PlacerOrdre,
    rencontres: &[Rencontre<'_>],
) -> Option<EconomieEvent> {
    let derniere = rencontres.last()?;
    let reste = derniere.reste_entrant;
    let volume = reste.map_or(Some(demande.quantite), |reste| demande.quantite.moins(reste))?;
    Some(EconomieEvent::PrixMisAJour {
        item_id: demande.item,
        ancien_prix: economie.dernier_prix,
        nouveau_prix: derniere.ordre.prix,
        volume,
    })
}
