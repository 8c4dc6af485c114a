//! The world itself, looked after from time to time: its clock, bosses, resources, events, shops, and what operators do.

use std::sync::Arc;

use super::History;
use super::actes::Fait;
use super::agenda::Tache;
use super::vie::Qui;
use crate::item::{Item, ItemCommand, Presentation, Proprietes, TypeItem};
use crate::joueur::{Acte, JoueurCommand};
use crate::monde::{Facteur, Monde, MondeCommand, NouvelleLigne, TypeClassement};
use crate::pnj::{Article, Pnj, PnjCommand, TypePnj};
use crate::values::{ItemId, MondeId, Nom, PnjId, ZoneId};
use crate::world::bornes;
use crate::world::choix::pnj;
use crate::world::items::fondateur;

/// How many lines a ranking has.
const LIGNES: usize = 10;

impl History {
    pub(super) fn veille(&mut self) {
        self.agenda.inscrit(self.cadence.veille(), Tache::Veiller);
        // the clock never refuses
        let _ = self.scribe.pen().execute(MondeId::UNIQUE, MondeCommand::AvancerCycle);
        self.fait_revenir_les_boss();
        let _: Fait = self.fait_repousser();
        let en_cours: Vec<_> = self.evenements.iter().map(|it| it.id()).collect();
        en_cours.into_iter().for_each(|id| self.fait_avancer(id, None));
        let _: Fait = match self.hasard.below(40) {
            0..16 if self.evenements.len() < 3 => self.declenche(),
            16 => self.annule_un_evenement(),
            17..20 => self.change_un_facteur(),
            20..24 => self.publie(),
            24..32 => self.reapprovisionne(),
            32 => self.dedommage(),
            33..36 => self.revise_un_prix(),
            36 => self.revise_une_fiche(),
            37 => self.retire_un_item(),
            38 => self.fait_mourir(),
            _ => None,
        };
    }

    /// Bosses that have rested appear again.
    fn fait_revenir_les_boss(&mut self) {
        let maintenant = self.now();
        let monde = self.scribe.state::<Monde>(MondeId::UNIQUE);
        let repose = |it: &&crate::world::WorldBoss| {
            let retour = monde.boss(it.id).and_then(|boss| boss.reapparait_a);
            retour.is_some_and(|quand| quand <= maintenant)
        };
        let retours: Vec<_> =
            self.catalogue.boss().iter().filter(repose).map(|it| it.apparition()).collect();
        drop(monde);
        for apparition in retours {
            // one that has rested may appear
            let _ = self.scribe.pen().execute(MondeId::UNIQUE, apparition);
        }
    }

    /// What was gathered grows again.
    fn fait_repousser(&mut self) -> Fait {
        let zones: Vec<ZoneId> = self.catalogue.zones().iter().map(|it| it.id).collect();
        let premiere = self.hasard.below(zones.len() as u32) as usize;
        let zones = zones.into_iter().cycle().skip(premiere).take(8).collect();
        self.scribe.pen().execute(MondeId::UNIQUE, MondeCommand::Regenerer { zones }).ok().map(drop)
    }

    fn change_un_facteur(&mut self) -> Fait {
        let facteur = *self.hasard.pick(Facteur::ALL)?;
        let valeur = self.hasard.between(80, 125) as u16;
        let intervention = fondateur("équilibrage de saison");
        let modifier = MondeCommand::ModifierFacteur { facteur, valeur, intervention };
        self.scribe.pen().execute(MondeId::UNIQUE, modifier).ok().map(drop)
    }

    /// Publishes who is ahead: by level and experience.
    fn publie(&mut self) -> Fait {
        let mut rangs: Vec<(u64, usize)> = Vec::with_capacity(self.vies.len());
        for (n, vie) in self.vies.iter().enumerate() {
            let joueur = self.joueur(Qui { n, id: vie.id });
            rangs.push((
                u64::from(joueur.niveau().get()) * 1_000_000 + joueur.experience().get(),
                n,
            ));
        }
        rangs.sort_unstable_by(|a, b| b.cmp(a));
        let lignes = rangs.into_iter().take(LIGNES).filter_map(|(score, n)| {
            let vie = self.vies.get(n)?;
            Some(NouvelleLigne {
                id: vie.id.as_uuid(),
                nom: Nom::epure(vie.pseudo.as_str()),
                score,
            })
        });
        let lignes: Vec<_> = lignes.collect();
        (!lignes.is_empty()).then_some(())?;
        let publier =
            MondeCommand::PublierClassement { classement: TypeClassement::Niveau, lignes };
        self.scribe.pen().execute(MondeId::UNIQUE, publier).ok().map(drop)
    }

