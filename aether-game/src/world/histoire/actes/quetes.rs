//! Quests: accepting, going on, being paid, giving up.

use std::sync::Arc;

use aether_core::Context;
use chrono::{DateTime, Utc};

use super::Fait;
use crate::combat::EntiteId;
use crate::item::FicheItem;
use crate::quete::progres::unites::{livrer, recompense, recompenser};
use crate::quete::{
    Accepter, CibleId, Engagement, EtatQuete, Fait as FaitDeQuete, FaitId, Livraison, Progres,
    ProgresCommand, Quete, RaisonEchec, TypeObjectif,
};
use crate::recompense::EnAttente;
use crate::values::{ItemId, PnjId, ProgresId, Quantite, QueteId, ZoneId};
use crate::world::choix::quetes;
use crate::world::histoire::History;
use crate::world::histoire::agenda::Tache;
use crate::world::histoire::vie::Qui;
use crate::world::scribe::Cause;

/// Most quests that a player follows at once.
const QUETES_MAX: usize = 4;

impl History {
    pub(super) fn accepte(&mut self, qui: Qui) -> Fait {
        let vie = self.vies.get(qui.n).filter(|vie| vie.quetes.len() < QUETES_MAX)?;
        let joueur = self.joueur(qui);
        let terminees = &vie.terminees;
        let en_cours = &vie.quetes;
        let choisie =
            quetes::a_accepter(&self.catalogue, &joueur, terminees, en_cours, &mut self.hasard)?;
        let quete = choisie.quete_id;
        let definition: Arc<Quete> = self.scribe.state(quete);
        let mut demande = Accepter::new(&definition, qui.id, joueur.niveau()).ok()?;
        demande.quetes_terminees = vie.terminees.clone();
        // zones that were seen before count
        let vues = choisie.objectifs.iter().filter(|it| {
            it.type_objectif == TypeObjectif::Explore
                && vie.zones.contains(&ZoneId::new(it.cible.as_uuid()))
        });
        let maintenant = self.agenda.maintenant();
        demande.acquis = vues.map(|it| visite(qui, it.cible, maintenant)).collect();
        drop(joueur);
        let progres = ProgresId::du_joueur(quete, qui.id);
        let accepter = ProgresCommand::Accepter(Box::new(demande));
        // one that is repeated may still have to wait
        self.scribe.pen().execute(progres, accepter).ok()?;
        self.vie(qui, |vie| vie.quetes.push(quete));
        let etat: Arc<Progres> = self.scribe.state(progres);
        let engagement = etat.engagement()?;
        if let Some(expire_a) = engagement.expire_a {
            let tentative = engagement.tentative;
            self.agenda.inscrit_a(expire_a, Tache::Echeance { qui, quete, tentative });
        }
        Some(())
    }

    /// Does what a quest asks for next.
    pub(super) fn poursuit(&mut self, qui: Qui) -> Fait {
        let quete = self.presse(qui)?;
        let progres: Arc<Progres> = self.scribe.state(ProgresId::du_joueur(quete, qui.id));
        if progres.etat() == Some(EtatQuete::Complete) {
            return self.touche(qui, quete);
        }
        if progres.est_complete() {
            return self.termine(qui, quete, progres.tentative());
        }
        if let Some((objectif, item_id, quantite)) = quetes::a_livrer(&progres, &self.sac(qui)) {
            let tentative = progres.tentative();
            let objectif_id = objectif.id;
            drop(progres);
            let transaction = self.transaction();
            let livraison = Livraison { tentative, objectif_id, item_id, quantite, transaction };
            let pen = self.scribe.pen();
            return livrer(&pen, Context::new(), qui.id, quete, livraison).commit().ok().map(drop);
        }
        let ouverts: Vec<_> = quetes::ouverts(&progres).map(|(it, manque)| (*it, manque)).collect();
        drop(progres);
        let (objectif, manque) = *self.hasard.pick(&ouverts)?;
        self.vise(qui, (objectif.type_objectif, objectif.cible), manque)
    }

    /// The quest whose time is over first, or any other.
    fn presse(&mut self, qui: Qui) -> Option<QueteId> {
        let suivies = &self.vies.get(qui.n)?.quetes;
        let echeance = |quete: &QueteId| {
            let progres: Arc<Progres> = self.scribe.state(ProgresId::du_joueur(*quete, qui.id));
            let fin = progres.engagement().and_then(|it| it.expire_a);
            fin.map(|fin| (fin, *quete))
        };
        let premiere = suivies.iter().filter_map(echeance).min().map(|(_, quete)| quete);
        let premiere = premiere.filter(|_| self.hasard.chance(70));
        premiere.or_else(|| self.hasard.pick(suivies).copied())
    }

    /// Goes after an objective.
    fn vise(
        &mut self,
        qui: Qui,
        (type_objectif, cible): (TypeObjectif, CibleId),
        manque: Quantite,
    ) -> Fait {
        let cible = cible.as_uuid();
        match type_objectif {
            TypeObjectif::Kill => self.chasse(qui, EntiteId::new(cible)),
            TypeObjectif::Explore => self.explore(qui, Some(ZoneId::new(cible))),
            TypeObjectif::Dialogue => self.parle(qui, Some(PnjId::new(cible))),
            TypeObjectif::Collect if self.hasard.chance(60) => {
                self.recolte(qui, Some(ItemId::new(cible)))
            }
            TypeObjectif::Collect => self.demande(qui, Some((ItemId::new(cible), manque))),
        }
    }

