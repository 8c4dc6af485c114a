//! Rows of skills.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::combat::Pouvoir;
use crate::competence::{
    CibleCompetence, Element, FicheCompetence, ModificateursActifs, ModificateursNiveau,
    PreRequisCompetence, TypeCompetence,
};
use crate::read_models::row::Row;
use crate::values::{
    ApprentissageId, CompetenceId, Description, Experience, JoueurId, Niveau, NiveauCompetence,
    Nom, PositionBarre, Stat,
};

/// A row of `competences`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Competence {
    /// The skill.
    pub competence_id: CompetenceId,
    /// Its name.
    pub nom: Nom,
    /// What it does, in words.
    pub description: Description,
    /// Its kind.
    pub type_competence: TypeCompetence,
    /// What it is made of.
    pub element: Element,
    /// Whom it is used on.
    pub cible: CibleCompetence,
    /// The least level at which it can be learned.
    pub niveau_requis: Niveau,
    /// The mana that a use costs.
    pub cout_mana: Stat,
    /// The stamina that a use costs.
    pub cout_stamina: Stat,
    /// For how many turns it rests after a use.
    pub cooldown_tours: u8,
    /// How far it reaches.
    pub portee: u8,
    /// What it does to each target.
    pub effets: Vec<Pouvoir>,
    /// What each level adds.
    pub modificateurs_niveau: ModificateursNiveau,
    /// How it is shown.
    pub animation: Option<Nom>,
    /// Its icon.
    pub icone_url: Option<Nom>,
    /// What must be learned before.
    pub pre_requis: PreRequisCompetence,
    /// The event that created it.
    pub last_event_sequence: i64,
}

impl Competence {
    /// The row of a definition.
    pub(super) fn of(fiche: &FicheCompetence, last_event_sequence: i64) -> Self {
        Self {
            competence_id: fiche.competence_id,
            nom: fiche.nom.clone(),
            description: fiche.description.clone(),
            type_competence: fiche.type_competence,
            element: fiche.element,
            cible: fiche.cible,
            niveau_requis: fiche.niveau_requis,
            cout_mana: fiche.cout_mana,
            cout_stamina: fiche.cout_stamina,
            cooldown_tours: fiche.cooldown_tours,
            portee: fiche.portee,
            effets: fiche.effets.clone(),
            modificateurs_niveau: fiche.modificateurs_niveau,
            animation: fiche.animation.clone(),
            icone_url: fiche.icone_url.clone(),
            pre_requis: fiche.pre_requis.clone(),
            last_event_sequence,
        }
    }
}

/// A row of `competences_joueur`: a skill as a player has learned it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompetenceJoueur {
    /// The learned skill.
    pub competence_joueur_id: ApprentissageId,
    /// Who.
    pub joueur_id: JoueurId,
    /// Which skill.
    pub competence_id: CompetenceId,
    /// Its level.
    pub niveau_competence: NiveauCompetence,
    /// What its use has taught.
    pub experience_competence: Experience,
    /// Whether it lies on the bar.
    pub assignee_barre: bool,
    /// Where.
    pub position_barre: Option<PositionBarre>,
    /// For how many seconds it rested on, as of `cooldown_releve_a`.
    pub cooldown_restant_secondes: u32,
    /// When it was used last.
    pub dernier_usage: Option<DateTime<Utc>>,
    /// What its level does.
    pub modificateurs_actifs: ModificateursActifs,
    /// The last event that changed this row.
    pub last_event_sequence: i64,
    /// When it was learned.
    pub apprise_a: DateTime<Utc>,
    /// From when on it can be used again; none before the first use.
    pub cooldown_fin_a: Option<DateTime<Utc>>,
    /// As of when the seconds of rest are.
    pub cooldown_releve_a: Option<DateTime<Utc>>,
}

impl CompetenceJoueur {
    /// From when on it can be used again, if it rests at this time.
    #[must_use]
    pub fn au_repos(&self, maintenant: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.cooldown_fin_a.filter(|fin| maintenant < *fin)
    }
}

impl Row for Competence {
    const TABLE: &'static str = "competences";

    type Key = CompetenceId;

    fn key(&self) -> CompetenceId {
        self.competence_id
    }
}

impl Row for CompetenceJoueur {
    const TABLE: &'static str = "competences_joueur";

    type Key = ApprentissageId;

    fn key(&self) -> ApprentissageId {
        self.competence_joueur_id
    }
}
