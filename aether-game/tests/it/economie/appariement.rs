//! Matching against a model that is slow and plain.

use aether_game::economie::*;
use aether_game::values::*;
use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::fixtures::*;

/// A market as one would write it down: a list, searched from end to end for each trade.
#[derive(Default)]
struct Modele {
    /// Open orders, the oldest first.
    ordres: Vec<Ligne>,
}

#[derive(Clone)]
struct Ligne {
    ordre: OrdreId,
    joueur: JoueurId,
    type_ordre: TypeOrdre,
    prix: u32,
    reste: u16,
    expire_a: DateTime<Utc>,
}

impl Modele {
    /// Places an order; gives its trades as (seller's order, buyer's order, pieces, price).
    fn place(
        &mut self,
        mut entrant: Ligne,
        maintenant: DateTime<Utc>,
    ) -> Vec<(OrdreId, OrdreId, u16, u32)> {
        let mut echanges = vec![];
        while entrant.reste > 0 {
            let Some(place) = self.meilleur(&entrant, maintenant) else { break };
            let autre = &mut self.ordres[place];
            let quantite = entrant.reste.min(autre.reste);
            entrant.reste -= quantite;
            autre.reste -= quantite;
            echanges.push(match entrant.type_ordre {
                TypeOrdre::Vente => (entrant.ordre, autre.ordre, quantite, autre.prix),
                TypeOrdre::Achat => (autre.ordre, entrant.ordre, quantite, autre.prix),
            });
            self.ordres.retain(|ligne| ligne.reste > 0);
        }
        if entrant.reste > 0 {
            self.ordres.push(entrant);
        }
        echanges
    }

    fn meilleur(&self, entrant: &Ligne, maintenant: DateTime<Utc>) -> Option<usize> {
        let mut meilleur: Option<usize> = None;
        for (place, ligne) in self.ordres.iter().enumerate() {
            let (vente, achat) = match entrant.type_ordre {
                TypeOrdre::Vente => (entrant.prix, ligne.prix),
                TypeOrdre::Achat => (ligne.prix, entrant.prix),
            };
            let possible = ligne.type_ordre != entrant.type_ordre
                && vente <= achat
                && ligne.joueur != entrant.joueur
                && ligne.expire_a > maintenant;
            let avant = meilleur.map(|it| self.ordres[it].prix);
            let mieux = avant.is_none_or(|avant| match entrant.type_ordre {
                TypeOrdre::Vente => ligne.prix > avant,
                TypeOrdre::Achat => ligne.prix < avant,
            });
            if possible && mieux {
                meilleur = Some(place);
            }
        }
        meilleur
    }
}

#[derive(Debug, Clone)]
struct Pas {
    vend: bool,
    joueur: u128,
    quantite: u16,
    prix: u32,
    duree_s: u32,
    attente_s: i64,
}

fn pas() -> impl Strategy<Value = Pas> {
    let durees = prop_oneof![Just(Economie::DUREE_MIN_S), Just(10_000), Just(1_000_000)];
    (any::<bool>(), 1..5_u128, 1..8_u16, 1..9_u32, durees, 0..900_i64).prop_map(
        |(vend, joueur, quantite, prix, duree_s, attente_s)| Pas {
            vend,
            joueur,
            quantite,
            prix,
            duree_s,
            attente_s,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_book_trades_as_a_plain_list_would(steps in prop::collection::vec(pas(), 1..80)) {
        let mut economie = Economie::default();
        let mut modele = Modele::default();
        let mut secondes = 0;
        for (n, pas) in (0_u128..).zip(steps) {
            secondes += pas.attente_s;
            let demande = PlacerOrdre {
                duree_s: pas.duree_s,
                ..demande(n, pas.joueur, pas.quantite, pas.prix)
            };
            let ligne = Ligne {
                ordre: demande.ordre,
                joueur: demande.joueur,
                type_ordre: if pas.vend { TypeOrdre::Vente } else { TypeOrdre::Achat },
                prix: pas.prix,
                reste: pas.quantite,
                expire_a: a(secondes + i64::from(pas.duree_s)),
            };
            let command = match pas.vend {
                true => EconomieCommand::PlacerVente(demande),
                false => EconomieCommand::PlacerAchat(demande),
            };
            let events = joue(&mut economie, &command, secondes).expect("placed");
            prop_assert_eq!(echanges(&events), modele.place(ligne, a(secondes)));
        }
        for type_ordre in [TypeOrdre::Vente, TypeOrdre::Achat] {
            // a stable sort keeps the oldest first
            let mut lignes: Vec<_> =
                modele.ordres.iter().filter(|it| it.type_ordre == type_ordre).cloned().collect();
            lignes.sort_by_key(|it| match type_ordre {
                TypeOrdre::Vente => i64::from(it.prix),
                TypeOrdre::Achat => -i64::from(it.prix),
            });
            let attendu: Vec<_> = lignes.iter().map(|it| (it.ordre, it.reste)).collect();
            let trouve: Vec<_> =
                economie.cote(type_ordre).map(|it| (it.ordre_id, it.reste.get())).collect();
            prop_assert_eq!(trouve, attendu);
        }
    }

    #[test]
    fn matching_gives_no_more_than_is_asked_for_and_stops_at_the_limit(
        contre in prop::collection::vec((1..6_u128, 1..200_u16, 1..50_u32), 0..60),
        quantite_voulue in 1..=9_999_u16,
        limite in 1..50_u32,
    ) {
        let mut economie = Economie::default();
        for (n, (de, q, p)) in (0_u128..).zip(contre) {
            joue(&mut economie, &vend(n, de, q, p), 0).expect("placed");
        }
        let entrant = Entrant {
            joueur_id: joueur(1),
            type_ordre: TypeOrdre::Achat,
            prix: prix(limite),
            quantite: quantite(quantite_voulue),
            maintenant: a(0),
        };
        let rencontres = apparier(&entrant, economie.cote(TypeOrdre::Vente));
        let mut reste = quantite_voulue;
        for rencontre in &rencontres {
            prop_assert!(reste > 0);
            prop_assert!(rencontre.ordre.prix <= entrant.prix);
            prop_assert!(rencontre.ordre.joueur_id != entrant.joueur_id);
            let apres = rencontre.reste.map_or(0, Quantite::get);
            prop_assert_eq!(apres + rencontre.quantite.get(), rencontre.ordre.reste.get());
            reste -= rencontre.quantite.get();
            prop_assert_eq!(rencontre.reste_entrant.map_or(0, Quantite::get), reste);
        }
        let offert: u64 = economie
            .cote(TypeOrdre::Vente)
            .filter(|it| it.prix <= entrant.prix && it.joueur_id != entrant.joueur_id)
            .map(|it| u64::from(it.reste.get()))
            .sum();
        let attendu = offert.min(u64::from(quantite_voulue));
        prop_assert_eq!(u64::from(quantite_voulue - reste), attendu);
    }
}
