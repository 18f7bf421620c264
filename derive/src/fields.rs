//! `#[derive(Fields)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, Result, ext::IdentExt};

use crate::attributes::OfType;

pub fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let OfType { name, krate } = OfType::read(&input.attrs)?;
    let ident = &input.ident;
    let Data::Enum(data) = &input.data else {
        return Err(Error::new_spanned(
            ident,
            "only the variants of an enum can name the elements of a list",
        ));
    };
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            let what =
                "a variant that names an element has no fields; for an enum with fields derive `Record`";
            return Err(Error::new_spanned(variant, what));
        }
    }
    if let Some(param) = input.generics.params.first() {
        return Err(Error::new_spanned(param, "an enum without fields has no use for parameters"));
    }
    let variants: Vec<_> = data.variants.iter().map(|variant| &variant.ident).collect();
    let names: Vec<_> = variants.iter().map(|variant| variant.unraw().to_string()).collect();
    let numbers = 0..variants.len();
    let name = name.map_or_else(|| ident.unraw().to_string(), |name| name.value());
    let index = if variants.is_empty() {
        quote!(match self {})
    } else {
        quote!(match self { #(Self::#variants => #numbers),* })
    };
    Ok(quote! {
        #[automatically_derived]
        impl #krate::Fields for #ident {
            const ALL: &'static [Self] = &[#(Self::#variants),*];
            const NAMES: &'static [&'static str] = &[#(#names),*];

            #[inline]
            fn index(self) -> usize {
                #index
            }
        }

        #[automatically_derived]
        impl #krate::Field for #ident {
            const TYPE: #krate::Type = #krate::Type::named(#name);
            type Get<'t> = Self;
            type Set<'v> = Self;

            fn lend(&self) -> Self {
                *self
            }

            fn make<'v>(
                value: Self,
                _: &mut #krate::Turn<'_>,
            ) -> ::core::result::Result<#krate::Made<'v>, #krate::Error>
            where
                Self: 'v,
            {
                ::core::result::Result::Ok(#krate::Made::of(#krate::Fields::name(value)))
            }

            fn get(value: #krate::Value<'_>) -> ::core::result::Result<Self, #krate::Error> {
                let named = value.as_text().and_then(<Self as #krate::Fields>::named);
                named.ok_or(#krate::Error::WrongType)
            }

            fn load(
                value: #krate::Value<'_>,
                _: &#krate::Turn<'_>,
            ) -> ::core::result::Result<Self, #krate::Error> {
                <Self as #krate::Field>::get(value)
            }

            fn into_get<'t>(self) -> ::core::option::Option<Self::Get<'t>> {
                ::core::option::Option::Some(self)
            }
        }
    })
}
