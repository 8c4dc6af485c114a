//! Rules of equipment.
