//! Players, items, combats and quests, each with ids of its own, for scenes that are played again and again on one log.

use aether_core::command::IdOf;
use aether_core::{Aggregate, Context, Engine};
use aether_game::combat::*;
use aether_game::inventaire::{InventaireCommand, unites::avec_fiche};
use aether_game::item::FicheItem;
use aether_game::joueur::{self, Classe, Joueur, JoueurCommand, NouveauJoueur};
use aether_game::quete::*;
use aether_game::values::*;

use crate::combat::fixtures::{ally, foe};
use crate::inventaire::fixtures::{epee, minerai, potion, q};
use crate::item::fixtures::definition;

/// A name that nobody has.
fn nom() -> String {
    let lettres = uuid::Uuid::new_v4().simple().to_string().into_bytes();
    let lettre = |byte: u8| char::from(b'a' + char::from(byte).to_digit(16).unwrap() as u8);
    lettres.into_iter().take(20).map(lettre).collect()
}

/// A player with this much gold.
pub(crate) async fn joueur(engine: &Engine, or: u32) -> JoueurId {
    let (id, nom) = (JoueurId::generate(), nom());
    let nouveau = NouveauJoueur {
        username: NomUtilisateur::new(&nom).unwrap(),
        pseudo: Pseudo::new(&nom).unwrap(),
        classe: Classe::Guerrier,
    };
    joueur::creer(engine, Context::new(), id, nouveau).commit().await.unwrap();
    let de_plus = or.checked_sub(Joueur::OR_DE_DEPART.get());
    if let Some(montant) = de_plus.and_then(|or| Montant::new(or).ok()) {
        let (raison, transaction) = (RaisonOr::RecompenseQuete, TransactionId::generate());
        let crediter = JoueurCommand::Crediter { montant, raison, transaction };
        engine.execute(id, crediter).await.unwrap();
    }
    id
}

/// Potions of a kind of their own, which the catalogue knows.
pub(crate) async fn potions(engine: &Engine) -> FicheItem {
    dans_le_catalogue(engine, potion()).await
}

/// A sword of a kind of its own.
pub(crate) async fn epees(engine: &Engine) -> FicheItem {
    dans_le_catalogue(engine, FicheItem { niveau_requis: Niveau::MIN, ..epee() }).await
}

async fn dans_le_catalogue(engine: &Engine, fiche: FicheItem) -> FicheItem {
    let fiche = FicheItem { item_id: ItemId::generate(), ..fiche };
    engine.execute(fiche.item_id, definition(&fiche)).await.unwrap();
    fiche
}

/// Items come into a bag.
pub(crate) async fn donne(engine: &Engine, joueur_id: JoueurId, fiche: &FicheItem, n: u16) {
    let ajouter = InventaireCommand::Ajouter {
        joueur_id,
        fiche: Box::new(fiche.clone()),
        quantite: q(n),
        source: RaisonItem::ButinCombat,
        reference: None,
    };
    let sac = InventaireId::du_joueur(joueur_id);
    let unite = engine.atomic(Context::new()).command(sac, ajouter);
    avec_fiche(unite, fiche.clone()).commit().await.unwrap();
}

/// Fills a bag up to its last pound, with ore of a kind of its own.
pub(crate) async fn remplit(engine: &Engine, joueur_id: JoueurId) {
    let fiche = dans_le_catalogue(engine, minerai()).await;
    let sac = InventaireId::du_joueur(joueur_id);
    let poids = match engine.find(sac).await.unwrap() {
        Some(sac) => sac.state.poids().get(),
        None => 0,
    };
    donne(engine, joueur_id, &fiche, ((1_000 - poids) / 5) as u16).await;
}

pub(crate) async fn etat<A: Aggregate>(engine: &Engine, id: impl IdOf<A>) -> A {
    engine.find(id).await.unwrap().map(|it| it.state.clone()).unwrap_or_default()
}

/// How much gold, and how many of an item, a player has.
pub(crate) async fn avoir(engine: &Engine, joueur: JoueurId, fiche: &FicheItem) -> (u32, u32) {
    let or = etat::<Joueur>(engine, joueur).await.or().get();
    let sac: aether_game::inventaire::Inventaire =
        etat(engine, InventaireId::du_joueur(joueur)).await;
    (or, sac.places(fiche.item_id).sac)
}

/// A player in a combat: he goes first, and fells whom he strikes.
pub(crate) fn combattant(joueur: JoueurId) -> Participant {
    let mut it = ally(1);
    it.participant_id = ParticipantId::generate();
    it.entite_id = EntiteId::new(joueur.as_uuid());
    it.stats.force = 1_000;
    it
}

/// A being that a player may meet.
pub(crate) fn adversaire(entite_id: EntiteId, type_entite: TypeEntite) -> Participant {
    Participant { participant_id: ParticipantId::generate(), entite_id, type_entite, ..foe(9) }
}

/// Begins a combat that brings this, and returns its id.
pub(crate) async fn combat(
    engine: &Engine,
    zone_id: ZoneId,
    participants: Vec<Participant>,
    recompenses: Recompenses,
) -> CombatId {
    let id = CombatId::generate();
    let demarrer = Demarrer {
        zone_id,
        recompenses,
        ..crate::combat::fixtures::demarrer(participants.clone())
    };
    let unite = commencer(engine, Context::new(), id, demarrer);
    let unite = aether_game::inventaire::combats::mettre_de_cote(unite, id, &participants);
    unite.unwrap().commit().await.unwrap();
    id
}

/// One participant strikes another.
pub(crate) async fn frappe(
    engine: &Engine,
    combat: CombatId,
    qui: &Participant,
    qui_la: &Participant,
) {
    let action = Action::Attaque { cible: qui_la.participant_id };
    let agir = CombatCommand::Agir { acteur: qui.participant_id, action };
    engine.execute(combat, agir).await.unwrap();
}

/// A quest of these stages, one objective each, with an hour to do it.
pub(crate) async fn quete(
    engine: &Engine,
    buts: &[(TypeObjectif, CibleId)],
    recompenses: RecompensesQuete,
) -> QueteId {
    let mut fiche = crate::quete::fixtures::fiche();
    fiche.quete_id = QueteId::generate();
    fiche.niveau_requis = Niveau::MIN;
    let objectif = |(ordre, (type_objectif, cible)): (u8, &(TypeObjectif, CibleId))| Objectif {
        id: ObjectifId::generate(),
        type_objectif: *type_objectif,
        cible: *cible,
        requis: Quantite::MIN,
        ordre,
    };
    fiche.objectifs = (1..).zip(buts).map(objectif).collect();
    fiche.recompenses = recompenses;
    let id = fiche.quete_id;
    engine.execute(id, QueteCommand::Creer(Box::new(fiche))).await.unwrap();
    id
}

pub(crate) async fn accepte(engine: &Engine, quete: QueteId, joueur: JoueurId) {
    let demande = Accepter::lire(engine, quete, joueur).await.unwrap();
    let accepter = ProgresCommand::Accepter(Box::new(demande));
    engine.execute(ProgresId::du_joueur(quete, joueur), accepter).await.unwrap();
}

/// Fails unless gold and each item are whole, folded from the log.
pub(crate) async fn est_entier(store: &dyn aether_core::backend::EventStore) {
    let livre =
        aether_game::livre::Livre::du_journal(store, store.end().await.unwrap()).await.unwrap();
    assert_eq!(livre.fautes(), []);
}
