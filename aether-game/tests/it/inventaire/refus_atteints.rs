//! Every refusal of a bag is what some command gets.

use aether_game::inventaire::*;
use aether_game::item::Emplacement::{ArmePrincipale, Dos, Tete};
use aether_game::item::FicheItem;
use aether_game::joueur::Stats;
use aether_game::values::*;

use super::fixtures::*;
use crate::refus::assert_all_reached;

fn capacite(capacite: u16, raison: RaisonCapacite) -> InventaireCommand {
    InventaireCommand::ModifierCapacite {
        joueur_id: moi(),
        capacite,
        poids_max: Poids::fixe::<1_000>(),
        raison,
        extension: Some(Nom::new("Sacoche").unwrap()),
        intervention: None,
    }
}

fn sac_range() -> Vec<InventaireRefus> {
    let diviser = |quantite, position| InventaireCommand::Diviser {
        joueur_id: moi(),
        slot_id: slot(0),
        quantite: q(quantite),
        position,
    };
    let fusionner = |de, vers| InventaireCommand::Fusionner {
        joueur_id: moi(),
        de: slot(de),
        vers: slot(vers),
        quantite: None,
    };
    let petit = [capacite(1, RaisonCapacite::Achat), ajouter(&potion(), 20)];
    let piles = || [ajouter(&potion(), 40), ajouter(&minerai(), 1)];
    let gift = ajouter_a(autre(), &potion(), 1);
    let sans_acte = retirer(Prelevement::Slot(slot(0)), 1, RaisonItem::OperateurRetrait);
    let mouvement = retirer(Prelevement::Slot(slot(0)), 1, RaisonItem::Echange);
    vec![
        refus(piles(), &gift),
        refus(petit, &ajouter(&potion(), 1)),
        refus([], &ajouter(&minerai(), 201)),
        refus(piles(), &jeter(slot(9), 1)),
        refus(piles(), &diviser(1, 50)),
        refus(piles(), &diviser(1, 1)),
        refus(piles(), &diviser(20, 9)),
        refus(piles(), &jeter(slot(0), 21)),
        refus(piles(), &fusionner(0, 2)),
        refus(piles(), &fusionner(0, 1)),
        refus(piles(), &mouvement),
        refus(piles(), &sans_acte),
        refus([ajouter(&lettre(), 1)], &sequestrer(1, &lettre(), 1)),
        refus([ajouter(&lettre(), 1)], &jeter(slot(0), 1)),
        refus([ajouter(&minerai(), 1)], &utiliser(slot(0), 1)),
        refus(piles(), &capacite(0, RaisonCapacite::Achat)),
        refus(piles(), &capacite(60, RaisonCapacite::Operateur)),
        refus(piles(), &capacite(2, RaisonCapacite::Achat)),
        refus(vec![capacite(50, RaisonCapacite::Achat); 50], &capacite(50, RaisonCapacite::Achat)),
    ]
}

fn tenue() -> Vec<InventaireRefus> {
    let avec = |commands: &[InventaireCommand]| {
        let mut all = vec![ajouter(&epee(), 2), ajouter(&potion(), 1)];
        all.extend_from_slice(commands);
        all
    };
    let porter = equiper(slot(0), &epee(), ArmePrincipale);
    let haut = FicheItem { niveau_requis: niveau(10), ..epee() };
    let retirer_du_dos = InventaireCommand::Desequiper { joueur_id: moi(), emplacement: Dos };
    let equipement_id = EquipementId::du_slot(slot(0));
    let usure = InventaireCommand::ConstaterUsure { joueur_id: moi(), equipement_id, usee: true };
    let bonus = Stats { force: Stat::fixe::<4>(), ..Stats::default() };
    let absente = Inventaire::default().verifie_au_repos(equipement_id);
    vec![
        refus(avec(&[]), &equiper(slot(2), &potion(), Tete)),
        refus(avec(&[]), &equiper(slot(0), &epee(), Tete)),
        refus([ajouter(&haut, 1)], &equiper(slot(0), &haut, ArmePrincipale)),
        refus(avec(&[porter]), &jeter(slot(0), 1)),
        refus(avec(&[]), &equiper(slot(1), &anneau(), ArmePrincipale)),
        refus(avec(&[]), &retirer_du_dos),
        refus(avec(&[]), &usure),
        absente.unwrap_err(),
        Inventaire::default().verifie_bonus(bonus).unwrap_err(),
    ]
}

fn mises_de_cote() -> Vec<InventaireRefus> {
    let avec = |command| [ajouter(&potion(), 20), command];
    let vendre = || sequestrer(1, &potion(), 5);
    let partir = || mettre_de_cote(1, &[(&potion(), 5)]);
    vec![
        refus(avec(vendre()), &vendre()),
        refus(avec(vendre()), &liberer(1, 6)),
        refus(avec(partir()), &partir()),
        refus(avec(partir()), &solder(2, &[])),
        refus(avec(partir()), &solder(1, &[(&potion(), 6)])),
        refus(avec(vendre()), &mettre_de_cote(1, &[])),
    ]
}

fn offres() -> Vec<InventaireRefus> {
    let some = || termes(vec![ligne(&potion(), 1)], vec![]);
    let offrir = || vec![ajouter(&potion(), 20), proposer(1, some())];
    let vue = |revision| {
        let proposeur = moi();
        Box::new(Offre { offre_id: offre_id(1), proposeur, revision, termes: some() })
    };
    let conclure = |revision| {
        let (offre, transaction_id) = (vue(revision), transaction(1));
        InventaireCommand::ConclureOffre { joueur_id: moi(), offre, transaction_id }
    };
    let accepter = InventaireCommand::AccepterOffre {
        joueur_id: joueur(3),
        offre: vue(2),
        transaction_id: transaction(1),
    };
    let mut vingt = vec![ajouter(&potion(), 20)];
    vingt.extend((1..=20).map(|n| proposer(n, some())));
    let a_soi = Termes { contrepartie: moi(), ..some() };
    vec![
        refus(offrir(), &proposer(2, a_soi)),
        refus(offrir(), &proposer(2, termes(vec![], vec![]))),
        refus(vingt, &proposer(21, some())),
        refus([ajouter(&potion(), 20)], &conclure(2)),
        refus(offrir(), &conclure(9)),
        refus([], &accepter),
    ]
}

#[test]
fn every_refusal_of_a_bag_is_reached() {
    assert_all_reached([sac_range(), tenue(), mises_de_cote(), offres()].concat());
}
