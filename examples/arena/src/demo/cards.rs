//! The combats, one card each: who stands, who acts, what just happened.

use aether_game::bots::Tactic;
use aether_game::combat::{
    Camp, EtatCombat, EtatParticipant, ResultatAction, TypeAction, TypeEffet,
};
use aether_game::live::{LiveAction, LiveCombat, LiveParticipant};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style, Stylize as _};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::demo::board::Card;
use crate::demo::view::{BAD, FAINT, GOLD, GOOD, Scene, panel};

/// The least width of a card.
const WIDTH: u16 = 50;
/// How many actions a card shows.
const ACTIONS: u16 = 3;
const ALLIES: Color = Color::Rgb(110, 170, 240);
const ADVERSAIRES: Color = Color::Rgb(230, 140, 110);
const MANA: Color = Color::Rgb(96, 120, 220);
const TRACK: Color = Color::Rgb(58, 60, 70);

/// As many combats as fit, in a grid.
pub(crate) fn draw(frame: &mut Frame<'_>, area: Rect, scene: &Scene) {
    let most = scene.iter().map(|(card, _)| card.fighters.len()).max().unwrap_or(2);
    let height = u16::try_from(most).unwrap_or(u16::MAX).saturating_add(ACTIONS + 3);
    let columns = (area.width / WIDTH).max(1);
    let rows = (area.height / height).max(1);
    let grid = Layout::vertical((0..rows).map(|_| Constraint::Length(height))).split(area);
    let places = grid.iter().flat_map(|row| {
        Layout::horizontal((0..columns).map(|_| Constraint::Fill(1))).split(*row).to_vec()
    });
    for (place, (card, combat)) in places.zip(scene) {
        match combat {
            Some(combat) => draw_combat(frame, place, card, combat),
            None => frame.render_widget(panel(&card.zone), place),
        }
    }
    let hidden = scene.len().saturating_sub(usize::from(columns) * usize::from(rows));
    if hidden > 0 {
        let more = Line::from(format!("… and {hidden} more combats ")).fg(FAINT).right_aligned();
        frame.render_widget(more, Rect { y: area.bottom().saturating_sub(1), height: 1, ..area });
    }
}

fn draw_combat(frame: &mut Frame<'_>, area: Rect, card: &Card, combat: &LiveCombat) {
    let state = match combat.etat {
        EtatCombat::EnCours => Span::from(" en cours ").fg(GOOD),
        EtatCombat::Abandonne => Span::from(" abandonné ").fg(FAINT),
        _ => Span::from(" terminé ").fg(GOLD),
    };
    let title = format!("{} · tour {}", card.zone, combat.tour_actuel);
    let block = panel(&title).title_top(Line::from(state).right_aligned());
    let Rect { width, height, .. } = block.inner(area);
    let mut lines: Vec<Line<'_>> =
        combat.participants.iter().map(|it| fighter(card, combat, it, width)).collect();
    // the actions stand at the bottom
    lines.resize(usize::from(height.saturating_sub(ACTIONS)), Line::default());
    lines.extend(
        combat.recent_actions.iter().take(ACTIONS.into()).map(|it| action(card, combat, it, width)),
    );
    frame.render_widget(Paragraph::new(lines).block(block), area);
}

