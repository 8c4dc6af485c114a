//! Names that are taken: one stream per folded name, so that a name is given once.
