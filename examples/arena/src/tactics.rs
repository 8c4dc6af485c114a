//! Who fights in the arena, and how each of them decides what to do.

use aether_game::combat::{
    Action, Camp, Ciblage, Combat, Competence, CompetenceId, Cout, Participant, ParticipantId,
    Pouvoir, Resistances, StatsCombat, TypeDegats, TypeEffet, TypeEntite, Vue,
};
use rand::rngs::SmallRng;
use rand::{Rng as _, RngExt as _};
use uuid::Uuid;

const NOMS: [&str; 24] = [
    "Aldric",
    "Brune",
    "Caradec",
    "Doëlle",
    "Enguerran",
    "Fauve",
    "Garin",
    "Hersende",
    "Isaut",
    "Jehan",
    "Kaël",
    "Lisandre",
    "Maugis",
    "Nolwenn",
    "Orphée",
    "Perceval",
    "Quiterie",
    "Roland",
    "Sibylle",
    "Tancrède",
    "Ursule",
    "Viviane",
    "Yvain",
    "Zéphyrine",
];

/// A way to fight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tactique {
    /// Goes for the nearest foe.
    Brute,
    /// Keeps its distance and poisons.
    Archer,
    /// Burns many at once while the mana lasts.
    Mage,
    /// Heals first.
    Clerc,
    /// Shields others, and guards itself.
    Gardien,
    /// Flees when it hurts.
    Couard,
}

impl Tactique {
    pub const ALL: [Self; 6] =
        [Self::Brute, Self::Archer, Self::Mage, Self::Clerc, Self::Gardien, Self::Couard];

