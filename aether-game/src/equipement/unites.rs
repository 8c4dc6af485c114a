//! Units over a piece of equipment, the bag that it lies in, and the player who wears it: all of it happens or nothing.

use std::collections::BTreeSet;

use aether_core::Context;

use super::commands::EquipementCommand;
use super::state::Equipement;
use super::vocabulaire::{Enchantement, Puissance};
use crate::inventaire::{Inventaire, InventaireCommand, PieceAPorter, Prelevement, Reference};
use crate::item::Emplacement;
use crate::joueur::{JoueurCommand, Stats};
use crate::unite::{Unite, Unites};
use crate::values::{
    CombatId, EquipementId, InventaireId, JoueurId, Niveau, Or, Quantite, RaisonItem, RaisonOr,
    SlotId, TransactionId,
};

/// A piece that a player puts on.
#[derive(Debug, Clone, PartialEq)]
pub struct Porter {
    /// The player.
    pub joueur_id: JoueurId,
    /// His level.
    pub niveau: Niveau,
    /// The slot in which it lies.
    pub slot_id: SlotId,
    /// Where it is worn.
    pub emplacement: Emplacement,
    /// The piece.
    pub piece: PieceAPorter,
    /// Whether it is worn for the first time.
    pub neuve: bool,
    /// What everything that is worn adds to the player afterwards.
    pub bonus: Stats,
}

impl Porter {
    /// What lies in a slot of a bag, as it is put on. `connue` is the state of the piece, if it was ever worn. None if the slot holds
    /// no equipment.
    #[must_use]
    pub fn du_sac(
        sac: &Inventaire,
        (joueur_id, niveau): (JoueurId, Niveau),
        slot_id: SlotId,
        emplacement: Emplacement,
        connue: Option<&Equipement>,
    ) -> Option<Self> {
        let (_, slot) = sac.slot(slot_id)?;
        let nature = slot.fiche.piece()?;
        let neuf = Puissance { attaque: nature.attaque, defense: nature.defense };
        let piece = PieceAPorter {
            equipement_id: slot.equipement_id.unwrap_or(EquipementId::du_slot(slot_id)),
            fiche: slot.fiche.clone(),
            puissance: connue.map_or(neuf, Equipement::puissance),
        };
        let neuve = slot.equipement_id.is_none();
        let bonus = sac.bonus_avec(emplacement, Some(slot_id));
        Some(Self { joueur_id, niveau, slot_id, emplacement, piece, neuve, bonus })
    }
}

/// Puts a piece on. What is worn there is taken off. A piece that is worn for the first time becomes one of its own.
pub fn equiper<E: Unites>(engine: &E, context: Context, porter: Porter) -> E::Unite {
    let Porter { joueur_id, niveau, slot_id, emplacement, piece, neuve, bonus } = porter;
    let PieceAPorter { equipement_id, puissance, .. } = piece;
    let item_id = piece.fiche.item_id;
    let unit = engine.atomic(context);
    let unit = if neuve {
        let fiche = Box::new(piece.fiche.clone());
        unit.command(equipement_id, EquipementCommand::Creer { joueur_id, fiche })
    } else {
        unit.provided(equipement_id, move |connue: &Equipement| {
            connue.verifie_port(joueur_id, item_id, puissance)
        })
    };
    let piece = Box::new(piece);
    let command = InventaireCommand::Equiper { joueur_id, slot_id, emplacement, niveau, piece };
    avec_bonus(unit.command(InventaireId::du_joueur(joueur_id), command), joueur_id, bonus)
}

/// Takes off what is worn in a place. `bonus` is what the rest adds: [`Inventaire::bonus_avec`].
pub fn desequiper<E: Unites>(
    engine: &E,
    context: Context,
    joueur_id: JoueurId,
    emplacement: Emplacement,
    bonus: Stats,
) -> E::Unite {
    let command = InventaireCommand::Desequiper { joueur_id, emplacement };
    let unit = engine.atomic(context).command(InventaireId::du_joueur(joueur_id), command);
    avec_bonus(unit, joueur_id, bonus)
}

/// How much a worn piece wears.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usure {
    /// The player.
    pub joueur_id: JoueurId,
    /// The piece.
    pub equipement_id: EquipementId,
    /// How many points of durability.
    pub points: Quantite,
    /// What the rest of what is worn adds to the player, if the piece is [worn out](Equipement::serait_usee) by that.
    pub usee: Option<Stats>,
    /// The combat in which it wears.
    pub combat_id: Option<CombatId>,
}

/// Wears a piece that is worn. One that is worn out is taken off.
pub fn user<E: Unites>(engine: &E, context: Context, usure: Usure) -> E::Unite {
    let Usure { joueur_id, equipement_id, points, usee: reste, combat_id } = usure;
    let usee = reste.is_some();
    let perdre = EquipementCommand::Perdre { joueur_id, points, usee, combat_id };
    let constater = InventaireCommand::ConstaterUsure { joueur_id, equipement_id, usee };
    let unit = engine
        .atomic(context)
        .command(equipement_id, perdre)
        .command(InventaireId::du_joueur(joueur_id), constater);
    match reste {
        Some(bonus) => avec_bonus(unit, joueur_id, bonus),
        None => unit,
    }
}

