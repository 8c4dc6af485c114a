//! Where a quantity goes in a bag, and where it is taken from. Pure: both know nothing but numbers.

/// Where `quantite` goes, as positions and parts: first onto `piles` (position and quantity), then into the `libres` positions, with
/// `par_slot` at most in each. None when it does not fit.
///
/// ```
/// use aether_game::inventaire::repartir;
///
/// assert_eq!(repartir(25, 20, [(3, 18)], 0..=1), Some(vec![(3, 2), (0, 20), (1, 3)]));
/// assert_eq!(repartir(25, 20, [(3, 18)], 0..=0), None);
/// ```
pub fn repartir(
    quantite: u16,
    par_slot: u16,
    piles: impl IntoIterator<Item = (u16, u16)>,
    libres: impl IntoIterator<Item = u16>,
) -> Option<Vec<(u16, u16)>> {
    let sur_les_piles =
        piles.into_iter().map(|(position, dedans)| (position, par_slot - dedans.min(par_slot)));
    let places = sur_les_piles.chain(libres.into_iter().map(|position| (position, par_slot)));
    prelever(quantite, places)
}

/// What is taken from each of `piles` (position and what can be had there), in their order, to make up `quantite`. None when there is
/// not so much.
///
/// ```
/// use aether_game::inventaire::prelever;
///
/// assert_eq!(prelever(7, [(4, 5), (2, 0), (0, 9)]), Some(vec![(4, 5), (0, 2)]));
/// assert_eq!(prelever(15, [(4, 5), (0, 9)]), None);
/// ```
pub fn prelever(
    quantite: u16,
    piles: impl IntoIterator<Item = (u16, u16)>,
) -> Option<Vec<(u16, u16)>> {
    let mut reste = quantite;
    let mut parts = Vec::new();
    for (position, disponible) in piles {
        if reste == 0 {
            break;
        }
        let part = disponible.min(reste);
        if part > 0 {
            parts.push((position, part));
            reste -= part;
        }
    }
    (reste == 0).then_some(parts)
}
