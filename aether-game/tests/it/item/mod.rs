//! Rules of the catalogue.
