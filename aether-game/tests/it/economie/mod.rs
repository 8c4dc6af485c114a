//! Rules of the market.
