//! The types of the events of an aggregate, as pages list them.

use super::forme::{Champ, Contenu, Forme, Serde, Struct, Variante};
use super::schema::BORNES_DE_TEXTES;
use super::textes::{Decrit, Textes};

/// A field, as a page shows it.
pub(super) struct ChampVu {
    pub(super) nom: String,
    pub(super) type_: String,
    pub(super) texte: String,
}

/// A type with fields.
pub(super) struct StructVu {
    pub(super) nom: String,
    pub(super) texte: String,
    pub(super) champs: Vec<ChampVu>,
}

/// A number or a text with bounds.
pub(super) struct BorneVue {
    pub(super) nom: String,
    pub(super) genre: &'static str,
    pub(super) bornes: String,
    pub(super) texte: String,
}

/// A closed list of words.
pub(super) struct MotsVus {
    pub(super) nom: String,
    pub(super) texte: String,
    pub(super) mots: Vec<(String, String)>,
}

/// The types that fields name, each once, in the order in which they are met.
pub(super) struct Types<'a> {
    textes: &'a Textes,
    module: &'a str,
    pub(super) structs: Vec<StructVu>,
    pub(super) bornes: Vec<BorneVue>,
    pub(super) mots: Vec<MotsVus>,
}

impl<'a> Types<'a> {
    pub(super) fn new(textes: &'a Textes, module: &'a str) -> Self {
        Self { textes, module, structs: vec![], bornes: vec![], mots: vec![] }
    }

    /// The fields of an event of the enum `de`.
    pub(super) fn evenement(&mut self, de: &str, nom: &str, forme: &Forme) -> Vec<ChampVu> {
        match forme {
            Forme::Struct(Struct { nom: None, serde, champs }) => {
                let of = self.textes.type_de(self.module, de, &[nom]);
                let texts = of.membre(nom).cloned().unwrap_or_default();
                self.champs(champs, serde.rename_all_fields.as_deref(), &texts)
            }
            Forme::Struct(it) => self.structure(it).champs,
            other => panic!("{nom} holds {other:?}"),
        }
    }

    fn champs(&mut self, champs: &[Champ], case: Option<&str>, texts: &Decrit) -> Vec<ChampVu> {
        let vu = |it: &Champ| {
            let decrit = texts.membre(&it.nom).cloned().unwrap_or_default();
            let type_ = match (&it.forme, it.serde.skip) {
                (Forme::Option(inner), true) => format!("{}, if any", self.nomme(inner)),
                (forme, _) => self.nomme(forme),
            };
            let type_ = match id(&decrit.type_rust) {
                Some(id) => type_.replace("uuid", &format!("`{id}`")),
                None => type_,
            };
            ChampVu { nom: it.serde.json(&it.nom, case), type_, texte: decrit.texte }
        };
        champs.iter().map(vu).collect()
    }

    /// How fields name a type; the type itself is noted.
    fn nomme(&mut self, forme: &Forme) -> String {
        match forme {
            Forme::Feuille(nom) => match nom.as_str() {
                "Uuid" => "uuid".into(),
                "DateTime<Utc>" => "time".into(),
                "String" => "text".into(),
                other => other.to_owned(),
            },
            Forme::Bornee { nom, min, max } => {
                self.borne(nom, *min, *max);
                format!("[{nom}](#bounds)")
            }
            Forme::Option(inner) => format!("{} or null", self.nomme(inner)),
            Forme::Liste(inner) => format!("list of {}", self.nomme(inner)),
            Forme::Map(key, value) => {
                format!("map from {} to {}", self.nomme(key), self.nomme(value))
            }
            Forme::Struct(it) => {
                let vu = self.structure(it);
                let nom = vu.nom.clone();
                self.note(vu);
                lien(&nom)
            }
            Forme::Enum { nom, serde, variantes } => {
                self.choix(nom, serde, variantes);
                lien(nom)
            }
        }
    }

    fn note(&mut self, vu: StructVu) {
        if !self.structs.iter().any(|it| it.nom == vu.nom) {
            self.structs.push(vu);
        }
    }

    fn borne(&mut self, nom: &str, min: i128, max: i128) {
        if self.bornes.iter().any(|it| it.nom == nom) {
            return;
        }
        let is_text = BORNES_DE_TEXTES.contains(&nom);
        self.bornes.push(BorneVue {
            nom: nom.to_owned(),
            genre: if is_text { "characters" } else { "number" },
            bornes: format!("{} to {}", milliers(min), milliers(max)),
            texte: self.textes.type_de(self.module, nom, &[]).texte.clone(),
        });
    }

    fn structure(&mut self, it: &Struct) -> StructVu {
        let nom = it.nom.clone().expect("a name");
        let names: Vec<_> = it.champs.iter().map(|it| it.nom.as_str()).collect();
        let texts = self.textes.type_de(self.module, &nom, &names).clone();
        let champs = self.champs(&it.champs, it.serde.rename_all.as_deref(), &texts);
        StructVu { nom, texte: texts.texte, champs }
    }

    fn choix(&mut self, nom: &str, serde: &Serde, variantes: &[Variante]) {
        let names: Vec<_> = variantes.iter().map(|it| it.nom.as_str()).collect();
        let texts = self.textes.type_de(self.module, nom, &names).clone();
        let case = serde.rename_all.as_deref();
        let text = |name: &str| texts.membre(name).map(|it| it.texte.clone()).unwrap_or_default();
        let Some(tag) = &serde.tag else {
            let word = |it: &Variante| (it.serde.json(&it.nom, case), text(&it.nom));
            let mots = variantes.iter().map(word).collect();
            if !self.mots.iter().any(|it| it.nom == nom) {
                self.mots.push(MotsVus { nom: nom.to_owned(), texte: texts.texte, mots });
            }
            return;
        };
        let mut champs = vec![];
        for it in variantes {
            let word = it.serde.json(&it.nom, case);
            champs.push(ChampVu {
                nom: tag.clone(),
                type_: format!("`\"{word}\"`"),
                texte: text(&it.nom),
            });
            let of = texts.membre(&it.nom).cloned().unwrap_or_default();
            champs.extend(match (&it.contenu, &serde.content) {
                (Contenu::Rien, _) => vec![],
                (Contenu::Champs(all), _) => {
                    self.champs(all, serde.rename_all_fields.as_deref(), &of)
                }
                (Contenu::Un(one), Some(content)) => {
                    let type_ = self.nomme(one);
                    vec![ChampVu { nom: content.clone(), type_, texte: String::new() }]
                }
                (Contenu::Un(one), None) => match &**one {
                    Forme::Struct(one) => self.structure(one).champs,
                    other => panic!("{} holds {other:?}", it.nom),
                },
            });
        }
        self.note(StructVu { nom: nom.to_owned(), texte: texts.texte, champs });
    }
}

/// The kind of id that a type of Rust holds, in a list or alone.
fn id(type_rust: &str) -> Option<&str> {
    let inner = type_rust.rsplit('<').next().unwrap_or(type_rust).trim_end_matches('>');
    let name = inner.rsplit("::").next().unwrap_or(inner);
    name.ends_with("Id").then_some(name)
}

fn lien(nom: &str) -> String {
    format!("[{nom}](#{})", nom.to_lowercase())
}

/// A number with commas between its thousands.
pub(super) fn milliers(n: i128) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if n < 0 { format!("-{text}") } else { text }
}
