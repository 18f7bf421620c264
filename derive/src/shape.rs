//! A struct, or a variant of an enum: its fields in the order in which records hold them.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Fields, Ident, Index, Member, Result, Type, Visibility, ext::IdentExt};

use crate::attributes::OfField;

/// A field.
pub struct Field {
    /// How Rust names it.
    pub member: Member,
    /// What it is bound to in patterns.
    pub binding: Ident,
    /// What it is called in the region.
    pub name: String,
    /// What its constant is called, without the variant.
    pub constant: String,
    pub kind: Type,
    pub vis: Visibility,
    pub of: OfField,
}

impl Field {
    pub fn version(&self) -> u16 {
        self.of.since.unwrap_or(1)
    }

    /// A function that makes the default, or nothing if it has none.
    pub fn default(&self) -> Option<TokenStream> {
        let (kind, _) = (&self.kind, self.of.since?);
        Some(match &self.of.default {
            Some(value) => quote!(|| -> #kind { #value }),
            None => quote!(<#kind as ::core::default::Default>::default),
        })
    }
}

/// Fields in the order of their versions; those of one version in the order of the source.
pub fn fields(fields: &Fields) -> Result<Vec<Field>> {
    let mut read = Vec::new();
    for (number, field) in fields.iter().enumerate() {
        let of = OfField::read(&field.attrs)?;
        let (member, plain) = match &field.ident {
            Some(ident) => (Member::Named(ident.clone()), ident.unraw().to_string()),
            None => (Member::Unnamed(Index::from(number)), format!("_{number}")),
        };
        let name = of.name.as_ref().map_or_else(|| plain.clone(), |name| name.value());
        let binding = format_ident!("field_{}", number);
        let constant = if field.ident.is_some() { capitals(&plain) } else { plain };
        let (kind, vis) = (field.ty.clone(), field.vis.clone());
        read.push(Field { member, binding, name, constant, kind, vis, of });
    }
    read.sort_by_key(Field::version);
    Ok(read)
}

/// `sizeOf`, `size_of` and `SizeOf` as a constant's name.
pub fn capitals(name: &str) -> String {
    let mut out = String::new();
    let mut after_small = false;
    for c in name.chars() {
        if c.is_uppercase() && after_small {
            out.push('_');
        }
        after_small = c.is_lowercase() || c.is_ascii_digit();
        out.extend(c.to_uppercase());
    }
    out
}

/// The identifier of a constant.
pub fn constant(variant: Option<&Ident>, field: &Field) -> Ident {
    let name = match variant {
        Some(variant) => {
            format!("{}_{}", capitals(&variant.unraw().to_string()), field.constant.trim_start_matches('_'))
        }
        None => field.constant.clone(),
    };
    Ident::new(&name, Span::call_site())
}
