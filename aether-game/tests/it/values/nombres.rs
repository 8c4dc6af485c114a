//! Numbers stay within their bounds, whatever door they come through.

use aether_game::refus::Refus as _;
use aether_game::values::*;
use proptest::prelude::*;
use serde::de::DeserializeOwned;

fn refused<T: DeserializeOwned>(json: &str) {
    assert!(serde_json::from_str::<T>(json).is_err(), "{json} is none");
}

macro_rules! each_number {
    ($check:ident) => {
        $check!(Or, Quantite, Prix, Niveau, Experience, PointsDeVie, Stat, Poids, Pourcent)
    };
}

#[test]
fn json_that_is_no_number_of_the_type_is_refused() {
    macro_rules! check {
        ($($ty:ident),*) => {$(
            for json in ["-1", "1e40", "\"1\"", "1.0", "null", "true", "[1]", "18446744073709551616", "1e2"] {
                refused::<$ty>(json);
            }
            refused::<$ty>(&(i128::from($ty::MAX) + 1).to_string());
            refused::<$ty>(&(i128::from($ty::MIN) - 1).to_string());
        )*};
    }
    each_number!(check);
}

#[test]
fn bounds_hold_and_come_back_from_json() {
    macro_rules! check {
        ($($ty:ident),*) => {$(
            for edge in [$ty::MIN, $ty::MAX] {
                assert_eq!($ty::new(edge), Ok(edge));
                let json = serde_json::to_string(&edge).unwrap();
                assert_eq!(json, edge.to_string());
                assert_eq!(serde_json::from_str::<$ty>(&json).unwrap(), edge);
            }
            let above = i128::from($ty::MAX) + 1;
            let refused = $ty::new(above).unwrap_err();
            assert_eq!((refused.code(), refused.trouve), ("HORS_BORNES", above));
            assert!($ty::new(i128::from($ty::MIN) - 1).is_err());
            assert!($ty::new(i128::MIN).is_err() && $ty::new(i128::MAX).is_err());
        )*};
    }
    each_number!(check);
}

#[test]
fn what_is_out_of_bounds_is_told_in_two_languages() {
    let refused = Quantite::new(0).unwrap_err();
    let english = "Quantite holds 1 to 9999, and this is 0; send a number in between";
    assert_eq!(refused.to_string(), english);
    let french = "Quantite va de 1 à 9999, et ceci vaut 0 ; envoyez un nombre entre les deux";
    assert_eq!(refused.francais(), french);
}

#[test]
fn no_product_overflows() {
    assert_eq!(Prix::MAX.fois(Quantite::MAX), None);
    assert_eq!(
        Prix::fixe::<1_000_000_000>().fois(Quantite::fixe::<2>()),
        Or::new(2_000_000_000).ok()
    );
    assert_eq!(Prix::MAX.fois(Quantite::fixe::<3>()), None);
    assert_eq!(Poids::MAX.fois(Quantite::fixe::<2>()), None);
    assert_eq!(Or::MAX.part(Pourcent::MAX), Or::MAX);
    assert_eq!(Or::fixe::<39>().part(Pourcent::fixe::<5>()), Or::fixe::<1>());
}

#[test]
fn taking_from_a_quantity_leaves_a_quantity_or_nothing() {
    let five = Quantite::fixe::<5>();
    assert_eq!(five.retire(Quantite::fixe::<2>()), Some(Some(Quantite::fixe::<3>())));
    assert_eq!(five.retire(five), Some(None));
    assert_eq!(five.retire(Quantite::fixe::<6>()), None);
}

proptest! {
    #[test]
    fn sums_and_differences_are_exact_or_none(a: u32, b: u32) {
        let (Ok(x), Ok(y)) = (Or::new(a), Or::new(b)) else { return Ok(()) };
        let sum = u64::from(a) + u64::from(b);
        prop_assert_eq!(x.plus(y).map(|it| u64::from(it.get())), Some(sum).filter(|it| *it <= 2_147_483_647));
        prop_assert_eq!(x.moins(y).map(Or::get), a.checked_sub(b));
    }
}
