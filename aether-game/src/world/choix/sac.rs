//! What to put on, to tidy up, to use up, to give away: what a bag suggests.

use crate::inventaire::{Inventaire, InventaireCommand, Slot};
use crate::item::{Emplacement, Famille, FicheItem, Ingredient, NaturePiece, TypeItem};
use crate::joueur::{Classe, Joueur};
use crate::values::{JoueurId, Quantite, SlotId};
use crate::world::catalogue::Catalogue;
use crate::world::choix::quetes::fongibles;
use crate::world::hasard::Hasard;
use crate::world::items::WorldItem;

/// Whether little more fits into a bag.
#[must_use]
pub fn est_charge(sac: &Inventaire) -> bool {
    let slots = sac.slots().count() * 5 > usize::from(sac.capacite()) * 4;
    slots || sac.poids().get() / 4 > sac.poids_max().get() / 5
}

/// The best thing to put on: a piece that is worth more than what is worn in its place.
#[must_use]
pub fn a_equiper(joueur: &Joueur, sac: &Inventaire) -> Option<(SlotId, Emplacement)> {
    let libres = sac.slots().filter(|(_, slot)| slot.porte.is_none());
    let portables = libres.filter(|(_, slot)| slot.fiche.niveau_requis <= joueur.niveau());
    let gains = portables.filter_map(|(_, slot)| {
        let (gain, emplacement) = gain(sac, slot.fiche.piece()?)?;
        Some((gain, slot.slot_id, emplacement))
    });
    gains.max_by_key(|(gain, ..)| *gain).map(|(_, slot, emplacement)| (slot, emplacement))
}

/// How much better a piece is than what is worn in its place, and the place; none if it is no better.
fn gain(sac: &Inventaire, nature: &NaturePiece) -> Option<(u32, Emplacement)> {
    let places = Emplacement::ALL.iter().filter(|it| it.famille() == nature.famille);
    let gains = places.filter_map(|place| {
        let portee = sac.porte_en(*place).and_then(|slot| slot.fiche.piece());
        let gain = valeur(nature).checked_sub(portee.map_or(0, valeur))?;
        (gain > 0).then_some((gain, *place))
    });
    gains.max_by_key(|(gain, _)| *gain)
}

/// What a piece is worth to its bearer.
fn valeur(nature: &NaturePiece) -> u32 {
    let stats = nature.stats;
    let points = [stats.force, stats.dexterite, stats.intelligence].map(|stat| stat.get() * 3);
    1 + nature.attaque.get()
        + nature.defense.get()
        + points.iter().sum::<u32>()
        + stats.hp.get() / 5
}

/// A slot that can be given away, and how many of it: what may be exchanged, was never worn, and is set aside for nothing. Pieces
/// that are better than what is worn stay.
pub fn a_ceder<'a>(sac: &'a Inventaire, hasard: &mut Hasard) -> Option<(&'a FicheItem, Quantite)> {
    let superflu = |slot: &Slot| slot.fiche.piece().is_none_or(|piece| gain(sac, piece).is_none());
    let slots = sac.slots().map(|(_, slot)| slot);
    let libres = slots.filter(|slot| slot.fiche.echangeable && slot.equipement_id.is_none());
    let cedables: Vec<_> = libres
        .filter(|slot| superflu(slot))
        .filter_map(|slot| Some((&slot.fiche, Quantite::new(sac.libre(slot)).ok()?)))
        .collect();
    hasard.pick(&cedables).copied()
}

/// A piece that was worn once and is not worth its place any more.
pub fn a_jeter(sac: &Inventaire, hasard: &mut Hasard) -> Option<Slot> {
    let slots = sac.slots().map(|(_, slot)| slot);
    let superflus: Vec<_> = slots
        .filter(|slot| slot.porte.is_none() && slot.fiche.destructible)
        .filter(|slot| slot.fiche.piece().is_some_and(|piece| gain(sac, piece).is_none()))
        .collect();
    hasard.pick(&superflus).map(|slot| (*slot).clone())
}

/// Something to use up outside of a combat.
pub fn a_consommer(joueur: &Joueur, sac: &Inventaire, hasard: &mut Hasard) -> Option<SlotId> {
    let slots = sac.slots().map(|(_, slot)| slot);
    let utiles: Vec<_> = slots
        .filter(|slot| slot.fiche.type_item == TypeItem::Consommable && sac.libre(slot) > 0)
        .filter(|slot| slot.fiche.niveau_requis <= joueur.niveau())
        .map(|slot| slot.slot_id)
        .collect();
    hasard.pick(&utiles).copied()
}

