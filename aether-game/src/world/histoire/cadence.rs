//! How fast a history goes: so that about the events that are asked for happen in about the time that is asked for.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::World;
use super::super::hasard::Hasard;

/// Players who are there, those who are to come, and what their sessions bring.
#[derive(Debug)]
pub(super) struct Cadence {
    debut: DateTime<Utc>,
    fin: DateTime<Utc>,
    evenements: u64,
    joueurs: u32,
    nes: u32,
    presents: u32,
    /// Until when those who are there will stay, in seconds since the beginning, together.
    departs: i64,
    sessions: u64,
}

impl Cadence {
    /// The shortest pause between two sessions of a player.
    pub(super) const PAUSE_MIN: TimeDelta = TimeDelta::minutes(30);
    /// The part of the time in which players come, in percent.
    const ARRIVEES: i64 = 80;
    /// How long players stay, on average, in percent of the time.
    const SEJOUR: i64 = 22;
    /// What a session brings before any was seen, in events, and as how many sessions that counts.
    const SESSION: (u64, u64) = (200, 20);

    pub(super) fn new(world: &World, joueurs: u32, evenements: u64) -> Self {
        Self {
            debut: world.start,
            fin: world.start + world.duration.max(TimeDelta::days(1)),
            evenements,
            joueurs,
            nes: 0,
            presents: 0,
            departs: 0,
            sessions: 0,
        }
    }

    /// When the player with this number comes; none if there is none.
    pub(super) fn arrivee(&self, numero: u32, hasard: &mut Hasard) -> Option<DateTime<Utc>> {
        let pas = self.duree() * Self::ARRIVEES / 100 / i64::from(self.joueurs.max(1));
        let decalage = i64::from(hasard.below(u32::try_from(pas).unwrap_or(u32::MAX)));
        let quand = self.debut + TimeDelta::seconds(pas * i64::from(numero) + decalage);
        (numero < self.joueurs).then_some(quand)
    }

    /// A player comes; until when he wants to stay. Most leave soon.
    pub(super) fn arrive(
        &mut self,
        maintenant: DateTime<Utc>,
        hasard: &mut Hasard,
    ) -> DateTime<Utc> {
        let pourcent = match hasard.below(10) {
            0..5 => hasard.between(2, 10),
            5..8 => hasard.between(10, 30),
            _ => hasard.between(30, 100),
        };
        let sejour = TimeDelta::seconds(self.duree() / 100 * i64::from(pourcent));
        let depart = (maintenant + sejour).min(self.fin);
        self.nes += 1;
        self.presents += 1;
        self.departs += (depart - self.debut).num_seconds();
        depart
    }

    /// Whether a player who wanted to stay until then leaves now. Somebody stays until the end.
    pub(super) fn part(&mut self, depart: DateTime<Utc>, maintenant: DateTime<Utc>) -> bool {
        let part = depart <= maintenant && maintenant < self.fin && self.presents > 2;
        if part {
            self.presents -= 1;
            self.departs -= (depart - self.debut).num_seconds();
        }
        part
    }

    /// A session begins.
    pub(super) const fn session(&mut self) {
        self.sessions += 1;
    }

    /// How long a player pauses after a session, when so many events have happened. Most pauses are short, some long.
    pub(super) fn pause(
        &self,
        maintenant: DateTime<Utc>,
        vus: u64,
        hasard: &mut Hasard,
    ) -> TimeDelta {
        let pourcent = i64::from(hasard.between(10, 100) * hasard.between(10, 300) / 85);
        let moyenne = self.pause_moyenne(maintenant, vus) / 100 * self.avance(maintenant, vus);
        TimeDelta::seconds(moyenne / 100 * pourcent)
    }

    /// How far the events are ahead of the time, in percent: 200 if twice as much has happened as should have.
    fn avance(&self, maintenant: DateTime<Utc>, vus: u64) -> i64 {
        let fait = i64::try_from(vus * 1_000 / self.evenements.max(1)).unwrap_or(i64::MAX);
        let passe = (maintenant - self.debut).num_seconds() / (self.duree() / 1_000).max(1);
        // the beginning says little
        ((fait + 50) * 100 / (passe + 50)).clamp(40, 300)
    }

    /// What a player does in a session: less if there are many players for the events that are asked for.
    pub(super) fn actes(&self, hasard: &mut Hasard) -> u32 {
        let par_joueur = self.evenements / u64::from(self.joueurs.max(1));
        let most = u32::try_from(par_joueur / 10).unwrap_or(u32::MAX).clamp(4, 30);
        hasard.between(most / 4, most)
    }

    /// The time that players will be there, over the sessions that are left beside the first ones of those who are to come.
    fn pause_moyenne(&self, maintenant: DateTime<Utc>, vus: u64) -> i64 {
        let reste = (self.fin - maintenant).num_seconds().max(self.duree() / 50);
        let passe = (maintenant - self.debut).num_seconds();
        let presents = (self.departs - i64::from(self.presents) * passe).max(reste / 10);
        let a_venir = i64::from(self.joueurs.saturating_sub(self.nes));
        let temps = presents + a_venir * (reste * Self::SEJOUR / 100);
        let (evenements, sessions) = Self::SESSION;
        let par_session = (vus + evenements * sessions) / (self.sessions + sessions);
        let sessions = self.evenements.saturating_sub(vus) / par_session.max(1);
        temps / i64::try_from(sessions).unwrap_or(i64::MAX).saturating_sub(a_venir).max(1)
    }

    /// How often the world itself is looked after.
    pub(super) fn veille(&self) -> TimeDelta {
        let veilles = i64::try_from(self.evenements / 300).unwrap_or(i64::MAX).clamp(12, 20_000);
        TimeDelta::seconds((self.duree() / veilles).max(600))
    }

    /// How many events happen in so many seconds.
    pub(super) fn evenements_en(&self, secondes: u32) -> u64 {
        let duree = u64::try_from(self.duree()).unwrap_or(u64::MAX).max(1);
        self.evenements.saturating_mul(secondes.into()) / duree
    }

    fn duree(&self) -> i64 {
        (self.fin - self.debut).num_seconds()
    }
}
