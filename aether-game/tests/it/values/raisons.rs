//! Gold and items come and go for a closed list of reasons.

use aether_game::values::{Flux, RaisonItem, RaisonOr};

fn count(flux: impl Iterator<Item = Flux>) -> [usize; 3] {
    let mut counts = [0; 3];
    for flux in flux {
        counts[flux as usize] += 1;
    }
    counts
}

#[test]
fn reasons_are_sources_sinks_or_moves() {
    assert_eq!(count(RaisonOr::ALL.iter().map(|it| it.flux())), [6, 9, 5]);
    assert_eq!(count(RaisonItem::ALL.iter().map(|it| it.flux())), [8, 7, 9]);
}
