//! JSON Schema of the events of an aggregate, from their shapes and the documentation of their types.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::forme::{Champ, Contenu, Forme, Serde, Struct, Variante};
use super::textes::Textes;
use super::{Agregat, Evenement};

/// The bounded types that are texts; the others are numbers.
pub(super) const BORNES_DE_TEXTES: [&str; 3] = ["Nom", "Motif", "Description"];

/// The schema of all events of an aggregate: `{"eventType": …, "payload": …}`, one alternative per event type.
pub(super) fn schema(textes: &Textes, agregat: &Agregat, evenements: &[Evenement]) -> Value {
    let Agregat { titre, module, evenements: de, .. } = *agregat;
    let mut build = Schema { textes, module, de, defs: BTreeMap::new() };
    let one_of: Vec<_> = evenements
        .iter()
        .map(|it| {
            let payload = build.payload(it);
            let exemple: Value = serde_json::from_str(&it.exemple).expect("JSON");
            json!({
                "title": it.nom,
                "description": it.texte,
                "$comment": format!("schema version {}", it.version),
                "type": "object",
                "properties": { "eventType": { "const": it.nom }, "payload": payload },
                "required": ["eventType", "payload"],
                "examples": [{ "eventType": it.nom, "payload": exemple }],
            })
        })
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": format!("Events of {titre}"),
        "description": "Type and payload of each event; the other members of an envelope are not described here.",
        "oneOf": one_of,
        "$defs": build.defs,
    })
}

struct Schema<'a> {
    textes: &'a Textes,
    module: &'a str,
    /// The enum of the events.
    de: &'a str,
    defs: BTreeMap<String, Value>,
}

