//! `#[derive(EventSet)]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Data, DataEnum, DeriveInput, Fields, Ident, LitStr, Path, Result, Type};

use crate::attributes::{EventKeys, Place};
use crate::errors::Errors;
use crate::names;
use crate::refused;
use crate::serde::Serde;

/// The `EventSet` implementation for `input`.
pub(crate) fn derive(input: DeriveInput) -> Result<TokenStream> {
    let mut errors = Errors::default();
    if let Some(param) = input.generics.params.first() {
        errors.at(param.span(), "a set of events cannot be generic; write the concrete types");
    }
    let keys = EventKeys::of(&input.attrs, Place::Set, &mut errors);
    let krate = keys.krate();
    let code = match (&input.data, &keys.part_of) {
        (Data::Enum(data), _) if data.variants.is_empty() => {
            errors.at(input.ident.span(), "no events; add a variant for each kind of event");
            TokenStream::new()
        }
        (Data::Enum(data), Some(whole)) => part(&krate, &input, data, whole, &mut errors),
        (Data::Enum(data), None) => several(&krate, &input.ident, data, &mut errors),
        _ => {
            errors.at(input.ident.span(), "a set of events is an enum");
            TokenStream::new()
        }
    };
    errors.finish()?;
    Ok(code)
}

/// A variant that holds a set.
struct Member<'a> {
    ident: &'a Ident,
    ty: &'a Type,
    /// Code for the aggregate type that its events are taken from.
    of: TokenStream,
}

/// A set of sets.
fn several(krate: &Path, ident: &Ident, data: &DataEnum, errors: &mut Errors) -> TokenStream {
    let mut members = Vec::new();
    for variant in &data.variants {
        let keys = EventKeys::of(&variant.attrs, Place::SetVariant, errors);
        let of = keys.of.map_or_else(
            || quote!(::std::option::Option::None),
            |aggregate| quote!(::std::option::Option::Some(<#aggregate as #krate::Aggregate>::TYPE)),
        );
        match &variant.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                members.push(Member { ident: &variant.ident, ty: &fields.unnamed[0].ty, of });
            }
            _ => errors.at(
                variant.span(),
                format!(
                    "a variant holds a set of events: `{}(CombatEvent)`; for some of the events of one \
                     aggregate write `#[event(part_of = CombatEvent)]` on the type",
                    variant.ident
                ),
            ),
        }
    }
    let refused = members.iter().enumerate().map(|(place, member)| {
        let before = members[..place].iter().map(|other| refuse_clash(krate, other, member));
        let before: TokenStream = before.collect();
        let open = refuse_open(krate, member);
        quote!(#open #before)
    });
    let types: Vec<_> = members.iter().map(|it| spanned_set(krate, it.ty)).collect();
    let ofs: Vec<_> = members.iter().map(|it| &it.of).collect();
    let idents: Vec<_> = members.iter().map(|it| it.ident).collect();
    quote! {
        #[automatically_derived]
        impl #krate::EventSet for #ident {
            const MEMBERS: &'static [#krate::event::Members] = {
                const ALL: usize = 0 #(+ #types::MEMBERS.len())*;
                const MEMBERS: [#krate::event::Members; ALL] =
                    #krate::event::set_support::join([#((#ofs, #types::MEMBERS)),*]);
                &MEMBERS
            };

            fn stored_names() -> ::std::vec::Vec<#krate::event::StoredName> {
                let mut names = ::std::vec::Vec::new();
                #(#krate::event::set_support::take_names(&mut names, #ofs, #types::stored_names());)*
                names
            }

            fn read(
                event: &#krate::RecordedEvent,
            ) -> ::std::result::Result<::std::option::Option<Self>, #krate::event::DecodeError> {
                #(
                    if #krate::event::set_support::may_be(event, #ofs) {
                        if let ::std::option::Option::Some(read) = #types::read(event)? {
                            return ::std::result::Result::Ok(::std::option::Option::Some(Self::#idents(read)));
                        }
                    }
                )*
                ::std::result::Result::Ok(::std::option::Option::None)
            }
        }

        #(#refused)*
    }
}

