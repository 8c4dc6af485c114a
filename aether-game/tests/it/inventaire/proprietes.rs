//! What holds for every bag, whatever is asked of it.

use std::collections::{BTreeMap, BTreeSet};

use aether_core::Aggregate as _;
use aether_game::inventaire::*;
use aether_game::item::Emplacement;
use aether_game::values::*;
use proptest::prelude::*;

use super::fixtures::*;

/// Any command, sensible or not.
pub(crate) fn any_command(sac: &Inventaire, picks: [u16; 6]) -> InventaireCommand {
    let [what, which, whom, some, where_, strange] = picks;
    let joueur_id = if strange % 40 == 0 { autre() } else { moi() };
    let fiche = &fiches()[usize::from(which) % 5];
    let slots: Vec<SlotId> = sac.slots().map(|(_, slot)| slot.slot_id).collect();
    let slot_at =
        |n: u16| slots.get(usize::from(n) % (slots.len() + 1)).copied().unwrap_or(slot(999));
    let quantite = q(1 + some % 30);
    let n = u128::from(whom % 4);
    let position = where_ % 52;
    let emplacement = Emplacement::ALL[usize::from(where_) % 13];
    match what % 22 {
        0..=3 => {
            let (fiche, source) = (Box::new(fiche.clone()), RaisonItem::ButinCombat);
            InventaireCommand::Ajouter { joueur_id, fiche, quantite, source, reference: None }
        }
        4 => InventaireCommand::Recevoir {
            joueur_id,
            fiche: Box::new(fiche.clone()),
            quantite,
            provenance: Provenance::Colis { colis_id: colis(n) },
        },
        5 => jeter(slot_at(whom), quantite.get()),
        6 => retirer(Prelevement::Item(fiche.item_id), quantite.get(), RaisonItem::RemiseQuete),
        7 => utiliser(slot_at(whom), quantite.get()),
        8 => InventaireCommand::Deplacer { joueur_id, slot_id: slot_at(whom), position },
        9 | 10 => {
            InventaireCommand::Diviser { joueur_id, slot_id: slot_at(whom), quantite, position }
        }
        11 | 12 => {
            let quantite = (strange % 2 == 0).then_some(quantite);
            InventaireCommand::Fusionner {
                joueur_id,
                de: slot_at(whom),
                vers: slot_at(some),
                quantite,
            }
        }
        13 => match sac.slot(slot_at(whom)) {
            Some((_, slot)) => {
                let id = slot.equipement_id.unwrap_or(EquipementId::du_slot(slot.slot_id));
                let piece = PieceAPorter { equipement_id: id, ..neuve(slot.slot_id, &slot.fiche) };
                let (slot_id, piece) = (slot.slot_id, Box::new(piece));
                let niveau = niveau(1 + (strange % 9) as u8);
                InventaireCommand::Equiper { joueur_id, slot_id, emplacement, niveau, piece }
            }
            None => InventaireCommand::Desequiper { joueur_id, emplacement },
        },
        14 => InventaireCommand::Desequiper { joueur_id, emplacement },
        15 => sequestrer(n, fiche, quantite.get()),
        16 => liberer(n, quantite.get()),
        17 => InventaireCommand::Livrer {
            joueur_id,
            ordre_id: ordre(n),
            quantite,
            acheteur: joueur(u128::from(strange % 3)),
            prix: Prix::MIN,
            transaction_id: transaction(1),
        },
        18 => {
            let (ordre_id, colis_id) = (ordre(n), colis(n));
            InventaireCommand::Consigner { joueur_id, ordre_id, quantite, colis_id }
        }
        19 => mettre_de_cote(
            n,
            &[(&potion(), quantite.get()), (fiche, 1)][..1 + usize::from(strange % 2)],
        ),
        20 => solder(n, &[(&potion(), some % 12)]),
        _ => InventaireCommand::ModifierCapacite {
            joueur_id,
            capacite: some % 60,
            poids_max: Poids::new(u32::from(where_) % 1_500).unwrap(),
            raison: RaisonCapacite::Recompense,
            extension: None,
            intervention: None,
        },
    }
}