impl Schema<'_> {
    fn payload(&mut self, it: &Evenement) -> Value {
        match &it.forme {
            Forme::Struct(Struct { nom: None, serde, champs }) => {
                let texts = self.textes.type_de(self.module, self.de, &[it.nom]);
                let texts = texts.membre(it.nom).map(|it| it.membres.clone()).unwrap_or_default();
                let text =
                    |name: &str| texts.iter().find(|it| it.nom == name).map(|it| it.texte.clone());
                let case = serde.rename_all_fields.as_deref();
                self.object(champs, case, |name| text(name).unwrap_or_default())
            }
            forme => self.of(forme),
        }
    }

    fn of(&mut self, forme: &Forme) -> Value {
        match forme {
            Forme::Feuille(nom) => feuille(nom),
            Forme::Bornee { nom, min, max } => {
                let texte = self.textes.type_de(self.module, nom, &[]).texte.clone();
                let def = match BORNES_DE_TEXTES.contains(&nom.as_str()) {
                    true => {
                        json!({ "type": "string", "minLength": min, "maxLength": max, "description": texte })
                    }
                    false => {
                        json!({ "type": "integer", "minimum": min, "maximum": max, "description": texte })
                    }
                };
                self.named(nom, |_| def)
            }
            Forme::Option(inner) => json!({ "anyOf": [self.of(inner), { "type": "null" }] }),
            Forme::Liste(inner) => json!({ "type": "array", "items": self.of(inner) }),
            Forme::Map(_, value) => {
                json!({ "type": "object", "additionalProperties": self.of(value) })
            }
            Forme::Struct(it) => {
                let nom = it.nom.as_deref().expect("a name");
                self.named(nom, |schema| schema.structure(nom, it))
            }
            Forme::Enum { nom, serde, variantes } => {
                self.named(nom, |schema| schema.choix(nom, serde, variantes))
            }
        }
    }

    /// A reference to a type that is described once.
    fn named(&mut self, nom: &str, def: impl FnOnce(&mut Self) -> Value) -> Value {
        let def = def(self);
        let known = self.defs.entry(nom.to_owned()).or_insert_with(|| def.clone());
        assert_eq!(*known, def, "two types of {} are called {nom}", self.module);
        json!({ "$ref": format!("#/$defs/{nom}") })
    }

    fn structure(&mut self, nom: &str, it: &Struct) -> Value {
        let names: Vec<_> = it.champs.iter().map(|it| it.nom.as_str()).collect();
        let texts = self.textes.type_de(self.module, nom, &names).clone();
        let text = |name: &str| texts.membre(name).map(|it| it.texte.clone()).unwrap_or_default();
        let mut object = self.object(&it.champs, it.serde.rename_all.as_deref(), text);
        object["description"] = texts.texte.into();
        object
    }

    fn object(
        &mut self,
        champs: &[Champ],
        case: Option<&str>,
        text: impl Fn(&str) -> String,
    ) -> Value {
        let mut properties = Map::new();
        let mut required = vec![];
        for champ in champs {
            let json = champ.serde.json(&champ.nom, case);
            // what is missing when there is nothing to say is never null
            let mut value = match (&champ.forme, champ.serde.skip) {
                (Forme::Option(inner), true) => self.of(inner),
                (forme, _) => self.of(forme),
            };
            value["description"] = text(&champ.nom).into();
            if !champ.serde.default {
                required.push(json.clone());
            }
            properties.insert(json, value);
        }
        json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }

    fn choix(&mut self, nom: &str, serde: &Serde, variantes: &[Variante]) -> Value {
        let names: Vec<_> = variantes.iter().map(|it| it.nom.as_str()).collect();
        let texts = self.textes.type_de(self.module, nom, &names).clone();
        let mut one_of = vec![];
        for it in variantes {
            let texts = texts.membre(&it.nom).cloned().unwrap_or_default();
            let mot = it.serde.json(&it.nom, serde.rename_all.as_deref());
            let mut one = self.variante(serde, it, &mot, |name| {
                texts.membre(name).map(|it| it.texte.clone()).unwrap_or_default()
            });
            one["description"] = texts.texte.clone().into();
            one_of.push(one);
        }
        json!({ "oneOf": one_of, "description": texts.texte })
    }

    fn variante(
        &mut self,
        serde: &Serde,
        it: &Variante,
        mot: &str,
        text: impl Fn(&str) -> String,
    ) -> Value {
        let Some(tag) = serde.tag.as_deref() else {
            assert!(
                matches!(it.contenu, Contenu::Rien),
                "{} has no tag and holds something",
                it.nom
            );
            return json!({ "const": mot });
        };
        let mut object = match (&it.contenu, serde.content.as_deref()) {
            (Contenu::Rien, _) => self.object(&[], None, text),
            (Contenu::Champs(champs), None) => {
                self.object(champs, serde.rename_all_fields.as_deref(), text)
            }
            (Contenu::Un(inner), Some(content)) => {
                let mut object = self.object(&[], None, text);
                object["properties"][content] = self.of(inner);
                object["required"] = json!([content]);
                object
            }
            // its fields lie beside the tag
            (Contenu::Un(inner), None) => {
                let Forme::Struct(inner) = &**inner else { panic!("{} holds no fields", it.nom) };
                let nom = inner.nom.clone().expect("a name");
                self.structure(&nom, inner)
            }
            (Contenu::Champs(_), Some(_)) => panic!("{} holds fields in a content", it.nom),
        };
        object["properties"][tag] = json!({ "const": mot });
        object["required"].as_array_mut().expect("a list").insert(0, tag.into());
        object
    }
}

fn feuille(nom: &str) -> Value {
    let entier =
        |min: i128, max: i128| json!({ "type": "integer", "minimum": min, "maximum": max });
    match nom {
        "bool" => json!({ "type": "boolean" }),
        "String" => json!({ "type": "string" }),
        "Uuid" => json!({ "type": "string", "format": "uuid" }),
        "DateTime<Utc>" => json!({ "type": "string", "format": "date-time" }),
        "u8" => entier(0, u8::MAX.into()),
        "u16" => entier(0, u16::MAX.into()),
        "u32" => entier(0, u32::MAX.into()),
        "u64" => entier(0, u64::MAX.into()),
        "i32" => entier(i32::MIN.into(), i32::MAX.into()),
        "i64" => entier(i64::MIN.into(), i64::MAX.into()),
        other => panic!("{other} is not known here"),
    }
}