    fn termine(&mut self, qui: Qui, quete: QueteId, tentative: u32) -> Fait {
        let progres = ProgresId::du_joueur(quete, qui.id);
        self.scribe.pen().execute(progres, ProgresCommand::Terminer { tentative }).ok()?;
        self.vie(qui, |vie| vie.terminees.insert(quete));
        // what does not fit into the bag stays due
        let _ = self.touche(qui, quete);
        Some(())
    }

    /// Is paid for a finished quest, and liked for it.
    fn touche(&mut self, qui: Qui, quete: QueteId) -> Fait {
        let id = ProgresId::du_joueur(quete, qui.id);
        let progres: Arc<Progres> = self.scribe.state(id);
        if progres.recompense_due() {
            let facon = self.est_paye(progres.engagement()?);
            self.note_les_colis(qui, Some(facon?))?;
        }
        let repete = progres.engagement().is_some_and(|it| it.repete);
        drop(progres);
        self.vie(qui, |vie| vie.quetes.retain(|it| *it != quete));
        let donneur = self.catalogue.quete(quete).and_then(|it| it.pnj_donneur);
        if let Some(pnj) = donneur {
            self.fait_aimer(qui, pnj, 15, "un service rendu");
        }
        if !repete {
            self.scribe.forget::<Progres>(id);
        }
        Some(())
    }

    /// Pays what is due; what does not fit waits in parcels.
    fn est_paye(&mut self, engagement: &Engagement) -> Option<EnAttente> {
        let items = engagement.recompenses.items.iter();
        let fiches: Vec<FicheItem> = items.filter_map(|it| self.fiche_connue(it.item_id)).collect();
        let transaction = self.transaction();
        let recompense = recompense(engagement, &fiches, transaction).ok()?;
        let pen = self.scribe.pen();
        self.facons(&recompense).find(|facon| {
            let unit = recompenser(&pen, Context::new(), engagement, &fiches, transaction, facon);
            unit.is_ok_and(|unit| unit.commit().is_ok())
        })
    }

    /// Follows a quest no longer, or gives one up.
    pub(super) fn renonce(&mut self, qui: Qui) -> Fait {
        let suivies = self.vies.get(qui.n)?.quetes.clone();
        let quete = *self.hasard.pick(&suivies)?;
        let id = ProgresId::du_joueur(quete, qui.id);
        let progres: Arc<Progres> = self.scribe.state(id);
        let en_cours = progres.etat() == Some(EtatQuete::EnCours);
        let tentative = progres.tentative();
        let suivie = progres.est_suivie();
        drop(progres);
        let pen = self.scribe.pen();
        if en_cours && self.hasard.chance(50) {
            return pen.execute(id, ProgresCommand::Suivre { suivie: !suivie }).ok().map(drop);
        }
        en_cours.then_some(())?;
        pen.execute(id, ProgresCommand::Abandonner { tentative }).ok()?;
        self.vie(qui, |vie| vie.quetes.retain(|it| *it != quete))
    }

    /// The time of a quest is over, if it was not finished before.
    pub(in crate::world::histoire) fn echoit(&mut self, qui: Qui, quete: QueteId, tentative: u32) {
        let suivie = self.vies.get(qui.n).is_some_and(|vie| vie.quetes.contains(&quete));
        let id = ProgresId::du_joueur(quete, qui.id);
        let progres: Arc<Progres> = self.scribe.state(id);
        if suivie && progres.tentative() == tentative && progres.etat() == Some(EtatQuete::EnCours)
        {
            drop(progres);
            // a timer that comes too early is refused
            let raison = RaisonEchec::Expiration;
            let pen = self.scribe.pen();
            let _ = pen.execute(id, ProgresCommand::Expirer { tentative });
            let _ = pen.execute(id, ProgresCommand::Echouer { tentative, raison });
            self.vie(qui, |vie| vie.quetes.retain(|it| *it != quete));
        }
    }

    /// Something happened that may count for a player's quests.
    pub(in crate::world::histoire) fn compte(
        &mut self,
        qui: Qui,
        (type_objectif, cible): (TypeObjectif, CibleId),
        fait_id: FaitId,
        quantite: Quantite,
        cause: Option<Cause>,
    ) {
        let Some(vie) = self.vies.get(qui.n) else { return };
        for quete in &vie.quetes {
            let id = ProgresId::du_joueur(*quete, qui.id);
            let progres: Arc<Progres> = self.scribe.state(id);
            let sert = quetes::ouverts(&progres)
                .any(|(it, _)| (it.type_objectif, it.cible) == (type_objectif, cible));
            let tentative = progres.tentative();
            let en_cours = progres.etat();
            drop(progres);
            if sert && en_cours == Some(EtatQuete::EnCours) {
                let survenu_a = self.agenda.maintenant();
                let fait = FaitDeQuete { fait_id, type_objectif, cible, quantite, survenu_a };
                let progresser = ProgresCommand::Progresser { tentative, fait };
                // what comes too late counts for nothing
                let _ = self.scribe.because(cause).execute(id, progresser);
            }
        }
    }
}

/// That a player has seen a zone.
pub(super) fn visite(qui: Qui, zone: CibleId, survenu_a: DateTime<Utc>) -> FaitDeQuete {
    FaitDeQuete {
        fait_id: FaitId::v5(qui.id, zone.as_uuid()),
        type_objectif: TypeObjectif::Explore,
        cible: zone,
        quantite: Quantite::MIN,
        survenu_a,
    }
}