/// How many of an item an event brings into what this bag has, or takes out of it.
fn solde(event: &InventaireEvent, item_id: ItemId) -> i64 {
    let dehors = [RaisonItem::Echange, RaisonItem::Colis, RaisonItem::AchatMarche];
    match event {
        InventaireEvent::ItemAjoute(it) if it.item_id == item_id => {
            let new = it.source.flux() == Flux::Source || dehors.contains(&it.source);
            i64::from(it.quantite.get()) * i64::from(new)
        }
        InventaireEvent::ItemRetire(it) if it.item_id == item_id => {
            let gone = it.raison.flux() == Flux::Puits || dehors.contains(&it.raison);
            -i64::from(it.quantite.get()) * i64::from(gone)
        }
        InventaireEvent::ItemUtilise(it) if it.item_id == item_id => -i64::from(it.quantite.get()),
        InventaireEvent::ItemEchange(ItemEchange {
            item_id: of,
            quantite,
            ordre_id: Some(_),
            ..
        })
        | InventaireEvent::ItemConsigne { item_id: of, quantite, .. }
            if *of == item_id =>
        {
            -i64::from(quantite.get())
        }
        _ => 0,
    }
}

fn total(sac: &Inventaire, item_id: ItemId) -> i64 {
    let Places { sac, porte, combats, ordres } = sac.places(item_id);
    i64::from(sac + porte + combats + ordres)
}

fn assert_sound(sac: &Inventaire) {
    let mut ids = BTreeSet::new();
    let mut pieces = BTreeSet::new();
    let mut worn = BTreeMap::new();
    let mut poids = 0;
    for (position, slot) in sac.slots() {
        assert!(position < sac.capacite());
        assert!(slot.quantite <= slot.fiche.par_slot());
        assert!(ids.insert(slot.slot_id), "a slot twice");
        assert!(slot.equipement_id.is_none_or(|piece| pieces.insert(piece)), "a piece twice");
        if let Some(port) = slot.porte {
            assert!(worn.insert(port.emplacement, slot.slot_id).is_none(), "two in one place");
            assert_eq!(slot.fiche.piece().unwrap().famille, port.emplacement.famille());
            assert!(slot.equipement_id.is_some());
        }
        assert!(sac.libre(slot) <= slot.quantite.get());
        poids += slot.fiche.poids.get() * u32::from(slot.quantite.get());
    }
    assert_eq!(sac.poids().get(), poids);
    assert!(sac.poids() <= sac.poids_max());
    assert!(sac.slots().count() <= usize::from(sac.capacite()));
}

