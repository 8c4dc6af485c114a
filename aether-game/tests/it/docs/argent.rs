//! The page of gold and goods.
