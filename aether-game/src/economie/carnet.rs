//! The open orders of a book: by priority, and by id.

use aether_core::Shape;
use aether_core::shape::ShapeWriter;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::mots::TypeOrdre;
use super::ordre::Ordre;
use super::registre::{Inscrit, Registre};
use crate::values::{OrdreId, Quantite};

/// The open orders. They are stored as an array; where each stands follows from it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Carnet {
    ordres: Registre<Ordre>,
    places: Registre<Place>,
}

/// Where the order with this id stands.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    ordre_id: OrdreId,
    cle: <Ordre as Inscrit>::Cle,
}

impl Inscrit for Place {
    type Cle = OrdreId;

    fn cle(&self) -> OrdreId {
        self.ordre_id
    }
}

impl Carnet {
    /// How many there are, of both sides.
    pub(super) const fn nombre(&self) -> usize {
        self.ordres.nombre()
    }

    /// The order with this id.
    pub(super) fn ordre(&self, ordre_id: OrdreId) -> Option<&Ordre> {
        self.ordres.trouve(self.places.trouve(ordre_id)?.cle)
    }

    /// All, sellers first.
    pub(super) fn tous(&self) -> impl Iterator<Item = &Ordre> {
        self.ordres.tous()
    }

    /// One side, the best price first, then the oldest.
    pub(super) fn cote(&self, type_ordre: TypeOrdre) -> impl Iterator<Item = &Ordre> {
        let debut = (type_ordre, i64::MIN, 0);
        self.ordres.depuis(debut).take_while(move |ordre| ordre.type_ordre == type_ordre)
    }

    /// One more order.
    pub(super) fn ajoute(&mut self, ordre: Ordre) {
        self.places.inscrit(Place { ordre_id: ordre.ordre_id, cle: ordre.cle() });
        self.ordres.inscrit(ordre);
    }

    /// An order is open for this many pieces from now on; none closes it.
    pub(super) fn reduit(&mut self, ordre_id: OrdreId, reste: Option<Quantite>) {
        match (reste, self.ordre(ordre_id)) {
            (Some(reste), Some(ordre)) => self.ordres.inscrit(Ordre { reste, ..ordre.clone() }),
            _ => self.ferme(ordre_id),
        }
    }

    /// An order is not open any more.
    pub(super) fn ferme(&mut self, ordre_id: OrdreId) {
        if let Some(place) = self.places.retire(ordre_id) {
            self.ordres.retire(place.cle);
        }
    }
}

impl Serialize for Carnet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.ordres.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Carnet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut carnet = Self::default();
        Vec::<Ordre>::deserialize(deserializer)?.into_iter().for_each(|it| carnet.ajoute(it));
        Ok(carnet)
    }
}

impl Shape for Carnet {
    fn describe(shape: &mut ShapeWriter) {
        Registre::<Ordre>::describe(shape);
    }
}
