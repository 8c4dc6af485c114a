//! A register against a sorted map.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Note {
    cle: u16,
    valeur: u8,
}

impl Inscrit for Note {
    type Cle = u16;

    fn cle(&self) -> u16 {
        self.cle
    }
}

/// What a register holds, and that its slices are as they should be.
fn contenu(registre: &Registre<Note>) -> Vec<(u16, u8)> {
    let mut tailles = registre.tranches.iter().map(|tranche| tranche.len());
    assert!(tailles.all(|taille| (1..=TRANCHE_MAX).contains(&taille)));
    registre.tous().map(|note| (note.cle, note.valeur)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_register_holds_what_a_sorted_map_holds_and_copies_stay_as_they_were(
        steps in prop::collection::vec((0..700_u16, any::<u8>(), 0..8_u8), 0..6_000),
    ) {
        let mut registre = Registre::<Note>::default();
        let mut modele = BTreeMap::new();
        let moitie = steps.len() / 2;
        let mut copie = None;
        for (index, (cle, valeur, verbe)) in steps.into_iter().enumerate() {
            // it grows, and then shrinks again
            if verbe < if index < moitie { 2 } else { 7 } {
                let retire = registre.retire(cle).map(|note| note.valeur);
                prop_assert_eq!(retire, modele.remove(&cle));
            } else {
                registre.inscrit(Note { cle, valeur });
                modele.insert(cle, valeur);
            }
            prop_assert_eq!(registre.nombre(), modele.len());
            if index == moitie {
                copie = Some((registre.clone(), modele.clone()));
            }
        }
        let attendu: Vec<_> = modele.iter().map(|(cle, valeur)| (*cle, *valeur)).collect();
        prop_assert_eq!(contenu(&registre), attendu);
        for cle in (0..720).step_by(7) {
            prop_assert_eq!(registre.trouve(cle).map(|it| it.valeur), modele.get(&cle).copied());
            let depuis: Vec<_> = registre.depuis(cle).map(|it| it.cle).collect();
            prop_assert_eq!(depuis, modele.range(cle..).map(|it| *it.0).collect::<Vec<_>>());
        }
        if let Some((copie, modele)) = copie {
            prop_assert_eq!(contenu(&copie), modele.into_iter().collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_change_copies_one_slice_of_ten_thousand_entries() {
    let avant: Registre<Note> = (0..10_000).map(|n| Note { cle: 2 * n, valeur: 0 }).collect();
    let changes: [fn(&mut Registre<Note>); 3] = [
        |registre| registre.inscrit(Note { cle: 9_000, valeur: 1 }),
        |registre| registre.inscrit(Note { cle: 9_001, valeur: 1 }),
        |registre| drop(registre.retire(9_000)),
    ];
    for change in changes {
        let mut apres = avant.clone();
        change(&mut apres);
        let partagee = |tranche: &&Arc<_>| avant.tranches.iter().any(|it| Arc::ptr_eq(it, tranche));
        let partagees = apres.tranches.iter().filter(partagee).count();
        assert!(partagees + 1 >= avant.tranches.len(), "{partagees} slices are shared");
    }
}

#[test]
fn slices_that_empty_are_joined() {
    let mut registre: Registre<Note> = (0..10_000).map(|cle| Note { cle, valeur: 0 }).collect();
    for cle in (0..10_000).filter(|cle| cle % 100 != 0) {
        registre.retire(cle);
    }
    assert_eq!(registre.nombre(), 100);
    assert!(registre.tranches.len() <= 4, "{} slices", registre.tranches.len());
}