fn spanned_set(krate: &Path, ty: &Type) -> TokenStream {
    quote_spanned!(ty.span()=> <#ty as #krate::EventSet>)
}

/// What does not compile if two variants have an event type of one name.
fn refuse_clash(krate: &Path, one: &Member<'_>, other: &Member<'_>) -> TokenStream {
    let message = format!(
        "`{}` and `{}` have an event type of the same name, so that stored events cannot be told apart; give one \
         another name, or take each from its aggregate with `#[event(of = …)]`",
        one.ident, other.ident
    );
    let (one_type, other_type) = (spanned_set(krate, one.ty), spanned_set(krate, other.ty));
    let (one_of, other_of) = (&one.of, &other.of);
    quote_spanned! {other.ident.span()=>
        const _: () = ::std::assert!(
            !#krate::event::set_support::clash(
                (#one_of, #one_type::MEMBERS),
                (#other_of, #other_type::MEMBERS),
            ),
            #message
        );
    }
}

/// What does not compile if a variant holds every event.
fn refuse_open(krate: &Path, member: &Member<'_>) -> TokenStream {
    let message = format!(
        "`{}` takes every event, so that nothing is left for other variants; a reader of every event listens to \
         `AnyEvent` alone",
        member.ident
    );
    let ty = spanned_set(krate, member.ty);
    quote_spanned! {member.ident.span()=>
        const _: () = ::std::assert!(!#ty::MEMBERS.is_empty(), #message);
    }
}

/// A part of the events of one aggregate.
fn part(
    krate: &Path,
    input: &DeriveInput,
    data: &DataEnum,
    whole: &Path,
    errors: &mut Errors,
) -> TokenStream {
    refused::on_enum(&Serde::of(&input.attrs), errors);
    let mut names = Vec::new();
    for variant in &data.variants {
        refused::on_variant(&Serde::of(&variant.attrs), errors);
        let keys = EventKeys::of(&variant.attrs, Place::PartVariant, errors);
        if let Fields::Unnamed(unnamed) = &variant.fields
            && unnamed.unnamed.len() != 1
        {
            errors.at(unnamed.span(), "an event holds named fields or one unnamed field");
        }
        let (ident, span) = (variant.ident.unraw().to_string(), variant.ident.span());
        let name = keys.name.unwrap_or_else(|| LitStr::new(&ident, span));
        if let Err(message) = names::check(&name.value()) {
            errors.at(name.span(), message);
        }
        if names.iter().any(|other: &LitStr| other.value() == name.value()) {
            errors.at(name.span(), format!("`{}` stands here twice; remove one", name.value()));
        }
        names.push(name);
    }
    let ident = &input.ident;
    let serde_names = data.variants.iter().map(|variant| variant.ident.unraw().to_string());
    let types = quote!(<#whole as #krate::Event>::TYPES);
    let refused = names.iter().map(|name| {
        let message = format!(
            "`{}` is no event type of `{}`; correct the name, or give it with `#[event(name = \"…\")]`",
            name.value(),
            quote!(#whole)
        );
        quote_spanned! {name.span()=>
            const _: () = ::std::assert!(
                #krate::event::set_support::member(#types, #name).is_some(),
                #message
            );
        }
    });
    quote! {
        #[automatically_derived]
        impl #krate::EventSet for #ident {
            const MEMBERS: &'static [#krate::event::Members] = &[#krate::event::Members {
                aggregate: ::std::option::Option::None,
                types: &[#(
                    match #krate::event::set_support::member(#types, #names) {
                        ::std::option::Option::Some(known) => known,
                        ::std::option::Option::None => #krate::event::EventType { name: #names, version: 1 },
                    }
                ),*],
            }];

            fn stored_names() -> ::std::vec::Vec<#krate::event::StoredName> {
                #krate::event::set_support::part_names::<#whole>(&[#(#names),*])
            }

            fn read(
                event: &#krate::RecordedEvent,
            ) -> ::std::result::Result<::std::option::Option<Self>, #krate::event::DecodeError> {
                #krate::event::set_support::read_part::<#whole, Self>(
                    event,
                    &[#(#names),*],
                    |name, payload| match name {
                        #(#names => #krate::event::derive_support::decode_variant(#serde_names, payload),)*
                        other => ::std::result::Result::Err(
                            #krate::serde::de::Error::unknown_variant(other, &[#(#names),*]),
                        ),
                    },
                )
            }
        }

        #(#refused)*
    }
}
