//! What is shown: the full screen, or a line per second.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use aether_game::live::LiveCombat;
use aether_redis::{KeySpace, RedisClient};
use parking_lot::Mutex;
use ratatui::Frame;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Style, Stylize as _};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Paragraph, Sparkline};
use tokio::sync::watch;

use crate::demo::board::{Board, Card};
use crate::demo::cards;
use crate::demo::measure::{Second, Tally};
use crate::demo::timer::Times;

/// How often the screen is drawn, and the live combats are read from Redis.
const FRAME: Duration = Duration::from_millis(100);
/// What the studio asks for: milliseconds.
const APPEND_TARGET: f64 = 10.0;
const LAG_TARGET: f64 = 100.0;
pub(crate) const GOLD: Color = Color::Rgb(232, 190, 92);
pub(crate) const FAINT: Color = Color::Rgb(120, 124, 138);
pub(crate) const GOOD: Color = Color::Rgb(110, 200, 120);
pub(crate) const BAD: Color = Color::Rgb(226, 92, 84);

/// What the view looks at.
#[derive(Clone)]
pub(crate) struct Stage {
    pub redis: RedisClient,
    pub keys: KeySpace,
    pub board: Arc<Board>,
    pub tally: Arc<Tally>,
}

/// The combats as Redis has them.
pub(crate) type Scene = Vec<(Card, Option<LiveCombat>)>;

/// Shows the arena until it is stopped, or until somebody presses q.
pub(crate) async fn show(
    stage: Stage,
    plain: bool,
    mut stopped: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    if plain {
        let _ = stopped.wait_for(|stopped| *stopped).await;
        return Ok(());
    }
    let scene: Arc<Mutex<Scene>> = Arc::default();
    let (drawn, tally, done) = (scene.clone(), stage.tally.clone(), stopped.clone());
    let screen = tokio::task::spawn_blocking(move || {
        let mut terminal = ratatui::try_init()?;
        let result = draw_until(&mut terminal, &drawn, &tally, &done);
        ratatui::restore();
        result
    });
    while !screen.is_finished() && !*stopped.borrow() {
        let mut fresh = Scene::new();
        for card in stage.board.cards() {
            // a combat that cannot be read right now is shown empty, and read again soon
            let live = LiveCombat::load(&stage.redis, &stage.keys, card.combat).await;
            fresh.push((card, live.ok().flatten()));
        }
        *scene.lock() = fresh;
        tokio::time::sleep(FRAME).await;
    }
    screen.await??;
    Ok(())
}

