//! Which part of the program a symbol belongs to, from its mangled name: for the table of what costs most.
//!
//! Rust has two manglings, and one image may contain both. In either a path is a run of identifiers, each after its
//! length, so a look at those is enough; a name that is neither came from assembler or C.
//!
//! ```text
//!   _ZN7cohabit4heap6blocks37_$LT$impl$u20$...$GT$8allocate17h...E     cohabit::heap::blocks
//!   _RNvMs_NtNtCsab12_7cohabit4heap6blocksNtB4_4Heap8allocate          cohabit::heap::blocks
//!   __aeabi_memcpy                                                     __aeabi_memcpy
//! ```
#![forbid(unsafe_code)]

/// Crate and modules, `cohabit::heap::blocks`; the name itself where there are none.
pub fn module(symbol: &str) -> String {
    let modules = if let Some(path) = symbol.strip_prefix("_ZN") {
        legacy(identifiers(path))
    } else if let Some((before, path)) = symbol.strip_prefix("_R").and_then(|path| path.split_once("Cs")) {
        // The crate's number ends with `_`. Before all of it stands what the path leads to: `M` or `X`, an `impl`.
        let path = identifiers(path.split_once('_').map_or("", |(_, path)| path));
        let own = if before.contains(['M', 'X']) { 0 } else { 1 };
        path[..path.len().saturating_sub(own)].to_vec()
    } else {
        Vec::new()
    };
    if modules.is_empty() { symbol.to_owned() } else { modules.join("::") }
}

/// `a::b::<impl>::function::hash`, `a::b::function::hash` or `<a::b::Type as Trait>::function::hash`.
fn legacy(mut path: Vec<String>) -> Vec<String> {
    if let Some(named) = path.first().and_then(|first| first.strip_prefix("_$LT$")) {
        let named = named.split('$').next().unwrap_or(named);
        path = named.split("..").map(str::to_owned).chain(["hash".to_owned()]).collect();
    }
    path.pop();
    match path.iter().position(|name| name.starts_with(['_', '{'])) {
        Some(end) => path.truncate(end),
        None => drop(path.pop()),
    }
    path
}

/// A run of identifiers, each after its length.
fn identifiers(mut rest: &str) -> Vec<String> {
    let mut found = Vec::new();
    while let Some(end) = rest.find(|c: char| !c.is_ascii_digit()).filter(|end| *end > 0) {
        let Ok(len) = rest[..end].parse::<usize>() else { break };
        // A name that could be taken for part of its length is set off by `_` in the new mangling.
        let Some(name) = rest.get(end..end + len) else { break };
        found.push(name.to_owned());
        rest = &rest[end + len..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::module;

    #[test]
    fn both_manglings_lead_to_the_module() {
        let legacy =
            "_ZN7cohabit4heap6blocks37_$LT$impl$u20$cohabit..heap..Heap$GT$8allocate17he4978050a387fdd6E";
        assert_eq!(module(legacy), "cohabit::heap::blocks");
        assert_eq!(module("_ZN7cohabit4turn6bakery7blocker17h60935365d964ad50E"), "cohabit::turn::bakery");
        assert_eq!(
            module(
                "_ZN90_$LT$cohabit..turn..slots..AlwaysAlive$u20$as$u20$cohabit..turn..slots..Liveness$GT$7is_dead17h68560c788d13627bE"
            ),
            "cohabit::turn::slots"
        );
        assert_eq!(
            module("_RNvMs_NtNtCsab12_7cohabit4heap6blocksNtB4_4Heap8allocate"),
            "cohabit::heap::blocks"
        );
        assert_eq!(module("_RNvNtCseold96UKqg_4core9panicking9panic_fmt"), "core::panicking");
    }

    #[test]
    fn other_names_stay_as_they_are() {
        for name in ["__aeabi_memcpy", "main", "_ZN", "_R", "_ZN99x"] {
            assert_eq!(module(name), name);
        }
    }
}
