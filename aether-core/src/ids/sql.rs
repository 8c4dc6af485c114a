//! Ids, positions and versions as values of SQL: the feature `sqlx`.
//!
//! Here because a crate may only implement a trait of another for types of its own.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgHasArrayType, PgTypeInfo};
use sqlx::{Database, Decode, Encode, Type};

use super::{Position, Version};

/// Binds and reads a type as another one.
macro_rules! bound_as {
    ($name:ty, $sql:ty, $encode:expr, $decode:expr) => {
        impl<DB: Database> Type<DB> for $name
        where
            $sql: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <$sql as Type<DB>>::type_info()
            }

            fn compatible(ty: &DB::TypeInfo) -> bool {
                <$sql as Type<DB>>::compatible(ty)
            }
        }

        impl PgHasArrayType for $name {
            fn array_type_info() -> PgTypeInfo {
                <$sql as PgHasArrayType>::array_type_info()
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $name
        where
            $sql: Encode<'q, DB>,
        {
            fn encode_by_ref(&self, buf: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                let encode: fn(Self) -> Result<$sql, BoxDynError> = $encode;
                <$sql as Encode<'q, DB>>::encode(encode(*self)?, buf)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $name
        where
            $sql: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let decode: fn($sql) -> Result<Self, BoxDynError> = $decode;
                decode(<$sql as Decode<'r, DB>>::decode(value)?)
            }
        }
    };
}

bound_as!(Position, i64, |position| Ok(i64::try_from(position.get())?), |number| u64::try_from(
    number
)
.map(Self::new)
.map_err(|_| negative("position", number)));

bound_as!(Version, i32, |version| Ok(i32::try_from(version.get())?), |number| u32::try_from(
    number
)
.map(Self::new)
.map_err(|_| negative("version", number)));

fn negative(what: &str, number: impl Into<i64>) -> BoxDynError {
    format!("a {what} is 0 or more, and the column holds {}", number.into()).into()
}

/// An id as the `uuid` it is.
#[doc(hidden)]
#[macro_export]
macro_rules! __id_sqlx {
    ($name:ident) => {
        impl<DB: $crate::sqlx::Database> $crate::sqlx::Type<DB> for $name
        where
            $crate::uuid::Uuid: $crate::sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <$crate::uuid::Uuid as $crate::sqlx::Type<DB>>::type_info()
            }

            fn compatible(ty: &DB::TypeInfo) -> bool {
                <$crate::uuid::Uuid as $crate::sqlx::Type<DB>>::compatible(ty)
            }
        }

        impl $crate::sqlx::postgres::PgHasArrayType for $name {
            fn array_type_info() -> $crate::sqlx::postgres::PgTypeInfo {
                <$crate::uuid::Uuid as $crate::sqlx::postgres::PgHasArrayType>::array_type_info()
            }
        }

        impl<'q, DB: $crate::sqlx::Database> $crate::sqlx::Encode<'q, DB> for $name
        where
            $crate::uuid::Uuid: $crate::sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buf: &mut DB::ArgumentBuffer,
            ) -> ::core::result::Result<
                $crate::sqlx::encode::IsNull,
                $crate::sqlx::error::BoxDynError,
            > {
                <$crate::uuid::Uuid as $crate::sqlx::Encode<'q, DB>>::encode_by_ref(&self.0, buf)
            }
        }

        impl<'r, DB: $crate::sqlx::Database> $crate::sqlx::Decode<'r, DB> for $name
        where
            $crate::uuid::Uuid: $crate::sqlx::Decode<'r, DB>,
        {
            fn decode(
                value: DB::ValueRef<'r>,
            ) -> ::core::result::Result<Self, $crate::sqlx::error::BoxDynError> {
                <$crate::uuid::Uuid as $crate::sqlx::Decode<'r, DB>>::decode(value).map(Self)
            }
        }
    };
}
