//! Pages of lists, as REST has them.

use std::borrow::Cow;

use async_graphql::{Object, OutputType, TypeName};

use crate::cursor::{Liste, Page};

/// Which page: at most 100 entries after a cursor.
pub(super) const fn page(limite: Option<u32>, curseur: Option<String>) -> Page {
    Page { limite, curseur }
}

impl<T: OutputType> TypeName for Liste<T> {
    fn type_name() -> Cow<'static, str> {
        format!("PageDe{}", <T as OutputType>::type_name()).into()
    }
}

/// A page of a list.
#[Object(name_type)]
impl<T: OutputType> Liste<T> {
    /// The entries.
    async fn elements(&self) -> &[T] {
        &self.elements
    }

    /// The cursor of the next page; none after the last one.
    async fn suivant(&self) -> Option<&str> {
        self.suivant.as_deref()
    }
}
