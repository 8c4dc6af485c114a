//! The 120 skills: six schools of fifteen, and thirty moves of arms.
//!
//! A skill may require others of its school that come before it: so no skill requires itself, over however many others.

use super::bornes;
use super::hasard::Hasard;
use super::noms::Noms;
use crate::combat::{Pouvoir, TypeDegats, TypeEffet};
use crate::competence::{
    CompetenceRequise, Element, FicheCompetence, ModificateursNiveau, PreRequisCompetence,
    TypeCompetence,
};
use crate::values::{CompetenceId, Description, NiveauCompetence, Nom};

mod formes;

use formes::{COUPS, ECOLES, FORMES, Forme, GRADES};

/// All skills, school by school.
pub(super) fn competences(
    noms: &mut Noms,
    hasard: &mut Hasard,
    id: impl Fn(usize) -> CompetenceId,
) -> Vec<FicheCompetence> {
    let mut fiches: Vec<FicheCompetence> = Vec::with_capacity(120);
    for (element, de) in ECOLES {
        let debut = fiches.len();
        for (rang, forme) in FORMES.iter().enumerate() {
            let nom = noms.premier_libre([format!("{} {de}", forme.nom)].into_iter());
            let mut fiche = fiche(hasard, id(fiches.len()), nom, forme, (element, rang));
            fiche.pre_requis = pre_requis(hasard, &fiches[debut..]);
            fiches.push(fiche);
        }
    }
    for (rang, grade) in GRADES.iter().enumerate() {
        for coup in &COUPS {
            let nom = noms.premier_libre([format!("{}{grade}", coup.nom)].into_iter());
            let place = (Element::Neutre, rang * 5);
            let mut fiche = fiche(hasard, id(fiches.len()), nom, coup, place);
            // the same move, one grade below
            let avant = fiches.len().checked_sub(COUPS.len()).filter(|_| rang > 0);
            let avant = avant.and_then(|place| fiches.get(place));
            fiche.pre_requis.competences = avant.map(|it| requise(it, 2)).into_iter().collect();
            fiches.push(fiche);
        }
    }
    fiches
}

/// A skill of a form: the higher its rank in its school, the stronger and dearer.
fn fiche(
    hasard: &mut Hasard,
    competence_id: CompetenceId,
    nom: Nom,
    forme: &Forme,
    (element, rang): (Element, usize),
) -> FicheCompetence {
    let rang = rang as u32;
    let niveau = 1 + rang * rang / 5;
    let (mana, stamina) = cout(forme.type_competence, element, niveau);
    let actif = forme.type_competence != TypeCompetence::Passive;
    FicheCompetence {
        competence_id,
        description: Description::epure(&format!("{nom} : {}.", forme.en_mots)),
        nom,
        type_competence: forme.type_competence,
        element,
        cible: forme.cible,
        niveau_requis: bornes::niveau(niveau),
        cout_mana: bornes::stat(mana),
        cout_stamina: bornes::stat(stamina),
        cooldown_tours: if actif { forme.repos } else { 0 },
        portee: forme.portee,
        effets: effets(hasard, forme, degats(element), 10 + niveau * 2),
        modificateurs_niveau: ModificateursNiveau {
            puissance: hasard.between(4, 12) as u8,
            reduction_cout: hasard.between(0, 3) as u8,
        },
        animation: Some(Nom::epure(&format!("{}_{}", forme.nom, element.as_str().to_lowercase()))),
        icone_url: Some(Nom::epure(&format!("/icones/{}.webp", competence_id.as_uuid().simple()))),
        pre_requis: PreRequisCompetence::default(),
    }
}

/// Mana and stamina: moves of arms cost stamina, spells mana, and what is always at work nothing.
const fn cout(type_competence: TypeCompetence, element: Element, niveau: u32) -> (u32, u32) {
    let cout = match type_competence {
        TypeCompetence::Passive => 0,
        TypeCompetence::Active => 4 + niveau / 2,
        TypeCompetence::Ultimate => 15 + niveau,
    };
    match element {
        Element::Neutre => (0, cout),
        _ => (cout, 0),
    }
}

/// The kind of damage that an element does.
const fn degats(element: Element) -> TypeDegats {
    match element {
        Element::Feu => TypeDegats::Feu,
        Element::Eau => TypeDegats::Eau,
        Element::Terre => TypeDegats::Terre,
        Element::Air => TypeDegats::Air,
        Element::Lumiere => TypeDegats::Lumiere,
        Element::Ombre => TypeDegats::Ombre,
        Element::Neutre => TypeDegats::Physique,
    }
}

fn effets(hasard: &mut Hasard, forme: &Forme, type_degats: TypeDegats, force: u32) -> Vec<Pouvoir> {
    let part = |pourcent: u32| force * pourcent / 100;
    let effet = |(type_effet, pourcent, duree_tours): (TypeEffet, u32, u8), chance: u8| {
        Pouvoir::Effet { type_effet, puissance: part(pourcent), duree_tours, chance }
    };
    let degats = Pouvoir::Degats { type_degats, puissance: part(forme.degats) };
    let soin = Pouvoir::Soin { puissance: part(forme.soin) };
    let mut effets: Vec<_> = (forme.degats > 0).then_some(degats).into_iter().collect();
    effets.extend((forme.soin > 0).then_some(soin));
    effets.extend(forme.effet.map(|it| effet(it, hasard.between(50, 100) as u8)));
    if effets.is_empty() {
        effets.push(Pouvoir::Dissipation);
    }
    effets
}

/// None to two of the skills before.
fn pre_requis(hasard: &mut Hasard, avant: &[FicheCompetence]) -> PreRequisCompetence {
    let mut competences: Vec<CompetenceRequise> = Vec::new();
    for _ in 0..hasard.below(3) {
        let proches = &avant[avant.len().saturating_sub(6)..];
        let autre = hasard.pick(proches).filter(|it| {
            competences.iter().all(|requise| requise.competence_id != it.competence_id)
        });
        let niveau = hasard.between(1, 2);
        competences.extend(autre.map(|it| requise(it, niveau)));
    }
    PreRequisCompetence { competences }
}

fn requise(fiche: &FicheCompetence, niveau: u32) -> CompetenceRequise {
    let niveau: NiveauCompetence = bornes::niveau_competence(niveau);
    CompetenceRequise { competence_id: fiche.competence_id, niveau }
}
