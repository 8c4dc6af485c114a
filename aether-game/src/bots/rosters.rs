//! Combats to be fought: players and monsters made up from a seed.

use uuid::Uuid;

use super::arsenal::{
    cleansing, cleave, fire_breath, fireball, frost, healing, poisoned_blade, potion, potion_id,
    stunning_roar,
};
use crate::combat::{
    Camp, CombatId, Conditions, Demarrer, Dice, EntiteId, ItemGagne, Participant, ParticipantId,
    Recompenses, Resistances, StatsCombat, TypeCombat, TypeEntite, ZoneId,
};

const ZONES: [&str; 6] = [
    "Arène de Valombre",
    "Forêt des Murmures",
    "Mines de Ferrac",
    "Marais de Brume",
    "Col du Givre",
    "Temple Englouti",
];
const PRENOMS: [&str; 12] = [
    "Brune",
    "Aldric",
    "Maëlle",
    "Corentin",
    "Ysolde",
    "Gauvain",
    "Liora",
    "Tancrède",
    "Oriane",
    "Perrin",
    "Sybille",
    "Renaud",
];
const SURNOMS: [&str; 8] = [
    "le Vif",
    "Main-de-Fer",
    "d'Orval",
    "des Cendres",
    "Tisse-Lune",
    "du Gué",
    "l'Ancien",
    "Corbeau",
];

/// The zones that combats take place in: id and name.
pub fn zones() -> impl Iterator<Item = (ZoneId, &'static str)> {
    ZONES.iter().map(|nom| (ZoneId::new(Uuid::new_v5(&Uuid::NAMESPACE_OID, nom.as_bytes())), *nom))
}

/// Makes up combats, without end: the same seed makes the same ones.
///
/// ```
/// use aether_game::bots::Rosters;
///
/// let (combat, start) = Rosters::new(7).next_combat();
/// assert_eq!((combat, start), Rosters::new(7).next_combat());
/// ```
#[derive(Debug, Clone)]
pub struct Rosters {
    dice: Dice,
    players: u32,
}