fn fighter(card: &Card, combat: &LiveCombat, it: &LiveParticipant, width: u16) -> Line<'static> {
    let id = it.participant_id;
    let of_card = card.fighters.iter().find(|(fighter, ..)| *fighter == id);
    let (camp, tactic) = of_card.map_or((Camp::Allies, ""), |(_, camp, it)| (*camp, way(*it)));
    let color = match (it.etat, camp) {
        (EtatParticipant::Actif, Camp::Allies) => ALLIES,
        (EtatParticipant::Actif, Camp::Adversaires) => ADVERSAIRES,
        _ => FAINT,
    };
    let turn = if combat.participant_actif == Some(id) { "▶" } else { " " };
    let mut line = vec![
        Span::from(turn).fg(GOLD),
        Span::from(format!("{:<16} ", cut(&it.nom, 16))).fg(color).bold(),
        Span::from(format!("{tactic:<9}")).fg(FAINT),
    ];
    if it.etat != EtatParticipant::Actif {
        let word = match it.etat {
            EtatParticipant::Fuite => "a fui",
            EtatParticipant::Ko => "hors de combat",
            _ => "mort",
        };
        line.push(Span::from(word).fg(FAINT).italic());
        return Line::from(line);
    }
    let share = f64::from(it.hp_actuel) / f64::from(it.hp_max.max(1));
    let health = match share {
        0.5.. => GOOD,
        0.25.. => GOLD,
        _ => BAD,
    };
    let room = usize::from(width).saturating_sub(1 + 17 + 9 + 9 + 4 + 5).clamp(6, 30);
    line.extend(bar(share, room, health));
    line.push(Span::from(format!("{:>4}/{:<4}", it.hp_actuel, it.hp_max)));
    let (mp, most) = (it.mp_actuel.unwrap_or_default(), it.mp_max.unwrap_or_default());
    line.extend(bar(f64::from(mp) / f64::from(most.max(1)), 3, MANA));
    line.push(Span::from(" "));
    line.extend(it.effets.iter().take(4).map(|effet| {
        let color = if effet.type_effet.est_debuff() { BAD } else { GOOD };
        Span::from(symbol(effet.type_effet)).fg(color)
    }));
    Line::from(line)
}

fn action(card: &Card, combat: &LiveCombat, it: &LiveAction, width: u16) -> Line<'static> {
    let name = |id| {
        let found = combat.participants.iter().find(|known| known.participant_id == id);
        found.map_or("?", |known| known.nom.as_str())
    };
    let skill = it.competence_id.and_then(|id| card.skills.get(&id));
    let power = skill.map_or("un pouvoir", String::as_str);
    let verb = match it.type_action {
        TypeAction::Attaque => "attaque".to_owned(),
        TypeAction::Competence => format!("lance {power} sur"),
        TypeAction::Objet => "utilise un objet sur".to_owned(),
        TypeAction::Deplacement => "avance".to_owned(),
        TypeAction::Defense => "se met en garde".to_owned(),
        TypeAction::Fuite => "tente de fuir".to_owned(),
    };
    let targets: Vec<&str> = match it.type_action {
        TypeAction::Defense => Vec::new(),
        _ => it.cibles.iter().map(|id| name(*id)).collect(),
    };
    let (word, color) = match it.resultat {
        ResultatAction::Succes => ("", FAINT),
        ResultatAction::Critique => (" critique !", GOLD),
        ResultatAction::Esquive => (" esquivé", ALLIES),
        ResultatAction::Bloque => (" bloqué", ALLIES),
        ResultatAction::Echec => (" échoué", BAD),
    };
    let text = format!(" {} {verb} {}", name(it.acteur), targets.join(", "));
    let room = usize::from(width).saturating_sub(word.chars().count());
    let text = cut(text.trim_end(), room);
    Line::from(vec![Span::from(text).fg(FAINT), Span::from(word).fg(color)])
}

const fn way(tactic: Tactic) -> &'static str {
    match tactic {
        Tactic::Aggressive => "brute",
        Tactic::Healer => "soigneur",
        Tactic::Caster => "mage",
        Tactic::Coward => "couard",
    }
}

const fn symbol(effet: TypeEffet) -> &'static str {
    match effet {
        TypeEffet::Poison => "☠",
        TypeEffet::Brulure => "♨",
        TypeEffet::Saignement => "✢",
        TypeEffet::Regeneration => "✚",
        TypeEffet::Etourdissement => "★",
        TypeEffet::Renforcement => "▲",
        TypeEffet::Affaiblissement => "▼",
        TypeEffet::Protection => "◆",
        TypeEffet::Garde => "◈",
    }
}

/// A bar of `room` cells, filled to `share` with eighths of a cell.
pub(crate) fn bar(share: f64, room: usize, color: Color) -> [Span<'static>; 2] {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let filled = (share.clamp(0.0, 1.0) * room as f64 * 8.0).round() as usize;
    let (whole, part) = (filled / 8, EIGHTHS[filled % 8]);
    let rest = room - whole - usize::from(!part.is_empty());
    let style = Style::new().bg(TRACK);
    [
        Span::from(format!("{}{part}", "█".repeat(whole))).style(style.fg(color)),
        Span::from(" ".repeat(rest)).style(style),
    ]
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
