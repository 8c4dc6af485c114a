//! The market: one order book per traded item.
