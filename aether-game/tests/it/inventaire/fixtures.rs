//! Small bags of known things.

use aether_core::event::EventType;
use aether_core::uuid::Uuid;
use aether_core::{Aggregate as _, Facts};
use aether_game::combat::{Ciblage, Pouvoir};
use aether_game::equipement::{Equipement, Puissance};
use aether_game::inventaire::*;
use aether_game::item::*;
use aether_game::joueur::Stats;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;

pub(crate) fn joueur(n: u128) -> JoueurId {
    JoueurId::new(Uuid::from_u128(0x1_0000 + n))
}

/// The player whose bag it is.
pub(crate) fn moi() -> JoueurId {
    joueur(1)
}

pub(crate) fn autre() -> JoueurId {
    joueur(2)
}

pub(crate) fn item(n: u128) -> ItemId {
    ItemId::new(Uuid::from_u128(0x7_0000 + n))
}

pub(crate) fn ordre(n: u128) -> OrdreId {
    OrdreId::new(Uuid::from_u128(0x2_0000 + n))
}

pub(crate) fn transaction(n: u128) -> TransactionId {
    TransactionId::new(Uuid::from_u128(0x3_0000 + n))
}

pub(crate) fn combat(n: u128) -> CombatId {
    CombatId::new(Uuid::from_u128(0x4_0000 + n))
}

pub(crate) fn colis(n: u128) -> ColisId {
    ColisId::new(Uuid::from_u128(0x5_0000 + n))
}

pub(crate) fn offre_id(n: u128) -> OffreId {
    OffreId::new(Uuid::from_u128(0x6_0000 + n))
}

/// The slot with this number of a player's bag, counted over all that it ever had.
pub(crate) fn slot_de(joueur: JoueurId, n: u32) -> SlotId {
    SlotId::du_sac(InventaireId::du_joueur(joueur), n)
}

pub(crate) fn slot(n: u32) -> SlotId {
    slot_de(moi(), n)
}

pub(crate) fn q(n: u16) -> Quantite {
    Quantite::new(n).unwrap()
}

pub(crate) fn niveau(n: u8) -> Niveau {
    Niveau::new(n).unwrap()
}

fn pile(n: u128, type_item: TypeItem, poids: u32, max: u16) -> FicheItem {
    FicheItem {
        item_id: item(n),
        type_item,
        niveau_requis: niveau(1),
        poids: Poids::new(poids).unwrap(),
        rangement: Rangement::Pile { max: q(max) },
        echangeable: true,
        destructible: true,
    }
}

fn piece(n: u128, type_item: TypeItem, famille: Famille) -> FicheItem {
    let nature = NaturePiece {
        famille,
        attaque: Stat::fixe::<10>(),
        defense: Stat::fixe::<3>(),
        stats: Stats { force: Stat::fixe::<4>(), ..Stats::default() },
        durabilite_max: q(50),
        cout_reparation: Or::fixe::<2>(),
        ensemble: Some(Nom::new("Garde royale").unwrap()),
    };
    FicheItem {
        rangement: Rangement::Piece(nature),
        niveau_requis: niveau(5),
        ..pile(n, type_item, 30, 1)
    }
}

/// Used up, 2 each, 20 in a stack.
pub(crate) fn potion() -> FicheItem {
    pile(1, TypeItem::Consommable, 2, 20)
}

/// A material, 5 each, 99 in a stack.
pub(crate) fn minerai() -> FicheItem {
    pile(2, TypeItem::Materiau, 5, 99)
}

/// A weapon, 30 each, from level 5 on.
pub(crate) fn epee() -> FicheItem {
    piece(3, TypeItem::Arme, Famille::ArmePrincipale)
}

/// A ring, 30 each, from level 5 on.
pub(crate) fn anneau() -> FicheItem {
    piece(4, TypeItem::Armure, Famille::Doigt)
}

/// A letter of a quest: it stays with its owner, and is not thrown away.
pub(crate) fn lettre() -> FicheItem {
    FicheItem { echangeable: false, destructible: false, ..pile(5, TypeItem::Quete, 1, 1) }
}

/// All of these.
pub(crate) fn fiches() -> [FicheItem; 5] {
    [potion(), minerai(), epee(), anneau(), lettre()]
}

/// What the catalogue says of one of these.
pub(crate) fn proprietes(fiche: &FicheItem) -> Proprietes {
    let usage = Usage {
        ciblage: Ciblage::Allie,
        portee: 5,
        pouvoirs: vec![Pouvoir::Soin { puissance: 40 }],
    };
    Proprietes {
        type_item: fiche.type_item,
        niveau_requis: fiche.niveau_requis,
        poids: fiche.poids,
        rangement: fiche.rangement.clone(),
        echangeable: fiche.echangeable,
        destructible: fiche.destructible,
        usage: (fiche.type_item == TypeItem::Consommable).then_some(usage),
        recette: vec![],
    }
}

pub(crate) fn intervention() -> Intervention {
    Intervention {
        acteur: Nom::new("Maëlle").unwrap(),
        motif: Motif::new("Objet perdu dans une panne").unwrap(),
    }
}

pub(crate) fn ajouter_a(joueur_id: JoueurId, fiche: &FicheItem, n: u16) -> InventaireCommand {
    let (fiche, source) = (Box::new(fiche.clone()), RaisonItem::ButinCombat);
    InventaireCommand::Ajouter { joueur_id, fiche, quantite: q(n), source, reference: None }
}

pub(crate) fn ajouter(fiche: &FicheItem, n: u16) -> InventaireCommand {
    ajouter_a(moi(), fiche, n)
}

