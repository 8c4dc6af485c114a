//! What fighters bring: skills and potions.

use uuid::Uuid;

use crate::combat::{Ciblage, Competence, Cout, ItemId, Objet, Pouvoir, TypeDegats, TypeEffet};

pub(super) fn potion_id() -> ItemId {
    ItemId::new(Uuid::new_v5(&Uuid::NAMESPACE_OID, b"Potion de soin"))
}

pub(super) fn potion(quantite: u32) -> Objet {
    Objet {
        item_id: potion_id(),
        nom: "Potion de soin".to_owned(),
        quantite,
        ciblage: Ciblage::Allie,
        portee: 3,
        pouvoirs: vec![Pouvoir::Soin { puissance: 30 }],
    }
}

fn skill(
    nom: &str,
    ciblage: Ciblage,
    portee: u32,
    (mp, stamina): (u32, u32),
    cooldown_tours: u8,
    pouvoirs: Vec<Pouvoir>,
) -> Competence {
    Competence {
        competence_id: Uuid::new_v5(&Uuid::NAMESPACE_OID, nom.as_bytes()).into(),
        nom: nom.to_owned(),
        ciblage,
        portee,
        cout: Cout { mp, stamina },
        cooldown_tours,
        pouvoirs,
    }
}

const fn harm(type_degats: TypeDegats, puissance: u32) -> Pouvoir {
    Pouvoir::Degats { type_degats, puissance }
}

const fn effect(type_effet: TypeEffet, puissance: u32, duree_tours: u8, chance: u8) -> Pouvoir {
    Pouvoir::Effet { type_effet, puissance, duree_tours, chance }
}

pub(super) fn cleave() -> Competence {
    let pouvoirs = vec![harm(TypeDegats::Physique, 16), effect(TypeEffet::Saignement, 3, 3, 50)];
    skill("Taille", Ciblage::Zone, 3, (0, 12), 3, pouvoirs)
}

pub(super) fn fireball() -> Competence {
    let pouvoirs = vec![harm(TypeDegats::Feu, 18), effect(TypeEffet::Brulure, 4, 3, 60)];
    skill("Boule de feu", Ciblage::Zone, 12, (12, 0), 3, pouvoirs)
}

pub(super) fn frost() -> Competence {
    let pouvoirs = vec![harm(TypeDegats::Eau, 10), effect(TypeEffet::Affaiblissement, 25, 2, 80)];
    skill("Trait de givre", Ciblage::Ennemi, 12, (6, 0), 1, pouvoirs)
}

pub(super) fn poisoned_blade() -> Competence {
    let pouvoirs = vec![harm(TypeDegats::Physique, 12), effect(TypeEffet::Poison, 5, 4, 90)];
    skill("Lame empoisonnée", Ciblage::Ennemi, 2, (0, 8), 2, pouvoirs)
}

pub(super) fn healing() -> Competence {
    let pouvoirs =
        vec![Pouvoir::Soin { puissance: 25 }, effect(TypeEffet::Regeneration, 5, 3, 100)];
    skill("Prière", Ciblage::Allie, 12, (10, 0), 2, pouvoirs)
}

pub(super) fn cleansing() -> Competence {
    skill("Purification", Ciblage::Allie, 12, (5, 0), 2, vec![Pouvoir::Dissipation])
}

pub(super) fn fire_breath() -> Competence {
    let pouvoirs = vec![harm(TypeDegats::Feu, 28), effect(TypeEffet::Brulure, 6, 2, 50)];
    skill("Souffle ardent", Ciblage::Zone, 10, (20, 0), 4, pouvoirs)
}

pub(super) fn stunning_roar() -> Competence {
    let pouvoirs = vec![harm(TypeDegats::Neutre, 8), effect(TypeEffet::Etourdissement, 0, 1, 60)];
    skill("Rugissement", Ciblage::Ennemi, 10, (10, 0), 3, pouvoirs)
}
