//! Rules of the world.
