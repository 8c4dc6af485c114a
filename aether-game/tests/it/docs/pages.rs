//! The page of an aggregate, as Markdown.

use std::fmt::Write as _;

use aether_game::refus::Ligne;

use super::joli::joli;
use super::textes::{Decrit, Textes};
use super::types::{ChampVu, Types};
use super::{Agregat, Evenement};

/// The page of an aggregate.
pub(super) fn page(textes: &Textes, agregat: &Agregat, evenements: &[Evenement]) -> String {
    let Agregat { nom, titre, stocke, flux, .. } = agregat;
    let mut page = format!("# {titre}\n\n{}\n", super::AVIS);
    write!(
        page,
        "Stored as `{stocke}`; the stream: {flux}. [Schema](../schema/{nom}.json), \
         [locked shapes](../../aether-game/events/{nom}.lock.json), [sources](../../aether-game/src/{}).\n\n",
        agregat.module,
    )
    .unwrap();
    let module = &textes.fichier(&format!("{}.rs", agregat.module)).module;
    let is_text = |line: &&String| !(line.starts_with("[`") && line.contains("]: "));
    let lines: Vec<_> = module.iter().filter(is_text).map(String::as_str).collect();
    page.push_str(sans_liens(&lines.join("\n")).trim_end());
    page.push('\n');
    regles(textes, agregat, &mut page);
    commandes(textes, agregat, &mut page);
    let mut types = Types::new(textes, agregat.module);
    les_evenements(&mut types, agregat, evenements, &mut page);
    les_types(&types, &mut page);
    refus(agregat.refus, &mut page);
    limites(textes, agregat, &mut page);
    page
}

/// Where each rule is.
fn regles(textes: &Textes, agregat: &Agregat, page: &mut String) {
    let dossier = format!("{}/decide/", agregat.module);
    let mut files = textes.fichiers.iter().filter(|it| it.chemin.starts_with(&dossier)).peekable();
    if files.peek().is_none() {
        return;
    }
    page.push_str("\n## Rules\n\n| file | rules |\n|---|---|\n");
    for it in files {
        let name = &it.chemin[dossier.len()..];
        let until = it.module.iter().position(String::is_empty).unwrap_or(it.module.len());
        let text = cellule(&it.module[..until].join(" "));
        writeln!(page, "| [{name}](../../aether-game/src/{}) | {text} |", it.chemin).unwrap();
    }
}

fn commandes(textes: &Textes, agregat: &Agregat, page: &mut String) {
    page.push_str("\n## Commands\n\n| command | field | type | |\n|---|---|---|---|\n");
    for it in &textes.type_de(agregat.module, agregat.commandes, &[]).membres {
        writeln!(page, "| **`{}`** | | | {} |", it.nom, cellule(&it.texte)).unwrap();
        let inner = it.type_rust.strip_prefix("Box<").and_then(|it| it.strip_suffix('>'));
        let held = inner.unwrap_or(&it.type_rust);
        let fields: &[Decrit] = match held.is_empty() {
            true => &it.membres,
            false => &textes.type_de(agregat.module, held, &[]).membres,
        };
        for field in fields {
            let Decrit { nom, type_rust, texte, .. } = field;
            writeln!(page, "| | `{nom}` | `{type_rust}` | {} |", cellule(texte)).unwrap();
        }
    }
}

fn les_evenements(
    types: &mut Types<'_>,
    agregat: &Agregat,
    evenements: &[Evenement],
    page: &mut String,
) {
    page.push_str("\n## Events\n\nWhat ends in `Id` is a UUID.\n");
    for it in evenements {
        let champs = types.evenement(agregat.evenements, it.nom, &it.forme);
        write!(page, "\n### {}\n\n{}\n\n", it.nom, sans_liens(&it.texte)).unwrap();
        table(&champs, page);
        write!(page, "\n```json\n{}\n```\n", joli(&it.exemple)).unwrap();
    }
}

fn table(champs: &[ChampVu], page: &mut String) {
    page.push_str("| field | type | |\n|---|---|---|\n");
    for ChampVu { nom, type_, texte } in champs {
        writeln!(page, "| `{nom}` | {type_} | {} |", cellule(texte)).unwrap();
    }
}

fn les_types(types: &Types<'_>, page: &mut String) {
    if !types.structs.is_empty() {
        page.push_str("\n## Types\n");
    }
    for it in &types.structs {
        write!(page, "\n### {}\n\n{}\n\n", it.nom, sans_liens(&it.texte)).unwrap();
        table(&it.champs, page);
    }
    if !types.mots.is_empty() {
        page.push_str("\n## Words\n");
    }
    for it in &types.mots {
        write!(page, "\n### {}\n\n{}\n\n| word | |\n|---|---|\n", it.nom, sans_liens(&it.texte))
            .unwrap();
        for (word, text) in &it.mots {
            writeln!(page, "| `{word}` | {} |", cellule(text)).unwrap();
        }
    }
    if !types.bornes.is_empty() {
        page.push_str("\n## Bounds\n\n| type | of | range | |\n|---|---|---|---|\n");
    }
    for it in &types.bornes {
        let text = cellule(&it.texte);
        writeln!(page, "| `{}` | {} | {} | {text} |", it.nom, it.genre, it.bornes).unwrap();
    }
}

fn refus(lignes: &[Ligne], page: &mut String) {
    page.push_str("\n## Refusals\n\nA refusal stores nothing.\n\n| code | English | French |\n|---|---|---|\n");
    for Ligne { code, anglais, francais, .. } in lignes {
        writeln!(page, "| `{code}` | {anglais} | {francais} |").unwrap();
    }
}

fn limites(textes: &Textes, agregat: &Agregat, page: &mut String) {
    let constantes = textes.constantes(agregat.module, agregat.sauf);
    if constantes.is_empty() {
        return;
    }
    page.push_str("\n## Limits and settings\n\n| name | value | |\n|---|---|---|\n");
    for it in constantes {
        writeln!(page, "| `{}` | `{}` | {} |", it.nom, it.valeur, cellule(&it.texte)).unwrap();
    }
}

/// A text for a cell of a table.
pub(super) fn cellule(texte: &str) -> String {
    sans_liens(texte).replace('|', "\\|").replace('\n', " ")
}

/// A documentation without the links that only the documentation of Rust follows.
pub(super) fn sans_liens(texte: &str) -> String {
    let mut text = String::new();
    let mut rest = texte;
    while let Some((before, after)) = rest.split_once('[') {
        text.push_str(before);
        let Some((name, after)) = after.split_once(']').filter(|(name, _)| *name != "*") else {
            text.push('[');
            rest = after;
            continue;
        };
        text.push_str(name);
        rest = match after.strip_prefix('(').and_then(|it| it.split_once(')')) {
            Some((_, after)) => after,
            None => after,
        };
    }
    text + rest
}