pub(crate) fn retirer(prelevement: Prelevement, n: u16, raison: RaisonItem) -> InventaireCommand {
    let (joueur_id, quantite) = (moi(), q(n));
    InventaireCommand::Retirer { joueur_id, prelevement, quantite, raison, reference: None }
}

pub(crate) fn jeter(slot_id: SlotId, n: u16) -> InventaireCommand {
    retirer(Prelevement::Slot(slot_id), n, RaisonItem::Destruction)
}

pub(crate) fn utiliser(slot_id: SlotId, n: u16) -> InventaireCommand {
    InventaireCommand::Utiliser { joueur_id: moi(), slot_id, quantite: q(n), niveau: niveau(9) }
}

pub(crate) fn sequestrer(n: u128, fiche: &FicheItem, quantite: u16) -> InventaireCommand {
    let (ordre_id, item_id) = (ordre(n), fiche.item_id);
    InventaireCommand::Sequestrer { joueur_id: moi(), ordre_id, item_id, quantite: q(quantite) }
}

pub(crate) fn liberer(n: u128, quantite: u16) -> InventaireCommand {
    InventaireCommand::Liberer { joueur_id: moi(), ordre_id: ordre(n), quantite: q(quantite) }
}

pub(crate) fn mettre_de_cote(n: u128, lignes: &[(&FicheItem, u16)]) -> InventaireCommand {
    let ligne =
        |(fiche, n): &(&FicheItem, u16)| LigneObjet { item_id: fiche.item_id, quantite: q(*n) };
    let lignes = lignes.iter().map(ligne).collect();
    let (joueur_id, combat_id) = (moi(), combat(n));
    InventaireCommand::MettreDeCote { joueur_id, combat_id, niveau: niveau(9), lignes }
}

pub(crate) fn solder(n: u128, restes: &[(&FicheItem, u16)]) -> InventaireCommand {
    let reste = |(fiche, n): &(&FicheItem, u16)| Reste { item_id: fiche.item_id, quantite: *n };
    let restes = restes.iter().map(reste).collect();
    InventaireCommand::SolderCombat { joueur_id: moi(), combat_id: combat(n), restes }
}

/// What lies in a slot and was never worn, as it is put on.
pub(crate) fn neuve(slot_id: SlotId, fiche: &FicheItem) -> PieceAPorter {
    PieceAPorter {
        equipement_id: EquipementId::du_slot(slot_id),
        fiche: fiche.clone(),
        puissance: puissance_neuve(),
    }
}

pub(crate) fn puissance_neuve() -> Puissance {
    Puissance { attaque: Stat::fixe::<10>(), defense: Stat::fixe::<3>() }
}

pub(crate) fn equiper(
    slot_id: SlotId,
    fiche: &FicheItem,
    emplacement: Emplacement,
) -> InventaireCommand {
    let piece = Box::new(neuve(slot_id, fiche));
    InventaireCommand::Equiper { joueur_id: moi(), slot_id, emplacement, niveau: niveau(9), piece }
}

pub(crate) fn ligne(fiche: &FicheItem, n: u16) -> LigneEchange {
    LigneEchange { fiche: fiche.clone(), quantite: q(n), equipement_id: None }
}

/// An offer from me to the other.
pub(crate) fn termes(donne: Vec<LigneEchange>, demande: Vec<LigneEchange>) -> Termes {
    Termes { contrepartie: autre(), donne, demande, or_donne: Or::ZERO, or_demande: Or::ZERO }
}

pub(crate) fn proposer(n: u128, termes: Termes) -> InventaireCommand {
    InventaireCommand::Proposer { joueur_id: moi(), offre_id: offre_id(n), termes }
}

/// A bag after some commands, none of which may be refused.
#[track_caller]
pub(crate) fn apres(commands: impl IntoIterator<Item = InventaireCommand>) -> Scenario<Inventaire> {
    let start = Scenario::given([]);
    commands.into_iter().fold(start, |past, command| past.when(command).then_state(|_| {}))
}

/// What a bag says to a command after some others.
#[track_caller]
pub(crate) fn refus(
    avant: impl IntoIterator<Item = InventaireCommand>,
    command: &InventaireCommand,
) -> InventaireRefus {
    let mut sac = Inventaire::default();
    let mut version = 0;
    for before in avant {
        version += fait(&mut sac, &before, version).len() as u32;
    }
    let decided = sac.decide(command, &facts(version));
    decided.expect_err("a refusal")
}

pub(crate) fn facts(version: u32) -> Facts {
    Facts::at(aether_core::chrono::DateTime::UNIX_EPOCH)
        .with_version(aether_core::Version::new(version))
}

/// Carries a command out, with each event as a store gives it back.
#[track_caller]
pub(crate) fn fait(
    sac: &mut Inventaire,
    command: &InventaireCommand,
    version: u32,
) -> Vec<InventaireEvent> {
    let decided = sac.decide(command, &facts(version));
    let events = decided.unwrap_or_else(|refus| panic!("{command:?}: {refus}"));
    for event in &events {
        sac.apply(&par_json(event));
    }
    events
}

pub(crate) fn par_json<E: aether_core::Event>(event: &E) -> E {
    let EventType { name, version } = *event.event_type();
    E::decode(name, version, &event.encode().expect("encodes")).expect("decodes")
}

/// A piece of a player after it was first worn.
pub(crate) fn piece_neuve(joueur_id: JoueurId, fiche: &FicheItem) -> Equipement {
    let fiche = Box::new(fiche.clone());
    let command = aether_game::equipement::EquipementCommand::Creer { joueur_id, fiche };
    let events = Equipement::default().decide(&command, &facts(0)).expect("creates");
    Equipement::fold(&events)
}
