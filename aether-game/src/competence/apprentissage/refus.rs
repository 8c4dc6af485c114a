//! Why a player's skill refuses a command.

use chrono::{DateTime, Utc};

use crate::refus::refus;
use crate::values::{CompetenceId, Experience, Niveau, NiveauCompetence};

refus! {
    /// A rule of skills that a command would break. Nothing happened.
    pub enum ApprentissageRefus of "Competence" {
        /// The player has not learned it.
        PasApprise = "COMPETENCE_PAS_APPRISE",
            "the player has not learned the skill; learn it first",
            "le joueur n'a pas appris la compétence ; apprenez-la d'abord";
        /// The player has learned it.
        DejaApprise = "COMPETENCE_DEJA_APPRISE",
            "the player has learned the skill already; improve it instead",
            "le joueur a déjà appris la compétence ; améliorez-la plutôt";
        /// The player's level is too low.
        NiveauInsuffisant { requis: Niveau, niveau: Niveau } = "COMPETENCE_NIVEAU_INSUFFISANT",
            "this needs level {requis}, and the player has {niveau}; come back later",
            "ceci exige le niveau {requis}, et le joueur a {niveau} ; revenez plus tard";
        /// Another skill must be learned before.
        PreRequisManquant { competence: CompetenceId, niveau: NiveauCompetence } = "COMPETENCE_PREREQUIS_MANQUANT",
            "skill {competence} must be learned up to level {niveau} before; improve it first",
            "la compétence {competence} doit être apprise au niveau {niveau} avant ; améliorez-la d'abord";
        /// It has not been used enough.
        ExperienceInsuffisante { requise: Experience, experience: Experience } = "COMPETENCE_EXPERIENCE_INSUFFISANTE",
            "the next level needs {requise} experience, and the skill has {experience}; use it more",
            "le niveau suivant exige {requise} d'expérience, et la compétence en a {experience} ; utilisez-la davantage";
        /// It is at its highest level.
        NiveauMaximal { niveau: NiveauCompetence } = "COMPETENCE_NIVEAU_MAXIMAL",
            "the skill has level {niveau}, which is the highest; improve another one",
            "la compétence a le niveau {niveau}, le plus haut ; améliorez-en une autre";
        /// Another level comes next.
        AutreNiveau { vers: NiveauCompetence, suivant: NiveauCompetence } = "COMPETENCE_AUTRE_NIVEAU",
            "the skill cannot rise to level {vers}, its next one is {suivant}; improve it to that one",
            "la compétence ne peut passer au niveau {vers}, le suivant est le {suivant} ; améliorez-la jusqu'à celui-là";
        /// It rests.
        AuRepos { jusqu_a: DateTime<Utc> } = "COMPETENCE_AU_REPOS",
            "the skill rests until {jusqu_a}; use it then, or another one",
            "la compétence se repose jusqu'à {jusqu_a} ; utilisez-la alors, ou une autre";
        /// It is passive.
        Passive = "COMPETENCE_PASSIVE",
            "the skill is passive, so it is always at work; use an active one",
            "la compétence est passive, elle agit toujours ; utilisez-en une active";
    }
}
