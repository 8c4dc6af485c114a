//! `#[derive(Shape)]`, and the description of fields that `#[derive(Event)]` shares.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Data, DataEnum, DeriveInput, Fields, Path, Result, Type, parse_quote};

use crate::attributes;
use crate::errors::Errors;
use crate::serde::Serde;
use crate::tokens;

/// The `Shape` implementation for `input`.
pub(crate) fn derive(input: DeriveInput) -> Result<TokenStream> {
    let mut errors = Errors::default();
    let krate = attributes::shape_crate(&input.attrs, &mut errors);
    let serde = Serde::of(&input.attrs);
    let mut mentioned = TokenStream::new();
    let body = match &input.data {
        Data::Struct(data) if serde.has("transparent") => {
            let inner = transparent_field(described(&data.fields, &mut errors));
            if inner.is_none() {
                let message = "`#[serde(transparent)]` needs a field that is not skipped";
                errors.at(input.ident.span(), message);
            }
            mentioned.extend(inner.iter().filter_map(Described::mentions));
            inner.map(|inner| write_transparent(&krate, &inner)).unwrap_or_default()
        }
        Data::Struct(data) => {
            let fields = described(&data.fields, &mut errors);
            mentioned.extend(fields.iter().filter_map(Described::mentions));
            write_named(&input, &serde, write_fields(&krate, &data.fields, &fields, " "))
        }
        Data::Enum(data) => {
            let variants = write_variants(&krate, data, &mut mentioned, &mut errors);
            write_named(&input, &serde, variants)
        }
        Data::Union(data) => {
            errors.at(data.union_token.span, "a union has no shape: serde cannot write it");
            TokenStream::new()
        }
    };
    errors.finish()?;

    let ident = &input.ident;
    let mut generics = input.generics.clone();
    for param in input.generics.type_params() {
        let param = &param.ident;
        if tokens::mention(mentioned.clone(), param) {
            generics.make_where_clause().predicates.push(parse_quote!(#param: #krate::Shape));
        }
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics #krate::Shape for #ident #type_generics #where_clause {
            fn describe(shape: &mut #krate::shape::ShapeWriter) {
                #body
            }
        }
    })
}

/// A field that takes part in the shape.
pub(crate) struct Described<'a> {
    attributes: String,
    /// Empty when the field has none.
    name: String,
    ty: &'a Type,
    opaque: bool,
}

impl Described<'_> {
    /// The tokens that may mention type parameters which need `Shape`.
    fn mentions(&self) -> Option<TokenStream> {
        (!self.opaque).then(|| self.ty.to_token_stream())
    }

    /// Code that writes the field's attributes, name and type.
    pub(crate) fn write(&self, krate: &Path) -> TokenStream {
        let Self { attributes, name, ty, opaque } = self;
        let describe = if *opaque {
            let text = tokens::text(ty.to_token_stream());
            quote!(|shape| shape.leaf(#text))
        } else {
            // the compiler's "not implemented" is to point at the type
            let span = ty.span().resolved_at(Span::call_site());
            quote_spanned!(span=> |shape| <#ty as #krate::Shape>::describe(shape))
        };
        quote!(shape.field(#attributes, #name, #describe))
    }
}

/// The fields that take part in the shape.
pub(crate) fn described<'a>(fields: &'a Fields, errors: &mut Errors) -> Vec<Described<'a>> {
    let mut described = Vec::new();
    for field in fields {
        let opaque = attributes::is_opaque(field, errors);
        let serde = Serde::of(&field.attrs);
        if !serde.skips() {
            let name = field.ident.as_ref().map(|ident| ident.unraw().to_string());
            described.push(Described {
                attributes: serde.text(),
                name: name.unwrap_or_default(),
                ty: &field.ty,
                opaque,
            });
        }
    }
    described
}

/// Code that writes the fields in the brackets of their kind, after `lead` if those are braces.
pub(crate) fn write_fields(
    krate: &Path,
    kind: &Fields,
    fields: &[Described<'_>],
    lead: &str,
) -> TokenStream {
    let items = fields.iter().map(|field| field.write(krate));
    match kind {
        Fields::Unit => TokenStream::new(),
        Fields::Unnamed(_) => write_list(krate, "(", ")", items),
        Fields::Named(_) if fields.is_empty() => {
            let text = format!("{lead}{{}}");
            quote!(shape.leaf(#text);)
        }
        Fields::Named(_) => write_list(krate, &format!("{lead}{{ "), " }", items),
    }
}

fn write_variants(
    krate: &Path,
    data: &DataEnum,
    mentioned: &mut TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let mut items = Vec::new();
    for variant in &data.variants {
        attributes::no_shape_keys(&variant.attrs, errors);
        let serde = Serde::of(&variant.attrs);
        if serde.skips() {
            continue;
        }
        let fields = described(&variant.fields, errors);
        mentioned.extend(fields.iter().filter_map(Described::mentions));
        let attributes = serde.text();
        let name = variant.ident.unraw().to_string();
        let fields = write_fields(krate, &variant.fields, &fields, " ");
        items.push(quote! {
            shape.field(#attributes, "", |shape| {
                shape.leaf(#name);
                #fields
            })
        });
    }
    if items.is_empty() {
        return quote!(shape.leaf(" {}"););
    }
    write_list(krate, " { ", " }", items)
}

/// Code that writes a list; each of `items` is an expression that writes one element.
fn write_list(
    krate: &Path,
    open: &str,
    close: &str,
    items: impl IntoIterator<Item = TokenStream>,
) -> TokenStream {
    let items: Vec<_> = items.into_iter().collect();
    let count = items.len();
    quote! {
        let items: [fn(&mut #krate::shape::ShapeWriter); #count] = [#(|shape| #items),*];
        shape.list(#open, #close, items, |shape, item| item(shape));
    }
}

/// Code that writes the type's attributes and name, then `inside` unless the type recurs.
fn write_named(input: &DeriveInput, serde: &Serde, inside: TokenStream) -> TokenStream {
    let attributes = serde.text();
    let name = input.ident.unraw().to_string();
    quote! {
        shape.field(#attributes, "", |shape| {
            // tells instances of a generic type apart, which `module_path!` does not
            shape.named(#name, ::std::any::type_name::<Self>(), |shape| { #inside });
        });
    }
}

/// The field that a `#[serde(transparent)]` type stands for; serde, too, looks past markers.
fn transparent_field(fields: Vec<Described<'_>>) -> Option<Described<'_>> {
    let inner = fields.into_iter().find(|field| field.opaque || !is_marker(field.ty))?;
    Some(Described { name: String::new(), ..inner })
}

fn write_transparent(krate: &Path, inner: &Described<'_>) -> TokenStream {
    let inner = inner.write(krate);
    quote! {
        // no name of its own, but it may still recur: `struct Arbre(Vec<Arbre>)`
        shape.named("", ::std::any::type_name::<Self>(), |shape| #inner);
    }
}

fn is_marker(ty: &Type) -> bool {
    let Type::Path(ty) = ty else { return false };
    ty.path.segments.last().is_some_and(|segment| segment.ident == "PhantomData")
}
