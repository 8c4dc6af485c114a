//! Skills: learning, improving, exercising, and laying out the bar.

use std::collections::BTreeMap;
use std::sync::Arc;

use aether_core::Context;

use super::Fait;
use crate::competence::apprentissage::unites::{ameliorer, apprendre};
use crate::competence::barre::unites::placer;
use crate::competence::{Apprendre, Apprentissage, ApprentissageCommand, Competence};
use crate::values::{ApprentissageId, CompetenceId, NiveauCompetence};
use crate::world::choix::competences;
use crate::world::histoire::History;
use crate::world::histoire::vie::Qui;

impl History {
    /// Improves a skill where that is possible, else learns one.
    pub(super) fn apprend(&mut self, qui: Qui) -> Fait {
        let niveau = self.joueur(qui).niveau();
        if let Some((competence, vers)) = self.ameliorable(qui) {
            let pen = self.scribe.pen();
            let unit = ameliorer(&pen, Context::new(), qui.id, niveau, competence, vers);
            return unit.commit().ok().map(drop);
        }
        let apprises = self.niveaux(qui);
        let fiche = {
            let joueur = self.joueur(qui);
            competences::a_apprendre(&self.catalogue, &joueur, &apprises, &mut self.hasard)?
                .competence_id
        };
        let definition: Arc<Competence> = self.scribe.state(fiche);
        let mut demande = Apprendre::new(&definition, qui.id, niveau).ok()?;
        demande.apprises = apprises;
        let appris = apprendre(&self.scribe.pen(), Context::new(), demande).commit();
        appris.ok()?;
        self.vie(qui, |vie| vie.competences.push(fiche))
    }

    fn ameliorable(&self, qui: Qui) -> Option<(CompetenceId, NiveauCompetence)> {
        let joueur = self.joueur(qui);
        let mut apprises = self.apprises(qui);
        apprises
            .find_map(|(id, apprise)| Some((id, competences::niveau_suivant(&joueur, &apprise)?)))
    }

    /// The skills of a player, in the order in which they were learned.
    pub(in crate::world::histoire) fn apprises(
        &self,
        qui: Qui,
    ) -> impl Iterator<Item = (CompetenceId, Arc<Apprentissage>)> {
        let competences = self.vies.get(qui.n).into_iter().flat_map(|vie| &vie.competences);
        competences.map(move |id| (*id, self.scribe.state(ApprentissageId::du_joueur(*id, qui.id))))
    }

    fn niveaux(&self, qui: Qui) -> BTreeMap<CompetenceId, NiveauCompetence> {
        self.apprises(qui).filter_map(|(id, apprise)| Some((id, apprise.niveau()?))).collect()
    }

    /// Uses a skill that does not rest.
    pub(super) fn exerce(&mut self, qui: Qui) -> Fait {
        let maintenant = self.now();
        let pretes = self.apprises(qui).filter(|(_, it)| competences::est_prete(it, maintenant));
        let pretes: Vec<_> = pretes.map(|(id, _)| id).collect();
        let id = ApprentissageId::du_joueur(*self.hasard.pick(&pretes)?, qui.id);
        self.scribe.pen().execute(id, ApprentissageCommand::Utiliser).ok().map(drop)
    }

    /// Puts a skill on the bar.
    pub(super) fn dispose(&mut self, qui: Qui) -> Fait {
        let utilisables = self.apprises(qui).filter(|(_, it)| it.utilisable().is_ok());
        let utilisables: Vec<_> = utilisables.map(|(id, _)| id).collect();
        let competence = *self.hasard.pick(&utilisables)?;
        let position = competences::position(&mut self.hasard);
        let pen = self.scribe.pen();
        placer(&pen, Context::new(), qui.id, competence, position).commit().ok().map(drop)
    }
}
