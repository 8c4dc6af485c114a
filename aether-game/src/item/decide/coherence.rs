//! Properties that fit each other.

use std::collections::BTreeSet;

use super::super::fiche::{Ingredient, Proprietes, Rangement, Usage};
use super::super::refus::ItemRefus;
use super::super::state::Item;
use super::super::vocabulaire::{Famille, TypeItem};
use crate::combat::{Combat, Pouvoir};

pub(super) fn verifie(proprietes: &Proprietes) -> Result<(), ItemRefus> {
    verifie_rangement(proprietes)?;
    let consommable = proprietes.type_item == TypeItem::Consommable;
    match &proprietes.usage {
        Some(usage) if consommable => verifie_usage(usage)?,
        None if !consommable => {}
        _ => return Err(ItemRefus::UsageIncoherent { type_item: proprietes.type_item }),
    }
    if proprietes.type_item == TypeItem::Quete && proprietes.echangeable {
        return Err(ItemRefus::QueteEchangeable);
    }
    verifie_recette(&proprietes.recette)
}

/// Weapons and armour are worn, everything else lies in stacks.
fn verifie_rangement(proprietes: &Proprietes) -> Result<(), ItemRefus> {
    let type_item = proprietes.type_item;
    let va = match &proprietes.rangement {
        Rangement::Pile { .. } => !matches!(type_item, TypeItem::Arme | TypeItem::Armure),
        Rangement::Piece(nature) => {
            let principale = nature.famille == Famille::ArmePrincipale;
            let secondaire = nature.famille == Famille::ArmeSecondaire;
            match type_item {
                TypeItem::Arme => principale || secondaire,
                TypeItem::Armure => !principale,
                _ => false,
            }
        }
    };
    if va { Ok(()) } else { Err(ItemRefus::RangementIncoherent { type_item }) }
}

fn verifie_usage(usage: &Usage) -> Result<(), ItemRefus> {
    let nombre = usage.pouvoirs.len();
    if !(1..=Item::POUVOIRS_MAX).contains(&nombre) {
        return Err(ItemRefus::Pouvoirs { nombre, maximum: Item::POUVOIRS_MAX });
    }
    borne("portee", usage.portee, 0, Item::PORTEE_MAX)?;
    usage.pouvoirs.iter().try_for_each(verifie_pouvoir)
}

fn verifie_pouvoir(pouvoir: &Pouvoir) -> Result<(), ItemRefus> {
    match *pouvoir {
        Pouvoir::Degats { puissance, .. } | Pouvoir::Soin { puissance } => {
            borne("puissance", puissance, 1, Combat::STAT_MAX)
        }
        Pouvoir::Effet { puissance, duree_tours, chance, .. } => {
            borne("puissance", puissance, 0, Combat::STAT_MAX)?;
            borne("dureeTours", duree_tours.into(), 1, Item::DUREE_MAX.into())?;
            borne("chance", chance.into(), 1, 100)
        }
        Pouvoir::Dissipation => Ok(()),
    }
}

fn verifie_recette(recette: &[Ingredient]) -> Result<(), ItemRefus> {
    let nombre = recette.len();
    let distincts: BTreeSet<_> = recette.iter().map(|it| it.item_id).collect();
    if nombre > Item::INGREDIENTS_MAX || distincts.len() < nombre {
        return Err(ItemRefus::Recette { nombre, maximum: Item::INGREDIENTS_MAX });
    }
    Ok(())
}

fn borne(champ: &'static str, valeur: u32, minimum: u32, maximum: u32) -> Result<(), ItemRefus> {
    match (minimum..=maximum).contains(&valeur) {
        true => Ok(()),
        false => Err(ItemRefus::Borne { champ, valeur, minimum, maximum }),
    }
}