impl Rosters {
    /// Combats from a seed, between 1000 players and the monsters of the zones.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed, 0), players: 1000 }
    }

    /// From how many players the fighters are taken, at least the six that an arena takes. Default 1000.
    #[must_use]
    pub fn players(mut self, players: u32) -> Self {
        self.players = players.max(6);
        self
    }

    /// The next combat: half are matches in the arena, a tenth are against a boss, the others against
    /// one to four monsters.
    pub fn next_combat(&mut self) -> (CombatId, Demarrer) {
        let id = CombatId::from(self.uuid());
        let (type_combat, mine, theirs) = match self.dice.below(10) {
            0 => (TypeCombat::Boss, 3 + self.dice.below(2), 1),
            1..=4 => (TypeCombat::Pve, 1 + self.dice.below(3), 1 + self.dice.below(4)),
            _ => {
                let each = 1 + self.dice.below(3);
                (TypeCombat::Arene, each, each)
            }
        };
        let mut participants: Vec<Participant> = vec![];
        let mut taken = vec![];
        for _ in 0..mine {
            participants.push(self.player(Camp::Allies, &mut taken));
        }
        for _ in 0..theirs {
            participants.push(match type_combat {
                TypeCombat::Boss => self.dragon(),
                TypeCombat::Pve => self.monster(),
                TypeCombat::Pvp | TypeCombat::Arene => self.player(Camp::Adversaires, &mut taken),
            });
        }
        let zone = match type_combat {
            TypeCombat::Arene => 0,
            _ => 1 + self.dice.below(ZONES.len() as u32 - 1),
        };
        let zone_nom = ZONES[zone as usize];
        let start = Demarrer {
            type_combat,
            zone_id: ZoneId::new(Uuid::new_v5(&Uuid::NAMESPACE_OID, zone_nom.as_bytes())),
            zone_nom: zone_nom.to_owned(),
            participants,
            conditions: Conditions::default(),
            duree_tour_ms: Demarrer::DUREE_TOUR_MS,
            recompenses: Recompenses {
                experience: 50 + self.dice.below(200),
                or: self.dice.below(100),
                items: vec![ItemGagne { item_id: potion_id(), quantite: 1 }],
            },
        };
        (id, start)
    }

    /// A player who is not among those taken already.
    fn player(&mut self, camp: Camp, taken: &mut Vec<u32>) -> Participant {
        let drawn = self.dice.below(self.players);
        let mut following = (0..self.players).map(|n| (drawn + n) % self.players);
        let number = following.find(|n| !taken.contains(n)).unwrap_or(drawn);
        taken.push(number);
        let prenom = PRENOMS[number as usize % PRENOMS.len()];
        let surnom = SURNOMS[number as usize / PRENOMS.len() % SURNOMS.len()];
        let entite = Uuid::new_v5(&Uuid::NAMESPACE_OID, &number.to_be_bytes());
        let mut player = self.somebody(TypeEntite::Joueur, camp, format!("{prenom} {surnom}"));
        player.entite_id = EntiteId::new(entite);
        player.objets = vec![potion(2)];
        match number % 5 {
            0 => {
                player.stats.force += 8;
                player.stats.armure += 4;
                player.competences = vec![cleave()];
            }
            1 => {
                player.stats.intelligence += 60;
                player.stats.portee = 6;
                player.competences = vec![fireball(), frost()];
            }
            2 => {
                player.stats.portee = 12;
                player.stats.critique = 20;
            }
            3 => {
                player.stats.dexterite += 15;
                player.stats.esquive = 25;
                player.competences = vec![poisoned_blade()];
            }
            _ => player.competences = vec![healing(), cleansing()],
        }
        player
    }

    fn monster(&mut self) -> Participant {
        let (nom, force, dexterite) = match self.dice.below(4) {
            0 => ("Gobelin", 9, 16),
            1 => ("Loup des brumes", 12, 14),
            2 => ("Squelette", 11, 6),
            _ => ("Ogre", 17, 4),
        };
        let mut monster = self.somebody(TypeEntite::Pnj, Camp::Adversaires, nom.to_owned());
        monster.stats.force = force + self.dice.below(4);
        monster.stats.dexterite = dexterite;
        monster.hp_max = 40 + self.dice.below(60);
        monster.hp = monster.hp_max;
        monster
    }

    fn dragon(&mut self) -> Participant {
        let nom = "Dragon de Cendre".to_owned();
        let mut dragon = self.somebody(TypeEntite::Boss, Camp::Adversaires, nom);
        dragon.hp_max = 500 + self.dice.below(300);
        dragon.hp = dragon.hp_max;
        dragon.mp_max = 400;
        dragon.mp = 400;
        dragon.stats.force = 26;
        dragon.stats.armure = 6;
        dragon.resistances.feu = 90;
        dragon.competences = vec![fire_breath(), stunning_roar()];
        dragon
    }

    fn somebody(&mut self, type_entite: TypeEntite, camp: Camp, nom: String) -> Participant {
        let hp_max = 90 + self.dice.below(60);
        let base = if camp == Camp::Allies { 40 } else { 50 };
        Participant {
            participant_id: ParticipantId::new(self.uuid()),
            entite_id: EntiteId::new(self.uuid()),
            type_entite,
            camp,
            nom,
            niveau: 1 + self.dice.below(60),
            initiative: 5 + self.dice.below(20) as i32,
            position: base + self.dice.below(8),
            hp: hp_max,
            hp_max,
            mp: 60,
            mp_max: 60,
            stamina: 50,
            stamina_max: 50,
            stats: StatsCombat {
                force: 10 + self.dice.below(8),
                dexterite: 8 + self.dice.below(10),
                intelligence: 10 + self.dice.below(20),
                armure: self.dice.below(4),
                critique: 10,
                esquive: 8,
                portee: 2,
            },
            resistances: Resistances { ombre: 10, ..Resistances::default() },
            competences: Vec::new(),
            objets: Vec::new(),
        }
    }

    fn uuid(&mut self) -> Uuid {
        let bits = u128::from(self.dice.next()) << 64 | u128::from(self.dice.next());
        uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
    }
}
