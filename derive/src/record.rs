//! `#[derive(Record)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Data, DeriveInput, Error, GenericParam, Ident, Path, Result, Visibility, ext::IdentExt, parse_quote,
};

use crate::{
    attributes::OfType,
    shape::{self, Field},
};

/// A struct, or a variant.
struct Shape {
    variant: Option<Ident>,
    fields: Vec<Field>,
}

pub fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let OfType { name, krate } = OfType::read(&input.attrs)?;
    let shapes = shapes(input)?;
    for param in &input.generics.params {
        if let GenericParam::Lifetime(lifetime) = param {
            return Err(Error::new_spanned(
                lifetime,
                "a record's type owns what it loads, so it has no lifetimes: `String` in place of `&str`",
            ));
        }
    }
    let mut generics = input.generics.clone();
    let mut parameters = Vec::new();
    for param in generics.type_params_mut() {
        param.bounds.push(parse_quote!(#krate::Field));
        parameters.push(param.ident.clone());
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let ident = &input.ident;
    let name = name.map_or_else(|| ident.unraw().to_string(), |name| name.value());

    let schemas = shapes.iter().map(|shape| schema(&krate, &name, shape));
    let constants =
        shapes.iter().enumerate().flat_map(|(number, shape)| constants(&krate, &input.vis, number, shape));
    let path = |shape: &Shape| match &shape.variant {
        Some(variant) => quote!(#ident::#variant),
        None => quote!(#ident),
    };
    let numbers = shapes.iter().enumerate().map(|(number, shape)| {
        let path = path(shape);
        quote!(#path { .. } => #number)
    });
    let puts = shapes.iter().map(|shape| {
        let path = path(shape);
        let members = shape.fields.iter().map(|Field { member, binding, .. }| quote!(#member: #binding));
        let puts = (0u32..).zip(&shape.fields).map(|(index, field)| {
            let (kind, binding) = (&field.kind, &field.binding);
            quote!(record.put::<#kind>(#index, #binding)?;)
        });
        quote!(#path { #(#members),* } => { #(#puts)* })
    });
    let loads = shapes.iter().enumerate().map(|(number, shape)| {
        let path = path(shape);
        let loads = (0u32..).zip(&shape.fields).map(|(index, field)| {
            let (member, kind) = (&field.member, &field.kind);
            match field.default() {
                Some(default) => quote!(#member: record.load_or::<#kind>(#index, #default)?),
                None => quote!(#member: record.load::<#kind>(#index)?),
            }
        });
        quote!(#number => #path { #(#loads),* })
    });
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics #krate::Recorded for #ident #type_generics #where_clause {
            const TYPE: #krate::Type = #krate::Type::generic(#name, &[#(<#parameters as #krate::Field>::TYPE),*]);
            const SHAPES: &'static [#krate::Schema] = &[#(#schemas),*];

            fn shape(&self) -> usize {
                match self { #(#numbers),* }
            }

            fn put(&self, record: &mut #krate::NewRecord<'_, '_>) -> ::core::result::Result<(), #krate::Error> {
                match self { #(#puts),* }
                ::core::result::Result::Ok(())
            }

            fn load(
                shape: usize,
                record: &#krate::LoadRecord<'_, '_>,
            ) -> ::core::result::Result<Self, #krate::Error> {
                ::core::result::Result::Ok(match shape {
                    #(#loads,)*
                    _ => return ::core::result::Result::Err(#krate::Error::WrongType),
                })
            }
        }

        #[automatically_derived]
        impl #impl_generics #krate::Field for #ident #type_generics #where_clause {
            const TYPE: #krate::Type = <Self as #krate::Recorded>::TYPE;
            type Get<'t> = #krate::Record<Self>;
            type Set<'v> = &'v Self where Self: 'v;

            fn lend(&self) -> &Self {
                self
            }

            fn make<'v>(
                value: &'v Self,
                turn: &mut #krate::Turn<'_>,
            ) -> ::core::result::Result<#krate::Made<'v>, #krate::Error>
            where
                Self: 'v,
            {
                turn.new_record(value).map(#krate::Made::fresh)
            }

            fn get(value: #krate::Value<'_>) -> ::core::result::Result<#krate::Record<Self>, #krate::Error> {
                <#krate::Record<Self> as #krate::Field>::get(value)
            }

            fn load(
                value: #krate::Value<'_>,
                turn: &#krate::Turn<'_>,
            ) -> ::core::result::Result<Self, #krate::Error> {
                <Self as #krate::Field>::get(value)?.load(turn)
            }
        }

        #[automatically_derived]
        #[allow(dead_code)]
        impl #impl_generics #ident #type_generics #where_clause {
            #(#constants)*
        }
    })
}

fn shapes(input: &DeriveInput) -> Result<Vec<Shape>> {
    match &input.data {
        Data::Struct(data) => Ok(vec![Shape { variant: None, fields: shape::fields(&data.fields)? }]),
        Data::Enum(data) if data.variants.is_empty() => {
            Err(Error::new_spanned(&input.ident, "an enum without variants has no values to record"))
        }
        Data::Enum(data) => {
            let mut shapes = Vec::new();
            for variant in &data.variants {
                let fields = shape::fields(&variant.fields)?;
                shapes.push(Shape { variant: Some(variant.ident.clone()), fields });
            }
            Ok(shapes)
        }
        Data::Union(_) => {
            Err(Error::new_spanned(&input.ident, "a union does not say what it holds; use an enum"))
        }
    }
}

fn schema(krate: &Path, name: &str, shape: &Shape) -> TokenStream {
    let name = match &shape.variant {
        Some(variant) => format!("{name}::{}", variant.unraw()),
        None => name.to_owned(),
    };
    let fields = shape.fields.iter().map(|field| {
        let (name, kind, version) = (&field.name, &field.kind, field.version());
        quote!(#krate::FieldSchema::new(#name, <#kind as #krate::Field>::TYPE, #version))
    });
    quote!(#krate::Schema::new(#name, &[#(#fields),*]))
}

fn constants(krate: &Path, vis: &Visibility, number: usize, shape: &Shape) -> Vec<TokenStream> {
    (0u32..)
        .zip(&shape.fields)
        .map(|(index, field)| {
            let constant = shape::constant(shape.variant.as_ref(), field);
            let (kind, name) = (&field.kind, &field.name);
            // The fields of a variant are as visible as the enum.
            let vis = if shape.variant.is_some() { vis } else { &field.vis };
            let doc = match &shape.variant {
                Some(variant) => format!("The field `{name}` of `{variant}`, in place."),
                None => format!("The field `{name}`, in place."),
            };
            let default = match field.default() {
                Some(default) => quote!(::core::option::Option::Some(#default)),
                None => quote!(::core::option::Option::None),
            };
            quote! {
                #[doc = #doc]
                #vis const #constant: #krate::FieldOf<Self, #kind> = #krate::FieldOf::new(
                    &<Self as #krate::Recorded>::SHAPES[#number],
                    #index,
                    #default,
                );
            }
        })
        .collect()
}
