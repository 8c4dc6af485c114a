//! Bags: one that is filled, worn from, traded from and fought with, and others of which anything is asked.

use aether_game::inventaire::*;
use aether_game::item::Emplacement;
use aether_game::values::*;
use proptest::prelude::*;

use super::{Hasard, Recit, Vie};
use crate::inventaire::fixtures::*;
use crate::inventaire::proprietes::any_command;
use crate::joueur::fixtures::at;

/// How many pieces of an item are where.
fn places(sac: &Inventaire, item_id: ItemId) -> [(&'static str, i64); 4] {
    let Places { sac, porte, combats, ordres } = sac.places(item_id);
    [("Sac", sac), ("Porte", porte), ("Combat", combats), ("Ordre", ordres)]
        .map(|(name, n)| (name, n.into()))
}

/// From where to where items went: what is fewer in one place, and more in another. A move inside of the bag stays there.
fn passages(
    avant: &Inventaire,
    event: &InventaireEvent,
    apres: &Inventaire,
) -> Vec<(String, String)> {
    let mut found = vec![];
    for fiche in fiches() {
        let pairs = places(avant, fiche.item_id).into_iter().zip(places(apres, fiche.item_id));
        let changes: Vec<_> =
            pairs.map(|((name, before), (_, after))| (name, after - before)).collect();
        let outside = ("[*]", -changes.iter().map(|(_, n)| n).sum::<i64>());
        let all = changes.into_iter().chain([outside]).filter(|(_, n)| *n != 0);
        let (less, more): (Vec<_>, Vec<_>) = all.partition(|(_, n)| *n < 0);
        let ways = less.iter().flat_map(|from| more.iter().map(|to| (from.0.into(), to.0.into())));
        found.extend(ways);
    }
    let inside =
        matches!(event, InventaireEvent::ItemDeplace { .. } | InventaireEvent::PileRangee(_));
    if inside {
        assert!(found.is_empty(), "{event:?}");
        found.push(("Sac".into(), "Sac".into()));
    }
    found
}

pub(crate) fn recit() -> Recit {
    let mut vie = Vie::<Inventaire>::new(|avant, event, apres, _| passages(avant, event, apres));
    raconte(&mut vie);
    let ecrit = vie.raconte();
    // a sword takes the place of another
    vie.recommence();
    vie.fait(ajouter(&epee(), 2), at(1));
    vie.fait(equiper(slot(0), &epee(), Emplacement::ArmePrincipale), at(2));
    vie.fait(equiper(slot(1), &epee(), Emplacement::ArmePrincipale), at(3));
    let mut hasard = Hasard::new();
    for _ in 0..120 {
        vie.recommence();
        for _ in 0..60 {
            let command = any_command(&vie.etat, hasard.tire(&any::<[u16; 6]>()));
            vie.essaie(&command, at(1));
        }
    }
    Recit { ecrit, hasard: vie.raconte() }
}

fn raconte(vie: &mut Vie<Inventaire>) {
    use InventaireCommand as C;
    let joueur_id = moi();
    let arme = Emplacement::ArmePrincipale;
    vie.fait(ajouter(&potion(), 12), at(1));
    vie.fait(ajouter(&epee(), 1), at(2));
    vie.fait(equiper(slot(1), &epee(), arme), at(3));
    vie.fait(C::Desequiper { joueur_id, emplacement: arme }, at(4));
    vie.fait(equiper(slot(1), &epee(), arme), at(5));
    let equipement_id = EquipementId::du_slot(slot(1));
    vie.fait(C::ConstaterUsure { joueur_id, equipement_id, usee: true }, at(6));
    vie.fait(utiliser(slot(0), 1), at(7));
    vie.fait(C::Deplacer { joueur_id, slot_id: slot(0), position: 5 }, at(8));
    vie.fait(C::Diviser { joueur_id, slot_id: slot(0), quantite: q(4), position: 6 }, at(9));
    vie.fait(C::Fusionner { joueur_id, de: slot(2), vers: slot(0), quantite: None }, at(10));
    vie.fait(jeter(slot(0), 1), at(11));
    vie.fait(mettre_de_cote(1, &[(&potion(), 3)]), at(12));
    vie.fait(solder(1, &[(&potion(), 1)]), at(13));
    vie.fait(sequestrer(1, &potion(), 6), at(14));
    let acheteur = autre();
    let prix = Prix::fixe::<9>();
    let ordre_id = ordre(1);
    let transaction_id = transaction(1);
    vie.fait(
        C::Livrer { joueur_id, ordre_id, quantite: q(2), acheteur, prix, transaction_id },
        at(15),
    );
    vie.fait(C::Consigner { joueur_id, ordre_id, quantite: q(2), colis_id: colis(1) }, at(16));
    vie.fait(liberer(1, 2), at(17));
    let provenance = Provenance::Colis { colis_id: colis(1) };
    let fiche = Box::new(potion());
    vie.fait(C::Recevoir { joueur_id, fiche, quantite: q(2), provenance }, at(18));
    vie.fait(
        C::ModifierCapacite {
            joueur_id,
            capacite: 60,
            poids_max: Poids::fixe::<1_200>(),
            raison: RaisonCapacite::Achat,
            extension: Some(Nom::new("Sacoche de cuir").expect("a name")),
            intervention: None,
        },
        at(19),
    );
    echange(vie);
}

/// Offers: one that is taken back, one that is accepted, and one that is accepted from somebody else.
fn echange(vie: &mut Vie<Inventaire>) {
    use InventaireCommand as C;
    let joueur_id = moi();
    let transaction_id = transaction(2);
    let give = |n| termes(vec![ligne(&potion(), n)], vec![ligne(&minerai(), 5)]);
    vie.fait(proposer(1, give(1)), at(20));
    vie.fait(C::RetirerOffre { joueur_id, offre_id: offre_id(1) }, at(21));
    vie.fait(proposer(2, give(2)), at(22));
    let offre = Box::new(vie.etat.offre(offre_id(2)).expect("an offer").clone());
    vie.fait(C::ConclureOffre { joueur_id, offre, transaction_id }, at(23));
    let theirs = Offre {
        offre_id: offre_id(3),
        proposeur: autre(),
        revision: 1,
        termes: Termes {
            contrepartie: moi(),
            ..termes(vec![ligne(&potion(), 1)], vec![ligne(&minerai(), 2)])
        },
    };
    let offre = Box::new(theirs);
    vie.fait(C::AccepterOffre { joueur_id, offre, transaction_id: transaction(3) }, at(24));
}
