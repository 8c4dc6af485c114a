//! Values in and out of bytes, for backends outside of the process.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use aether_core::BoxError;
use aether_core::backend::encode_text;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value as it is kept in process: decoded, shared, of any type.
pub type CachedValue = Arc<dyn Any + Send + Sync>;

/// How values of one type become bytes and come back.
///
/// A backend in process never asks for bytes.
pub trait Codec: Send + Sync + fmt::Debug + 'static {
    /// A number that changes when values are written in a way that older or newer code reads wrongly. What
    /// was written under another number is not there.
    fn schema(&self) -> u16 {
        0
    }

    /// A value as bytes.
    ///
    /// # Errors
    ///
    /// If it cannot be written. It is not cached then.
    fn encode(&self, value: &CachedValue) -> Result<Vec<u8>, BoxError>;

    /// A value from bytes.
    ///
    /// # Errors
    ///
    /// If it cannot be read. It counts as absent then, and is replaced.
    fn decode(&self, bytes: &[u8]) -> Result<CachedValue, BoxError>;

    /// What the value costs in process, in the unit of the cache's capacity. Default: 1.
    fn weigh(&self, value: &CachedValue) -> u32 {
        let _ = value;
        1
    }
}

/// JSON by serde. What would come back as another value is not written: floats that are not finite, `Some` of
/// nothing.
pub struct JsonCodec<T> {
    schema: u16,
    weigh: Option<fn(&T) -> u32>,
    values: PhantomData<fn() -> T>,
}

impl<T> JsonCodec<T> {
    /// With this [schema](Codec::schema).
    #[must_use]
    pub const fn new(schema: u16) -> Self {
        Self { schema, weigh: None, values: PhantomData }
    }

    /// Says what values [cost](Codec::weigh) in process.
    #[must_use]
    pub const fn weigher(mut self, weigh: fn(&T) -> u32) -> Self {
        self.weigh = Some(weigh);
        self
    }
}

impl<T> fmt::Debug for JsonCodec<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonCodec").field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Codec for JsonCodec<T> {
    fn schema(&self) -> u16 {
        self.schema
    }

    fn encode(&self, value: &CachedValue) -> Result<Vec<u8>, BoxError> {
        let value = value.downcast_ref::<T>().ok_or("the value is of another type")?;
        Ok(encode_text(value)?)
    }

    fn decode(&self, bytes: &[u8]) -> Result<CachedValue, BoxError> {
        Ok(Arc::new(serde_json::from_slice::<T>(bytes)?))
    }

    fn weigh(&self, value: &CachedValue) -> u32 {
        self.weigh.zip(value.downcast_ref()).map_or(1, |(weigh, value)| weigh(value))
    }
}
