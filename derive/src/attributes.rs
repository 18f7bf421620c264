//! What may stand in `#[record(…)]`.

use syn::{Attribute, Error, Expr, LitInt, LitStr, Path, Result, Token, parse_quote};

/// On a type.
pub struct OfType {
    pub name: Option<LitStr>,
    pub krate: Path,
}

impl OfType {
    pub fn read(attributes: &[Attribute]) -> Result<OfType> {
        let mut read = OfType { name: None, krate: parse_quote!(::cohabit) };
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("record")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("name") {
                    read.name = Some(name(meta.value()?.parse()?)?);
                } else if meta.path.is_ident("crate") {
                    read.krate = meta.value()?.parse()?;
                } else {
                    return Err(meta.error("on a type there may be `name = \"…\"` and `crate = path`"));
                }
                Ok(())
            })?;
        }
        Ok(read)
    }
}

/// On a field.
#[derive(Default)]
pub struct OfField {
    pub name: Option<LitStr>,
    /// The version that it came with; `None` if it was always there.
    pub since: Option<u16>,
    pub default: Option<Expr>,
}

impl OfField {
    pub fn read(attributes: &[Attribute]) -> Result<OfField> {
        let mut read = OfField::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("record")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("since") {
                    let since: LitInt = meta.value()?.parse()?;
                    match since.base10_parse() {
                        Ok(version @ 2..=1000) => read.since = Some(version),
                        _ => {
                            return Err(Error::new(
                                since.span(),
                                "versions of added fields count from 2; what was always there has no `since`",
                            ));
                        }
                    }
                } else if meta.path.is_ident("default") {
                    read.default = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("name") {
                    read.name = Some(name(meta.value()?.parse()?)?);
                } else {
                    let known = "`since = 2`, `default = …` and `name = \"…\"`";
                    return Err(meta.error(format!("on a field there may be {known}")));
                }
                if meta.input.is_empty() || meta.input.peek(Token![,]) {
                    Ok(())
                } else {
                    Err(meta.error("expected a comma"))
                }
            })?;
            if let (Some(default), None) = (&read.default, read.since) {
                return Err(Error::new_spanned(
                    default,
                    "a default is what older records have: say since which version the field is there, `since = 2`",
                ));
            }
        }
        Ok(read)
    }
}

fn name(name: LitStr) -> Result<LitStr> {
    match name.value().len() {
        1..=255 => Ok(name),
        _ => Err(Error::new(name.span(), "a name has 1 to 255 bytes")),
    }
}
