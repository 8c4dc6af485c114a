//! Combats to be fought: players and monsters made up from a seed.

use uuid::Uuid;

use crate::combat::{
    Camp, Ciblage, CombatId, Competence, Conditions, Cout, Demarrer, Dice, EntiteId, ItemGagne,
    ItemId, Objet, Participant, ParticipantId, Pouvoir, Recompenses, Resistances, StatsCombat,
    TypeCombat, TypeDegats, TypeEffet, TypeEntite, ZoneId,
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

    /// From how many players the fighters are taken. Default 1000.
    #[must_use]
    pub fn players(mut self, players: u32) -> Self {
        self.players = players.max(1);
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
        let mut participants: Vec<_> = (0..mine).map(|_| self.player(Camp::Allies)).collect();
        for _ in 0..theirs {
            participants.push(match type_combat {
                TypeCombat::Boss => self.dragon(),
                TypeCombat::Pve => self.monster(),
                TypeCombat::Pvp | TypeCombat::Arene => self.player(Camp::Adversaires),
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

    fn player(&mut self, camp: Camp) -> Participant {
        let number = self.dice.below(self.players);
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

fn potion_id() -> ItemId {
    ItemId::new(Uuid::new_v5(&Uuid::NAMESPACE_OID, b"Potion de soin"))
}

fn potion(quantite: u32) -> Objet {
    Objet {
        item_id: potion_id(),
        nom: "Potion de soin".to_owned(),
        quantite,
        ciblage: Ciblage::Allie,
        portee: 3,
        pouvoirs: vec![Pouvoir::Soin { puissance: 30 }],
    }
}

fn skill(
    nom: &str,
    ciblage: Ciblage,
    portee: u32,
    (mp, stamina): (u32, u32),
    cooldown_tours: u8,
    pouvoirs: Vec<Pouvoir>,
) -> Competence {
    Competence {
        competence_id: Uuid::new_v5(&Uuid::NAMESPACE_OID, nom.as_bytes()).into(),
        nom: nom.to_owned(),
        ciblage,
        portee,
        cout: Cout { mp, stamina },
        cooldown_tours,
        pouvoirs,
    }
}

const fn harm(type_degats: TypeDegats, puissance: u32) -> Pouvoir {
    Pouvoir::Degats { type_degats, puissance }
}

const fn effect(type_effet: TypeEffet, puissance: u32, duree_tours: u8, chance: u8) -> Pouvoir {
    Pouvoir::Effet { type_effet, puissance, duree_tours, chance }
}

fn cleave() -> Competence {
    let pouvoirs = vec![harm(TypeDegats::Physique, 16), effect(TypeEffet::Saignement, 3, 3, 50)];
    skill("Taille", Ciblage::Zone, 3, (0, 12), 3, pouvoirs)
}

fn fireball() -> Competence {
    let pouvoirs = vec![harm(TypeDegats::Feu, 18), effect(TypeEffet::Brulure, 4, 3, 60)];
    skill("Boule de feu", Ciblage::Zone, 12, (12, 0), 3, pouvoirs)
}

fn frost() -> Competence {
    let pouvoirs = vec![harm(TypeDegats::Eau, 10), effect(TypeEffet::Affaiblissement, 25, 2, 80)];
    skill("Trait de givre", Ciblage::Ennemi, 12, (6, 0), 1, pouvoirs)
}

fn poisoned_blade() -> Competence {
    let pouvoirs = vec![harm(TypeDegats::Physique, 12), effect(TypeEffet::Poison, 5, 4, 90)];
    skill("Lame empoisonnée", Ciblage::Ennemi, 2, (0, 8), 2, pouvoirs)
}

fn healing() -> Competence {
    let pouvoirs =
        vec![Pouvoir::Soin { puissance: 25 }, effect(TypeEffet::Regeneration, 5, 3, 100)];
    skill("Prière", Ciblage::Allie, 12, (10, 0), 2, pouvoirs)
}

fn cleansing() -> Competence {
    skill("Purification", Ciblage::Allie, 12, (5, 0), 2, vec![Pouvoir::Dissipation])
}

fn fire_breath() -> Competence {
    let pouvoirs = vec![harm(TypeDegats::Feu, 28), effect(TypeEffet::Brulure, 6, 2, 50)];
    skill("Souffle ardent", Ciblage::Zone, 10, (20, 0), 4, pouvoirs)
}

fn stunning_roar() -> Competence {
    let pouvoirs = vec![harm(TypeDegats::Neutre, 8), effect(TypeEffet::Etourdissement, 0, 1, 60)];
    skill("Rugissement", Ciblage::Ennemi, 10, (10, 0), 3, pouvoirs)
}
