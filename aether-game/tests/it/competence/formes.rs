//! What was stored stays readable.

use aether_core::{Aggregate as _, Event as _};
use aether_game::competence::*;
use aether_testkit::shape_lock::assert_event_shapes;

#[test]
fn stored_skills_stay_readable() {
    assert_event_shapes::<CompetenceEvent>("events/competence.lock.json");
    assert_event_shapes::<ApprentissageEvent>("events/apprentissage.lock.json");
    assert_event_shapes::<BarreEvent>("events/barre.lock.json");
}

#[test]
fn all_three_are_stored_as_the_studio_says() {
    assert_eq!([Competence::TYPE, Apprentissage::TYPE, Barre::TYPE], ["Competence"; 3]);
    let names: Vec<_> = ApprentissageEvent::TYPES.iter().map(|it| it.name).collect();
    let studio =
        ["CompetenceApprise", "CompetenceUtilisee", "CooldownDemarre", "CompetenceAmelioree"];
    assert_eq!(names, studio);
    let beyond = CompetenceEvent::TYPES.iter().chain(BarreEvent::TYPES).map(|it| it.name);
    assert_eq!(beyond.collect::<Vec<_>>(), ["CompetenceCreee", "BarreModifiee"]);
}