fn draw_until(
    terminal: &mut ratatui::DefaultTerminal,
    scene: &Mutex<Scene>,
    tally: &Tally,
    stopped: &watch::Receiver<bool>,
) -> io::Result<()> {
    while !*stopped.borrow() {
        let combats = scene.lock().clone();
        terminal.draw(|frame| draw(frame, &combats, tally))?;
        if event::poll(FRAME)?
            && let Event::Key(key) = event::read()?
            && key.kind == KeyEventKind::Press
        {
            let control_c =
                key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
            if control_c || matches!(key.code, KeyCode::Char('q') | KeyCode::Esc) {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn draw(frame: &mut Frame<'_>, scene: &Scene, tally: &Tally) {
    let seconds = tally.seconds();
    let now = seconds.last().cloned().unwrap_or_default();
    let rows =
        [Constraint::Length(1), Constraint::Length(8), Constraint::Min(0), Constraint::Length(1)];
    let [title, numbers, combats, help] = Layout::vertical(rows).areas(frame.area());
    draw_title(frame, title, tally, &now);
    let [throughput, appends, lags] =
        Layout::horizontal([Constraint::Fill(4), Constraint::Fill(3), Constraint::Fill(4)])
            .areas(numbers);
    draw_throughput(frame, throughput, &seconds, &now);
    draw_appends(frame, appends, &now);
    draw_lags(frame, lags, &now);
    cards::draw(frame, combats, scene);
    let keys = Line::from(vec![
        " q ".fg(Color::Black).bg(GOLD),
        " stop, compare every read model with the events, and leave".fg(FAINT),
    ]);
    frame.render_widget(keys, help);
}

fn draw_title(frame: &mut Frame<'_>, area: Rect, tally: &Tally, now: &Second) {
    let seconds = tally.elapsed().as_secs();
    let left = Line::from(vec![
        " AETHER ".fg(Color::Black).bg(GOLD).bold(),
        " the arena ".fg(GOLD).bold(),
        "· commands → events in PostgreSQL → read models in PostgreSQL and Redis".fg(FAINT),
    ]);
    let Second { combats_started, combats_ended, .. } = now;
    let right = format!(
        "{} combats · {combats_ended} over · {:02}:{:02} ",
        combats_started.saturating_sub(*combats_ended),
        seconds / 60,
        seconds % 60
    );
    frame.render_widget(left, area);
    frame.render_widget(Line::from(right.fg(GOLD)).right_aligned(), area);
}

fn draw_throughput(frame: &mut Frame<'_>, area: Rect, seconds: &[Second], now: &Second) {
    let block = panel("throughput");
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let [graph, text] = Layout::vertical([Constraint::Min(1), Constraint::Length(3)]).areas(inner);
    let newest = seconds.len().saturating_sub(graph.width.into());
    let data: Vec<u64> = seconds[newest..].iter().map(|second| second.events_per_second).collect();
    frame.render_widget(Sparkline::default().data(&data).style(Style::new().fg(GOLD)), graph);
    let number = |number: u64, what: &'static str| {
        [Span::from(format!("{number:>8} ")).bold(), Span::from(what).fg(FAINT)]
    };
    let mut first = number(now.commands_per_second, "commands/s");
    let conflicts = number(now.conflicts, "conflicts, retried");
    first[0] = first[0].clone().fg(GOOD);
    let lines = vec![
        Line::from_iter(first.into_iter().chain(conflicts)),
        Line::from_iter(
            number(now.events_per_second, "events/s  ")
                .into_iter()
                .chain(number(now.refusals, "refused by a rule")),
        ),
        Line::from_iter(
            number(now.events, "events    ").into_iter().chain(number(now.commands, "commands")),
        ),
    ];
    frame.render_widget(Paragraph::new(lines), text);
}

fn draw_appends(frame: &mut Frame<'_>, area: Rect, now: &Second) {
    let Times { p50, p95, p99, max } = now.append;
    let lines: Vec<Line<'_>> = [("p50", p50), ("p95", p95), ("p99", p99), ("max", max)]
        .into_iter()
        .map(|(name, time)| measured(name, time, APPEND_TARGET, area.width))
        .collect();
    let text = with_target(lines, "execute: load, decide, append", "p99 < 10 ms");
    frame.render_widget(Paragraph::new(text).block(panel("append latency")), area);
}

fn draw_lags(frame: &mut Frame<'_>, area: Rect, now: &Second) {
    let lines: Vec<Line<'_>> = now
        .lags
        .iter()
        .map(|(name, times)| measured(name, times.p95, LAG_TARGET, area.width))
        .collect();
    let text = with_target(lines, "until readable, p95", "p95 < 100 ms");
    frame.render_widget(Paragraph::new(text).block(panel("projection lag")), area);
}

/// A name, a time, and a bar that is full at the target.
fn measured(name: &str, time: f64, target: f64, width: u16) -> Line<'static> {
    let color = if time <= target { GOOD } else { BAD };
    let room = usize::from(width).saturating_sub(31).clamp(4, 40);
    let mut line = vec![
        Span::from(format!(" {name:<12}")).fg(FAINT),
        Span::from(format!("{time:>9.2} ms ")).fg(color).bold(),
    ];
    line.extend(cards::bar(time / target, room, color));
    Line::from(line)
}

fn with_target(
    mut lines: Vec<Line<'static>>,
    what: &'static str,
    target: &'static str,
) -> Vec<Line<'static>> {
    lines.insert(0, Line::from(format!(" {what}")).fg(FAINT).italic());
    lines.push(Line::from(format!(" a full bar is the target: {target}")).fg(FAINT));
    lines
}

pub(crate) fn panel(title: &str) -> Block<'static> {
    Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(Style::new().fg(FAINT))
        .title(Line::from(format!(" {title} ")).fg(GOLD))
}

/// A second in one line.
pub(crate) fn line(now: &Second) -> String {
    let lags: Vec<String> =
        now.lags.iter().map(|(name, times)| format!("{name} {:.1}", times.p95)).collect();
    format!(
        "{:>4} s | commands/s {:>6} | events/s {:>6} | conflicts {:>4} | refused {:>4} | combats {} \
         (+{} fought) | append ms p50 {:.2} p99 {:.2} | lag p95 ms {}",
        now.elapsed.as_secs_f64().round(),
        now.commands_per_second,
        now.events_per_second,
        now.conflicts,
        now.refusals,
        now.combats_started.saturating_sub(now.combats_ended),
        now.combats_ended,
        now.append.p50,
        now.append.p99,
        lags.join(" "),
    )
}
