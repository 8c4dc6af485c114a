//! The beginning: the catalogue comes about, and the first things are planned.

use super::super::scribe::Refused;
use super::History;
use super::agenda::Tache;
use crate::competence::CompetenceCommand;
use crate::item::ItemCommand;
use crate::pnj::PnjCommand;
use crate::quete::QueteCommand;
use crate::values::MondeId;

impl History {
    pub(super) fn fonde(&mut self) {
        // what a rule refuses does not happen, and is counted
        let _: Result<(), Refused> = self.fonde_le_catalogue();
        self.attend(0);
        self.agenda.inscrit(self.cadence.veille(), Tache::Veiller);
    }

    fn fonde_le_catalogue(&self) -> Result<(), Refused> {
        let pen = self.scribe.pen();
        for item in self.catalogue.items() {
            pen.execute(item.id, ItemCommand::Creer(Box::new(item.definition())))?;
        }
        for fiche in self.catalogue.competences() {
            let creer = CompetenceCommand::Creer(Box::new((**fiche).clone()));
            pen.execute(fiche.competence_id, creer)?;
        }
        for fiche in self.catalogue.quetes() {
            pen.execute(fiche.quete_id, QueteCommand::Creer(Box::new((**fiche).clone())))?;
        }
        for fiche in self.catalogue.pnj() {
            pen.execute(fiche.pnj_id, PnjCommand::Creer(Box::new((**fiche).clone())))?;
        }
        for commande in self.catalogue.commandes_du_monde() {
            pen.execute(MondeId::UNIQUE, commande)?;
        }
        Ok(())
    }
}
