//! `#[derive(Event)]`.

use std::collections::HashMap;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Data, DataEnum, DataStruct, DeriveInput, Fields, Ident, Path, Result};

use crate::attributes::{self, EventKeys, Place};
use crate::errors::Errors;
use crate::names;
use crate::refused;
use crate::serde::Serde;
use crate::shape;

/// The `Event` implementation for `input`.
pub(crate) fn derive(input: DeriveInput) -> Result<TokenStream> {
    let mut errors = Errors::default();
    if let Some(param) = input.generics.params.first() {
        errors.at(
            param.span(),
            "events cannot be generic: what is stored has one known form; write the concrete types",
        );
    }
    let place = if matches!(input.data, Data::Enum(_)) { Place::Enum } else { Place::Struct };
    let keys = EventKeys::of(&input.attrs, place, &mut errors);
    let krate = keys.krate();
    let methods = match &input.data {
        Data::Enum(data) => for_enum(&krate, &input, data, &mut errors),
        Data::Struct(data) => for_struct(&krate, &input, data, &keys, &mut errors),
        Data::Union(data) => {
            errors.at(data.union_token.span, "a union cannot be an event; use an enum");
            TokenStream::new()
        }
    };
    errors.finish()?;

    let ident = &input.ident;
    let upcasters = keys.upcasters.map(|function| {
        quote! {
            fn upcasters() -> &'static #krate::Upcasters {
                static UPCASTERS: ::std::sync::OnceLock<#krate::Upcasters> =
                    ::std::sync::OnceLock::new();
                UPCASTERS.get_or_init(#function)
            }
        }
    });
    Ok(quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #krate::Event for #ident {
            #methods
            #upcasters
        }
    })
}

/// One stored event type.
struct EventType {
    name: String,
    /// Where the name comes from.
    span: Span,
    version: u16,
    /// Code that writes the payload's shape.
    shape: TokenStream,
}

impl EventType {
    fn read(
        krate: &Path,
        ident: &Ident,
        fields: &Fields,
        serde: &str,
        keys: &EventKeys,
        errors: &mut Errors,
    ) -> Self {
        for field in fields {
            EventKeys::of(&field.attrs, Place::Field, errors);
        }
        if let Fields::Unnamed(unnamed) = fields
            && unnamed.unnamed.len() != 1
        {
            errors.at(
                unnamed.span(),
                format!(
                    "an event holds named fields or one unnamed field; name the fields: \
                     `{ident} {{ … }}`"
                ),
            );
        }
        let (name, span) = match &keys.name {
            Some(name) => (name.value(), name.span()),
            None => (ident.unraw().to_string(), ident.span()),
        };
        if let Err(message) = names::check(&name) {
            errors.at(span, message);
        }
        let shape = payload_shape(krate, fields, serde, errors);
        Self { name, span, version: keys.version.unwrap_or(1), shape }
    }