/// Before and after of a slot and of the weight are those of the state.
fn assert_pairs(sac: &Inventaire, event: &InventaireEvent) {
    let dans = |slot_id| sac.slot(slot_id).map_or(0, |(_, slot)| slot.quantite.get());
    let (slot_id, avant, charge, libre) = match event {
        InventaireEvent::ItemAjoute(it) => {
            (it.slot_id, it.quantite_avant, it.charge, it.capacite_restante)
        }
        InventaireEvent::ItemRetire(it) => {
            (it.slot_id, it.quantite_avant, it.charge, it.capacite_restante)
        }
        InventaireEvent::ItemUtilise(it) => {
            (it.slot_id, it.quantite_avant, it.charge, it.capacite_restante)
        }
        InventaireEvent::PileRangee(it) => {
            assert_eq!(dans(it.vers_slot_id), it.vers_quantite_avant);
            (it.slot_id, it.quantite_avant, it.charge, it.capacite_restante)
        }
        _ => return,
    };
    assert_eq!(dans(slot_id), avant);
    let slots = sac.slots().count() as u16;
    assert_eq!((sac.poids(), slots), (charge.poids_avant, charge.slots_avant));
    let mut apres = sac.clone();
    apres.apply(event);
    let slots = apres.slots().count() as u16;
    assert_eq!((apres.poids(), slots), (charge.poids_apres, charge.slots_apres));
    assert_eq!(libre, sac.capacite() - slots);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn whatever_is_asked_each_item_is_in_one_place_and_nothing_is_lost(
        picks in prop::collection::vec(any::<[u16; 6]>(), 1..80),
    ) {
        let mut sac = Inventaire::default();
        let mut log = vec![];
        for picks in picks {
            let command = any_command(&sac, picks);
            let Ok(events) = sac.decide(&command, &facts(log.len() as u32)) else { continue };
            for event in events {
                let event = par_json(&event);
                let before = fiches().map(|fiche| total(&sac, fiche.item_id));
                assert_pairs(&sac, &event);
                sac.apply(&event);
                for (fiche, before) in fiches().iter().zip(before) {
                    let item_id = fiche.item_id;
                    prop_assert_eq!(total(&sac, item_id) - before, solde(&event, item_id), "{:?}", event);
                }
                log.push(event);
            }
            assert_sound(&sac);
        }
        prop_assert_eq!(Inventaire::fold(&log), sac.clone());
        let json = serde_json::to_string(&sac).expect("encodes");
        prop_assert_eq!(serde_json::from_str::<Inventaire>(&json).expect("decodes"), sac);
    }

    #[test]
    fn moves_splits_and_merges_keep_every_sum(
        picks in prop::collection::vec(any::<[u16; 6]>(), 1..60),
    ) {
        let mut sac = Inventaire::default();
        for (fiche, n) in fiches().iter().zip([57, 120, 3, 2, 4]) {
            fait(&mut sac, &ajouter(fiche, n), 0);
        }
        let places = |sac: &Inventaire| fiches().map(|fiche| sac.places(fiche.item_id));
        let before = (places(&sac), sac.poids());
        for [what, rest @ ..] in picks {
            let [a, b, c, d, e] = rest;
            let command = any_command(&sac, [8 + what % 5, a, b, c, d, e]);
            let Ok(events) = sac.decide(&command, &facts(0)) else { continue };
            events.iter().for_each(|event| sac.apply(event));
            assert_sound(&sac);
            prop_assert_eq!((places(&sac), sac.poids()), before);
        }
    }

    #[test]
    fn an_exchange_moves_what_both_said_and_nothing_else(
        mine in prop::collection::vec((0_usize..5, 1_u16..40), 0..4),
        theirs in prop::collection::vec((0_usize..5, 1_u16..40), 0..4),
        give in prop::collection::vec((0_usize..5, 1_u16..30), 0..3),
        want in prop::collection::vec((0_usize..5, 1_u16..30), 0..3),
    ) {
        let filled = |joueur_id, with: &[(usize, u16)]| {
            let mut sac = Inventaire::default();
            for (which, n) in with {
                let command = ajouter_a(joueur_id, &fiches()[*which], *n);
                let events = sac.decide(&command, &facts(0)).unwrap_or_default();
                events.iter().for_each(|event| sac.apply(event));
            }
            sac
        };
        let mut a = filled(moi(), &mine);
        let mut b = filled(autre(), &theirs);
        let lines = |of: &[(usize, u16)]| of.iter().map(|(n, q)| ligne(&fiches()[*n], *q)).collect();
        let proposal = proposer(1, termes(lines(&give), lines(&want)));
        let Ok(events) = a.decide(&proposal, &facts(3)) else { return Ok(()) };
        events.iter().for_each(|event| a.apply(event));
        let offre = Box::new(a.offre(offre_id(1)).expect("an offer").clone());
        let transaction_id = transaction(1);
        let conclure = InventaireCommand::ConclureOffre { joueur_id: moi(), offre: offre.clone(), transaction_id };
        let accepter = InventaireCommand::AccepterOffre { joueur_id: autre(), offre, transaction_id };
        let both = a.decide(&conclure, &facts(4)).and_then(|of_a| Ok((of_a, b.decide(&accepter, &facts(4))?)));
        let Ok((of_a, of_b)) = both else { return Ok(()) };
        let sums = |a: &Inventaire, b: &Inventaire| fiches().map(|it| total(a, it.item_id) + total(b, it.item_id));
        let before = sums(&a, &b);
        let had = fiches().map(|it| total(&a, it.item_id));
        of_a.iter().for_each(|event| a.apply(event));
        of_b.iter().for_each(|event| b.apply(event));
        prop_assert_eq!(sums(&a, &b), before);
        for (n, fiche) in fiches().iter().enumerate() {
            let of = |lines: &[(usize, u16)]| lines.iter().filter(|it| it.0 == n).map(|it| i64::from(it.1)).sum::<i64>();
            prop_assert_eq!(total(&a, fiche.item_id), had[n] - of(&give) + of(&want));
        }
        assert_sound(&a);
        assert_sound(&b);
    }

    #[test]
    fn a_quantity_is_laid_out_whole_or_not_at_all(
        quantite in 1_u16..9_999,
        par_slot in 1_u16..200,
        piles in prop::collection::vec(0_u16..200, 0..20),
        libres in 0_u16..60,
    ) {
        let piles: Vec<_> = (100_u16..).zip(piles.iter().map(|n| n % (par_slot + 1))).collect();
        let room = piles.iter().map(|(_, n)| u32::from(par_slot - n)).sum::<u32>()
            + u32::from(libres) * u32::from(par_slot);
        match repartir(quantite, par_slot, piles.clone(), 0..libres) {
            None => prop_assert!(room < u32::from(quantite)),
            Some(parts) => {
                prop_assert_eq!(parts.iter().map(|(_, n)| u32::from(*n)).sum::<u32>(), u32::from(quantite));
                let already = |at: u16| piles.iter().find(|(of, _)| *of == at).map_or(0, |(_, n)| *n);
                prop_assert!(parts.iter().all(|(at, n)| *n > 0 && already(*at) + n <= par_slot));
            }
        }
    }
}