/// Wears everything that a player wears, by so many points each: the legs of the end of a combat. Those pieces that are worn out by that,
/// `usees`, are taken off. `sac` is the bag as it is.
#[must_use = "nothing happens before it is committed"]
pub fn user_tenue<U: Unite>(
    unit: U,
    (joueur_id, sac): (JoueurId, &Inventaire),
    points: Quantite,
    usees: &BTreeSet<EquipementId>,
    combat_id: CombatId,
) -> U {
    let unit = sac.pieces_portees().fold(unit, |unit, equipement_id| {
        let usee = usees.contains(&equipement_id);
        let combat_id = Some(combat_id);
        let perdre = EquipementCommand::Perdre { joueur_id, points, usee, combat_id };
        let constater = InventaireCommand::ConstaterUsure { joueur_id, equipement_id, usee };
        unit.command(equipement_id, perdre).command(InventaireId::du_joueur(joueur_id), constater)
    });
    match usees.is_empty() {
        true => unit,
        false => avec_bonus(unit, joueur_id, sac.bonus_sans(usees)),
    }
}

/// Work on a piece, for gold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Travail {
    /// A repair of so many points; the piece may be worn meanwhile.
    Reparation(Quantite),
    /// One level of improvement, of a piece that is not worn.
    Amelioration,
}

/// Repairs or improves a piece, and takes the gold for it out of the purse.
pub fn payer<E: Unites>(
    engine: &E,
    context: Context,
    (joueur_id, equipement_id): (JoueurId, EquipementId),
    travail: Travail,
    cout: Or,
    transaction: TransactionId,
) -> E::Unite {
    let unit = engine.atomic(context);
    let (raison, unit) = match travail {
        Travail::Reparation(points) => {
            let command = EquipementCommand::Reparer { joueur_id, points, cout };
            (RaisonOr::Reparation, unit.command(equipement_id, command))
        }
        Travail::Amelioration => {
            let command = EquipementCommand::Ameliorer { joueur_id, cout };
            let unit = au_repos(unit, joueur_id, equipement_id).command(equipement_id, command);
            (RaisonOr::Amelioration, unit)
        }
    };
    match cout.montant() {
        Some(montant) => {
            unit.command(joueur_id, JoueurCommand::Debiter { montant, raison, transaction })
        }
        None => unit,
    }
}

/// Enchants a piece that is not worn, with a scroll that is used up.
pub fn enchanter<E: Unites>(
    engine: &E,
    context: Context,
    (joueur_id, equipement_id): (JoueurId, EquipementId),
    enchantement: Enchantement,
    parchemin: SlotId,
) -> E::Unite {
    let command = retirer(joueur_id, parchemin, RaisonItem::Ingredient, None);
    let unit = engine.atomic(context).command(InventaireId::du_joueur(joueur_id), command);
    au_repos(unit, joueur_id, equipement_id)
        .command(equipement_id, EquipementCommand::Enchanter { joueur_id, enchantement })
}

/// Takes a piece that is not worn out of the game: from the slot in which it lies, which has to hold that piece.
pub fn detruire<E: Unites>(
    engine: &E,
    context: Context,
    (joueur_id, equipement_id): (JoueurId, EquipementId),
    slot_id: SlotId,
    raison: RaisonItem,
    reference: Option<Reference>,
) -> E::Unite {
    let sac = InventaireId::du_joueur(joueur_id);
    au_repos(engine.atomic(context), joueur_id, equipement_id)
        .provided(sac, move |sac: &Inventaire| sac.verifie_piece(slot_id, equipement_id))
        .command(sac, retirer(joueur_id, slot_id, raison, reference))
        .command(equipement_id, EquipementCommand::Detruire { joueur_id, raison })
}

fn retirer(
    joueur_id: JoueurId,
    slot_id: SlotId,
    raison: RaisonItem,
    reference: Option<Reference>,
) -> InventaireCommand {
    let prelevement = Prelevement::Slot(slot_id);
    InventaireCommand::Retirer {
        joueur_id,
        prelevement,
        quantite: Quantite::MIN,
        raison,
        reference,
    }
}

/// Tells the player what is worn adds, which has to be so after the steps before.
fn avec_bonus<U: Unite>(unit: U, joueur_id: JoueurId, bonus: Stats) -> U {
    let sac = InventaireId::du_joueur(joueur_id);
    unit.provided(sac, move |sac: &Inventaire| sac.verifie_bonus(bonus))
        .command(joueur_id, JoueurCommand::AppliquerEquipement { bonus })
}

/// With the condition that a piece lies in the player's bag and is not worn.
fn au_repos<U: Unite>(unit: U, joueur_id: JoueurId, equipement_id: EquipementId) -> U {
    unit.provided(InventaireId::du_joueur(joueur_id), move |sac: &Inventaire| {
        sac.verifie_au_repos(equipement_id)
    })
}