    /// The expression that makes it.
    fn literal(&self, krate: &Path) -> TokenStream {
        let Self { name, version, .. } = self;
        quote!(#krate::event::EventType { name: #name, version: #version })
    }
}

/// Code that writes the shape of a payload made of `fields`.
fn payload_shape(krate: &Path, fields: &Fields, serde: &str, errors: &mut Errors) -> TokenStream {
    let described = shape::described(fields, errors);
    let content = match (fields, described.as_slice()) {
        (Fields::Unit, _) => quote!(shape.leaf("{}");),
        (Fields::Unnamed(_), [content]) => content.write(krate),
        _ => shape::write_fields(krate, fields, &described, ""),
    };
    quote!(shape.field(#serde, "", |shape| { #content }))
}

fn for_enum(
    krate: &Path,
    input: &DeriveInput,
    data: &DataEnum,
    errors: &mut Errors,
) -> TokenStream {
    if data.variants.is_empty() {
        errors.at(input.ident.span(), "no events; add a variant for each event type");
    }
    let container = Serde::of(&input.attrs);
    refused::on_enum(&container, errors);

    let mut types = Vec::new();
    for variant in &data.variants {
        let serde = Serde::of(&variant.attrs);
        refused::on_variant(&serde, errors);
        attributes::no_shape_keys(&variant.attrs, errors);
        // what stands on the enum only concerns named fields
        let serde = match variant.fields {
            Fields::Named(_) => joined(&[&container.text(), &serde.text()]),
            _ => serde.text(),
        };
        let keys = EventKeys::of(&variant.attrs, Place::Variant, errors);
        types.push(EventType::read(krate, &variant.ident, &variant.fields, &serde, &keys, errors));
    }
    let variants: Vec<&Ident> = data.variants.iter().map(|variant| &variant.ident).collect();
    refuse_same_names(&types, &variants, errors);

    let literals = types.iter().map(|it| it.literal(krate));
    let names: Vec<&str> = types.iter().map(|it| it.name.as_str()).collect();
    let serde_names = variants.iter().map(|ident| ident.unraw().to_string());
    let described = write_types(krate, &types);
    quote! {
        #described

        fn event_type(&self) -> &'static #krate::event::EventType {
            match self { #(Self::#variants { .. } => &#literals,)* }
        }

        fn encode(&self) -> ::std::result::Result<#krate::Json, #krate::event::JsonError> {
            #krate::event::derive_support::encode_variant(self)
        }

        fn decode_current(
            event_type: &'static #krate::event::EventType,
            payload: &str,
        ) -> ::std::result::Result<Self, #krate::serde_json::Error> {
            match event_type.name {
                #(#names => #krate::event::derive_support::decode_variant(#serde_names, payload),)*
                other => ::std::result::Result::Err(
                    #krate::serde::de::Error::unknown_variant(other, &[#(#names),*]),
                ),
            }
        }
    }
}

fn for_struct(
    krate: &Path,
    input: &DeriveInput,
    data: &DataStruct,
    keys: &EventKeys,
    errors: &mut Errors,
) -> TokenStream {
    let serde = Serde::of(&input.attrs).text();
    let only = EventType::read(krate, &input.ident, &data.fields, &serde, keys, errors);
    let literal = only.literal(krate);
    let described = write_types(krate, &[only]);
    let (encode, decode) = match data.fields {
        // serde's `null` would be the only payload that is not what a variant of the same form has
        Fields::Unit => (
            quote!(::std::result::Result::Ok(#krate::Json::empty())),
            quote! {
                #krate::serde_json::from_str::<#krate::serde::de::IgnoredAny>(payload).map(|_| Self)
            },
        ),
        _ => (quote!(#krate::Json::encode(self)), quote!(#krate::serde_json::from_str(payload))),
    };
    quote! {
        #described

        fn event_type(&self) -> &'static #krate::event::EventType {
            &#literal
        }

        fn encode(&self) -> ::std::result::Result<#krate::Json, #krate::event::JsonError> {
            #encode
        }

        fn decode_current(
            _: &'static #krate::event::EventType,
            payload: &str,
        ) -> ::std::result::Result<Self, #krate::serde_json::Error> {
            #decode
        }
    }
}

/// `TYPES` and `shapes`.
fn write_types(krate: &Path, types: &[EventType]) -> TokenStream {
    let literals = types.iter().map(|it| it.literal(krate));
    let shapes = types.iter().map(|it| &it.shape);
    quote! {
        const TYPES: &'static [#krate::event::EventType] = &[#(#literals),*];

        fn shapes() -> ::std::vec::Vec<::std::string::String> {
            ::std::vec![#(#krate::shape::ShapeWriter::text_of(|shape| #shapes)),*]
        }
    }
}

fn refuse_same_names(types: &[EventType], variants: &[&Ident], errors: &mut Errors) {
    let mut seen: HashMap<&str, &Ident> = HashMap::new();
    for (it, variant) in types.iter().zip(variants) {
        if let Some(first) = seen.insert(&it.name, variant) {
            errors.at(
                it.span,
                format!(
                    "`{}` is already the name of the variant `{first}`; stored events could not be \
                     told apart",
                    it.name
                ),
            );
        }
    }
}

fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}