    /// Fills up an article that is short.
    fn reapprovisionne(&mut self) -> Fait {
        let pnj = pnj::un_marchand(&self.catalogue, &mut self.hasard)?;
        let etat: Arc<Pnj> = self.scribe.state(pnj);
        let courts: Vec<Article> = etat.articles().filter(pnj::manque).collect();
        let article = *self.hasard.pick(&courts)?;
        drop(etat);
        let reapprovisionner = PnjCommand::Reapprovisionner {
            item_id: article.item_id,
            stock: self.hasard.between(20, 60),
            intervention: fondateur("livraison de la capitale"),
        };
        self.scribe.pen().execute(pnj, reapprovisionner).ok().map(drop)
    }

    /// An operator makes up for something, to one player.
    fn dedommage(&mut self) -> Fait {
        let n = self.hasard.below(self.vies.len() as u32) as usize;
        let id = self.vies.get(n)?.id;
        let intervenir = JoueurCommand::Intervenir {
            acte: Acte::CrediterOr(bornes::montant(self.hasard.between(50, 300).into())),
            intervention: fondateur("dédommagement après une panne"),
            transaction: self.transaction(),
        };
        self.scribe.pen().execute(id, intervenir).ok().map(drop)
    }

    /// An item that has no use but its price.
    fn bibelot(&mut self) -> Option<ItemId> {
        let bibelots = self.catalogue.items().iter().filter(|it| {
            it.proprietes.type_item == TypeItem::Autre
                && !it.presentation.nom.as_str().starts_with("Parchemin")
        });
        let bibelots: Vec<ItemId> = bibelots.map(|it| it.id).collect();
        self.hasard.pick(&bibelots).copied()
    }

    fn revise_un_prix(&mut self) -> Fait {
        let id = self.bibelot()?;
        let item: Arc<Item> = self.scribe.state(id);
        let avant = item.presentation()?.clone();
        drop(item);
        let pourcent = u64::from(self.hasard.between(85, 120));
        let valeur_or = bornes::or(u64::from(avant.valeur_or.get()) * pourcent / 100);
        let intervention = fondateur("révision des prix");
        let presentation = Presentation { valeur_or, ..avant };
        let modifier = ItemCommand::Modifier { presentation, intervention };
        self.scribe.pen().execute(id, modifier).ok().map(drop)
    }

    /// A trinket is heavier or lighter from now on. What players have of it stays as it was.
    fn revise_une_fiche(&mut self) -> Fait {
        let id = self.bibelot()?;
        let item: Arc<Item> = self.scribe.state(id);
        let avant = item.proprietes()?.clone();
        drop(item);
        let poids = bornes::poids(self.hasard.between(1, 4));
        let proprietes = Box::new(Proprietes { poids, ..avant });
        let intervention = fondateur("pesée");
        let modifier = ItemCommand::ModifierProprietes { proprietes, intervention };
        self.scribe.pen().execute(id, modifier).ok().map(drop)
    }

    /// A trinket is made no more.
    fn retire_un_item(&mut self) -> Fait {
        let id = self.bibelot().filter(|_| self.hasard.chance(15))?;
        let detruire = ItemCommand::Detruire { intervention: fondateur("fin de série") };
        self.scribe.pen().execute(id, detruire).ok().map(drop)
    }

    /// A guard falls. No quest asks for one of those who die.
    fn fait_mourir(&mut self) -> Fait {
        let demandes: Vec<_> = self
            .catalogue
            .quetes()
            .iter()
            .flat_map(|it| &it.objectifs)
            .map(|it| it.cible)
            .collect();
        let gardes =
            self.catalogue.pnj().iter().filter(|it| {
                it.type_pnj == TypePnj::Garde && !demandes.contains(&it.pnj_id.into())
            });
        let gardes: Vec<PnjId> = gardes.map(|it| it.pnj_id).collect();
        let pnj = *self.hasard.pick(&gardes).filter(|_| self.hasard.chance(30))?;
        self.scribe.pen().execute(pnj, PnjCommand::Tuer { tueur: None }).ok().map(drop)
    }
}
