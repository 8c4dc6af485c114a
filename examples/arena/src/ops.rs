//! The console: what observers read of the log and of what follows it, and what operators do, each act with a reason and as an event.

mod acte;
mod actes;
mod agregat;
mod causes;
mod console;
mod etat;
mod evenement;
mod journal;
mod lettres;
mod livre;
mod pause;
mod remede;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub(crate) use console::Console;

/// The routes of the console.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(etat::etat))
        .routes(routes!(journal::journal))
        .routes(routes!(agregat::agregat))
        .routes(routes!(causes::causes))
        .routes(routes!(lettres::lettres))
        .routes(routes!(remede::remede))
        .routes(routes!(pause::pause))
        .routes(routes!(livre::livre))
        .routes(routes!(actes::actes))
}