/// A stack onto another of the same item, a stack cut in two, or a slot moved to a free place.
pub fn a_ranger(
    joueur_id: JoueurId,
    sac: &Inventaire,
    hasard: &mut Hasard,
) -> Option<InventaireCommand> {
    if let Some(command) = a_fusionner(joueur_id, sac) {
        return Some(command);
    }
    let prises: Vec<u16> = sac.slots().map(|(position, _)| position).collect();
    let libres: Vec<u16> = (0..sac.capacite()).filter(|it| !prises.contains(it)).collect();
    let position = *hasard.pick(&libres)?;
    let slots: Vec<_> = sac.slots().map(|(_, slot)| slot).collect();
    let slot = *hasard.pick(&slots)?;
    let slot_id = slot.slot_id;
    let moitie = Quantite::new(sac.libre(slot) / 2).ok().filter(|_| slot.equipement_id.is_none());
    Some(match moitie.filter(|_| hasard.chance(40)) {
        Some(quantite) => InventaireCommand::Diviser { joueur_id, slot_id, quantite, position },
        None => InventaireCommand::Deplacer { joueur_id, slot_id, position },
    })
}

fn a_fusionner(joueur_id: JoueurId, sac: &Inventaire) -> Option<InventaireCommand> {
    let piles = || sac.slots().map(|(_, slot)| slot).filter(|slot| slot.fiche.piece().is_none());
    let place = |slot: &Slot| slot.fiche.par_slot().get().saturating_sub(slot.quantite.get());
    let mut paires = piles().flat_map(|de| piles().map(move |vers| (de, vers)));
    let (de, vers) = paires.find(|(de, vers)| {
        de.slot_id != vers.slot_id && de.fiche == vers.fiche && place(vers) > 0 && sac.libre(de) > 0
    })?;
    let de = de.slot_id;
    let vers = vers.slot_id;
    Some(InventaireCommand::Fusionner { joueur_id, de, vers, quantite: None })
}

/// Something to make of what a bag holds.
pub fn a_fabriquer<'a>(
    catalogue: &'a Catalogue,
    joueur: &Joueur,
    sac: &Inventaire,
    hasard: &mut Hasard,
) -> Option<&'a WorldItem> {
    let assez = |part: &Ingredient| fongibles(sac, part.item_id) >= u32::from(part.quantite.get());
    let faisable = |item: &&WorldItem| {
        let recette = &item.proprietes.recette;
        let permise = item.proprietes.niveau_requis <= joueur.niveau();
        permise && !recette.is_empty() && recette.iter().all(assez)
    };
    let faisables: Vec<&WorldItem> = catalogue.items().iter().filter(faisable).collect();
    hasard.pick(&faisables).copied()
}

/// Another class, for who has more gold than it costs.
pub fn classe(joueur: &Joueur, hasard: &mut Hasard) -> Option<Classe> {
    let riche = joueur.or() > joueur.prix_changement_classe().into();
    let actuelle = joueur.identite().filter(|_| riche)?.classe;
    hasard.pick(Classe::ALL).copied().filter(|classe| *classe != actuelle)
}

/// What a player begins with: a weapon, something to wear, and something to drink.
pub fn dotation(catalogue: &Catalogue, classe: Classe) -> impl Iterator<Item = &WorldItem> {
    let arme = match classe {
        Classe::Guerrier => "Épée",
        Classe::Mage => "Bâton",
        Classe::Archer => "Arc",
        Classe::Voleur => "Rapière",
        Classe::Clerc => "Masse",
    };
    let pour_debutants =
        catalogue.items().iter().filter(|it| it.proprietes.niveau_requis.get() == 1);
    let de_depart = move |item: &&WorldItem| {
        let nom = item.presentation.nom.as_str();
        match item.proprietes.rangement.famille() {
            Some(Famille::ArmePrincipale) => nom.starts_with(arme),
            Some(Famille::Torse) => nom.starts_with("Robe"),
            Some(_) => false,
            None => item.proprietes.type_item == TypeItem::Consommable && nom.starts_with("Potion"),
        }
    };
    pour_debutants.filter(de_depart)
}
