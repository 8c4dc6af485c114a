//! Skills: learning, improving, exercising, and laying out the bar.

use std::collections::BTreeMap;

use aether_core::Context;

use super::RIEN;
use crate::bots::vie::bot::Bot;
use crate::bots::vie::moteur::{Acte, Etat};
use crate::competence::apprentissage::unites::{ameliorer, apprendre};
use crate::competence::barre::unites::placer;
use crate::competence::{Apprendre, Apprentissage, ApprentissageCommand};
use crate::values::{ApprentissageId, CompetenceId, JoueurId};
use crate::world::choix::competences;

type Apprises = Vec<(CompetenceId, Etat<Apprentissage>)>;

impl Bot {
    /// Improves a skill where that is possible, else learns one.
    pub(super) async fn apprend(&mut self) -> Acte {
        let joueur = self.joueur().await?;
        let niveau = joueur.state.niveau();
        let apprises = self.apprises(self.id, &self.memoire.competences).await?;
        let ameliorable = apprises.iter().find_map(|(id, apprise)| {
            Some((*id, competences::niveau_suivant(&joueur.state, &apprise.state)?))
        });
        if let Some((id, vers)) = ameliorable {
            let unit = ameliorer(&self.engine, Context::new(), self.id, niveau, id, vers);
            return self.commet(unit).await.map(drop);
        }
        let niveaux: BTreeMap<_, _> =
            apprises.iter().filter_map(|(id, it)| Some((*id, it.state.niveau()?))).collect();
        let catalogue = self.world.catalogue();
        let choisie =
            competences::a_apprendre(catalogue, &joueur.state, &niveaux, &mut self.hasard);
        let id = choisie.ok_or(RIEN)?.competence_id;
        let definition = self.etat(id).await?;
        let demande = Apprendre::new(&definition.state, self.id, niveau);
        let mut demande = demande.map_err(|refus| self.refuse(&refus))?;
        demande.apprises = niveaux;
        self.commet(apprendre(&self.engine, Context::new(), demande)).await?;
        self.memoire.competences.push(id);
        self.place.montre(self.id, id);
        Ok(())
    }

    /// Skills of a player.
    pub(super) async fn apprises(&self, qui: JoueurId, ids: &[CompetenceId]) -> Acte<Apprises> {
        let mut apprises = Vec::with_capacity(ids.len());
        for id in ids {
            apprises.push((*id, self.etat(ApprentissageId::du_joueur(*id, qui)).await?));
        }
        Ok(apprises)
    }

    /// Uses a skill that does not rest.
    pub(super) async fn exerce(&mut self) -> Acte {
        let maintenant = self.engine.now();
        let apprises = self.apprises(self.id, &self.memoire.competences).await?;
        let pretes =
            apprises.iter().filter(|(_, it)| competences::est_prete(&it.state, maintenant));
        let pretes: Vec<_> = pretes.map(|(id, _)| *id).collect();
        let id = *self.hasard.pick(&pretes).ok_or(RIEN)?;
        let id = ApprentissageId::du_joueur(id, self.id);
        self.execute(id, ApprentissageCommand::Utiliser).await.map(drop)
    }

    /// Puts a skill on the bar.
    pub(super) async fn dispose(&mut self) -> Acte {
        let apprises = self.apprises(self.id, &self.memoire.competences).await?;
        let utilisables = apprises.iter().filter(|(_, it)| it.state.utilisable().is_ok());
        let utilisables: Vec<_> = utilisables.map(|(id, _)| *id).collect();
        let competence = *self.hasard.pick(&utilisables).ok_or(RIEN)?;
        let position = competences::position(&mut self.hasard);
        let unit = placer(&self.engine, Context::new(), self.id, competence, position);
        self.commet(unit).await.map(drop)
    }
}
