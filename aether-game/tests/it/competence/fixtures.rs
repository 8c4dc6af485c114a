//! Small skills.

use aether_core::Aggregate as _;
use aether_game::combat::{Pouvoir, TypeDegats};
use aether_game::competence::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// Seconds after noon.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    let noon: DateTime<Utc> = "2026-05-06T12:00:00Z".parse().unwrap();
    noon + TimeDelta::seconds(seconds)
}

pub(crate) fn competence_id(n: u128) -> CompetenceId {
    CompetenceId::new(Uuid::from_u128(0x1000 + n))
}

pub(crate) fn joueur() -> JoueurId {
    JoueurId::new(Uuid::from_u128(0x2000))
}

pub(crate) fn niveau(n: u8) -> Niveau {
    Niveau::new(n).unwrap()
}

pub(crate) fn rang(n: u8) -> NiveauCompetence {
    NiveauCompetence::new(n).unwrap()
}

pub(crate) fn stat(n: u32) -> Stat {
    Stat::new(n).unwrap()
}

/// A ball of fire: 25 mana, rests for two turns, a tenth stronger and a twentieth cheaper at each level; level 5.
pub(crate) fn fiche() -> FicheCompetence {
    FicheCompetence {
        competence_id: competence_id(1),
        nom: Nom::new("Boule de feu").unwrap(),
        description: Description::new("Une boule de feu.").unwrap(),
        type_competence: TypeCompetence::Active,
        element: Element::Feu,
        cible: CibleCompetence::Ennemi,
        niveau_requis: niveau(5),
        cout_mana: stat(25),
        cout_stamina: stat(0),
        cooldown_tours: 2,
        portee: 8,
        effets: vec![Pouvoir::Degats { type_degats: TypeDegats::Feu, puissance: 30 }],
        modificateurs_niveau: ModificateursNiveau { puissance: 10, reduction_cout: 5 },
        animation: Some(Nom::new("boule_de_feu").unwrap()),
        icone_url: None,
        pre_requis: PreRequisCompetence::default(),
    }
}

/// The same skill, changed.
pub(crate) fn avec(change: impl FnOnce(&mut FicheCompetence)) -> FicheCompetence {
    let mut fiche = fiche();
    change(&mut fiche);
    fiche
}

/// A skill that is always at work.
pub(crate) fn passive() -> FicheCompetence {
    avec(|it| {
        it.type_competence = TypeCompetence::Passive;
        it.cout_mana = Stat::ZERO;
        it.cooldown_tours = 0;
    })
}

pub(crate) fn creee(fiche: FicheCompetence) -> Competence {
    Competence::fold(&[CompetenceEvent::CompetenceCreee(Box::new(fiche))])
}

pub(crate) fn demande(fiche: FicheCompetence) -> Apprendre {
    Apprendre::new(&creee(fiche), joueur(), niveau(10)).unwrap()
}

pub(crate) fn apprendre(fiche: FicheCompetence) -> ApprentissageCommand {
    ApprentissageCommand::Apprendre(Box::new(demande(fiche)))
}

/// A player who has not learned the skill, at noon.
pub(crate) fn nouveau() -> Scenario<Apprentissage> {
    Scenario::given([]).at(at(0))
}

/// A skill that was learned at noon.
pub(crate) fn apprise(fiche: FicheCompetence) -> Scenario<Apprentissage> {
    nouveau().when(apprendre(fiche)).then_state(|_| {})
}

/// A player of this level improves the skill to this level.
pub(crate) fn ameliorer(joueur: u8, vers: u8) -> ApprentissageCommand {
    ApprentissageCommand::Ameliorer { niveau_joueur: niveau(joueur), vers: rang(vers) }
}

pub(crate) const UTILISER: ApprentissageCommand = ApprentissageCommand::Utiliser;

/// A skill that was used so often, each time as soon as it could be.
pub(crate) fn utilisee(fiche: FicheCompetence, times: i64) -> Scenario<Apprentissage> {
    let rest = i64::from(fiche.cooldown_tours) * 30;
    (0..times).fold(apprise(fiche), |it, n| it.at(at(n * rest)).when(UTILISER).then_state(|_| {}))
}
