//! Ids that only quests know.

use aether_core::id;

use crate::combat::EntiteId;
use crate::values::{ItemId, PnjId, ZoneId};

id! {
    /// What an objective is about: a being of combats, an item, a zone or a character.
    pub struct CibleId;
    /// Something that happened once and may count for a quest: a kill, a visit, a talk, a delivery.
    pub struct FaitId;
}

macro_rules! cibles {
    ($($id:ident),*) => {$(
        impl From<$id> for CibleId {
            fn from(id: $id) -> Self {
                Self::new(id.as_uuid())
            }
        }
    )*};
}

cibles!(EntiteId, ItemId, PnjId, ZoneId);