    pub const fn nom(self) -> &'static str {
        match self {
            Self::Brute => "brute",
            Self::Archer => "archer",
            Self::Mage => "mage",
            Self::Clerc => "clerc",
            Self::Gardien => "gardien",
            Self::Couard => "couard",
        }
    }

    fn competences(self) -> Vec<Competence> {
        use Ciblage::{Allie, Ennemi, Zone};
        use TypeDegats::{Air, Feu, Physique};
        let degats = |type_degats, puissance| Pouvoir::Degats { type_degats, puissance };
        let effet = |type_effet, puissance, duree_tours, chance| Pouvoir::Effet {
            type_effet,
            puissance,
            duree_tours,
            chance,
        };
        let skill = |id: u128, nom: &str, ciblage, portee, (mp, stamina), repos, pouvoirs| {
            let competence_id = CompetenceId::new(Uuid::from_u128(id));
            let (nom, cout) = (nom.to_owned(), Cout { mp, stamina });
            Competence {
                competence_id,
                nom,
                ciblage,
                portee,
                cout,
                cooldown_tours: repos,
                pouvoirs,
            }
        };
        match self {
            Self::Brute | Self::Couard => vec![skill(
                1,
                "Fendoir",
                Ennemi,
                4,
                (0, 8),
                2,
                vec![degats(Physique, 30), effet(TypeEffet::Saignement, 4, 3, 60)],
            )],
            Self::Archer => vec![skill(
                2,
                "Flèche empoisonnée",
                Ennemi,
                30,
                (6, 0),
                2,
                vec![degats(Physique, 16), effet(TypeEffet::Poison, 5, 3, 70)],
            )],
            Self::Mage => vec![
                skill(
                    3,
                    "Boule de feu",
                    Zone,
                    25,
                    (12, 0),
                    3,
                    vec![degats(Feu, 16), effet(TypeEffet::Brulure, 4, 2, 50)],
                ),
                skill(
                    4,
                    "Foudre",
                    Ennemi,
                    25,
                    (8, 0),
                    2,
                    vec![degats(Air, 24), effet(TypeEffet::Etourdissement, 1, 1, 30)],
                ),
            ],
            Self::Clerc => vec![
                skill(5, "Soin", Allie, 30, (8, 0), 1, vec![Pouvoir::Soin { puissance: 30 }]),
                skill(
                    6,
                    "Purification",
                    Allie,
                    30,
                    (6, 0),
                    3,
                    vec![Pouvoir::Dissipation, effet(TypeEffet::Regeneration, 6, 3, 100)],
                ),
            ],
            Self::Gardien => vec![
                skill(
                    7,
                    "Égide",
                    Allie,
                    20,
                    (8, 0),
                    3,
                    vec![effet(TypeEffet::Protection, 40, 2, 100)],
                ),
                skill(
                    8,
                    "Provocation",
                    Ennemi,
                    15,
                    (4, 0),
                    3,
                    vec![effet(TypeEffet::Affaiblissement, 30, 2, 90)],
                ),
            ],
        }
    }

    /// A fighter of this kind.
    pub fn participant(self, camp: Camp, rng: &mut SmallRng) -> Participant {
        let (hp_max, force, armure, portee) = match self {
            Self::Brute => (150, 24, 4, 4),
            Self::Archer => (100, 17, 2, 30),
            Self::Mage => (85, 9, 1, 6),
            Self::Clerc => (110, 12, 3, 6),
            Self::Gardien => (180, 14, 8, 4),
            Self::Couard => (110, 18, 3, 4),
        };
        let edge = rng.random_range(0..8);
        Participant {
            participant_id: ParticipantId::new(uuid(rng)),
            entite_id: uuid(rng).into(),
            type_entite: TypeEntite::Joueur,
            camp,
            nom: NOMS[rng.random_range(0..NOMS.len())].to_owned(),
            niveau: rng.random_range(1..=20),
            initiative: rng.random_range(1..=20),
            position: if camp == Camp::Allies { 47 - edge } else { 52 + edge },
            hp: hp_max,
            hp_max,
            mp: 60,
            mp_max: 60,
            stamina: 60,
            stamina_max: 60,
            stats: StatsCombat {
                force,
                dexterite: rng.random_range(5..20),
                intelligence: 20,
                armure,
                critique: 15,
                esquive: 8,
                portee,
            },
            resistances: Resistances { feu: 10, ..Resistances::default() },
            competences: self.competences(),
            objets: Vec::new(),
        }
    }

    /// What to do now.
    pub fn decide(self, combat: &Combat, moi: &Vue<'_>, rng: &mut SmallRng) -> Action {
        let standing = |camp: Camp| {
            combat.participants().filter(move |vue| vue.est_debout() && vue.fiche.camp == camp)
        };
        let foes: Vec<Vue<'_>> = standing(moi.fiche.camp.autre()).collect();
        let friends: Vec<Vue<'_>> = standing(moi.fiche.camp).collect();
        let hurt = |vue: &Vue<'_>| vue.combattant.hp * 100 / vue.fiche.hp_max;
        let foe = match self {
            Self::Archer | Self::Mage => foes.iter().min_by_key(|vue| vue.combattant.hp),
            _ => foes.iter().min_by_key(|vue| moi.distance(vue)),
        };
        let friend = friends.iter().min_by_key(|vue| hurt(vue));
        let (Some(foe), Some(friend)) = (foe, friend) else { return Action::Defense };
        let can_flee = moi.combattant.stamina >= Combat::COUT_FUITE;
        if self == Self::Couard && hurt(moi) < 30 && can_flee && rng.random_bool(0.5) {
            return Action::Fuite;
        }
        if self == Self::Gardien && hurt(moi) < 40 && rng.random_bool(0.3) {
            return Action::Defense;
        }
        for competence in &moi.fiche.competences {
            let near = |vue: &Vue<'_>| moi.distance(vue) <= competence.portee;
            let cibles = match competence.ciblage {
                Ciblage::Soi => vec![moi.id()],
                Ciblage::Allie if hurt(friend) > 65 => continue,
                Ciblage::Allie => vec![friend.id()],
                Ciblage::Ennemi => vec![foe.id()],
                Ciblage::Zone => foes
                    .iter()
                    .filter(|vue| near(vue))
                    .map(Vue::id)
                    .take(Combat::CIBLES_MAX)
                    .collect(),
            };
            let reached =
                cibles.iter().filter_map(|id| combat.participant(*id)).all(|vue| near(&vue));
            let paid = competence.cout.mp <= moi.combattant.mp
                && competence.cout.stamina <= moi.combattant.stamina;
            let rested = moi.recharge(competence.competence_id) == 0;
            if reached && paid && rested && !cibles.is_empty() && rng.random_bool(0.8) {
                return Action::Competence { competence_id: competence.competence_id, cibles };
            }
        }
        if moi.distance(foe) <= moi.fiche.stats.portee {
            return Action::Attaque { cible: foe.id() };
        }
        let (from, to) = (moi.combattant.position, foe.combattant.position);
        let step = from.abs_diff(to).min(Combat::PAS_MAX);
        Action::Deplacement { vers: if to > from { from + step } else { from - step } }
    }
}

/// A UUID from the seed.
pub fn uuid(rng: &mut SmallRng) -> Uuid {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
