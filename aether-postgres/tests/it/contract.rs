//! The promises of the port, kept by PostgreSQL.

use crate::backend::PgBackend;

aether_contract::event_store_contract!(PgBackend);
