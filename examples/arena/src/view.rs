//! What a guest, a player, another player and an operator may see: decided here, and only here.
//!
//! Nothing that is stored is sent as it is: each answer is a type of this folder.

pub(crate) mod action;
pub(crate) mod canal;
pub(crate) mod classement;
pub(crate) mod combat;
pub(crate) mod competence;
pub(crate) mod item;
pub(crate) mod marche;
pub(crate) mod monde;
pub(crate) mod niveau;
pub(crate) mod profil;
pub(crate) mod quete;
pub(crate) mod sac;
pub(crate) mod session;

use aether_game::values::JoueurId;

use crate::auth::who::{Account, Who};

/// Whose eyes look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Eyes {
    /// Those of somebody who is not logged in.
    Guest,
    /// Those of a player.
    Player(JoueurId),
    /// Those of the console.
    Console,
}

impl Eyes {
    /// Those of who asks.
    pub(crate) fn of(who: &Who) -> Self {
        who.account.as_deref().map_or(Self::Guest, Self::of_account)
    }

    pub(crate) fn of_account(account: &Account) -> Self {
        if account.may_observe() { Self::Console } else { Self::Player(account.player) }
    }

    /// Whether they see what is a player's own.
    pub(crate) fn see_own_of(self, player: JoueurId) -> bool {
        match self {
            Self::Guest => false,
            Self::Player(own) => own == player,
            Self::Console => true,
        }
    }
}
