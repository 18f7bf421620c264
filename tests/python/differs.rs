//! Where we differ from Python by intention, and what comes out instead. `core/docs/VALUES.md` says why.

use crate::{Case, Outcome, value::Py};

/// What is due: the outcome, and what is left of the first argument.
pub fn due(case: &Case) -> (Outcome, Option<Py>) {
    let (mut outcome, mut leaves) = (case.outcome.clone(), case.leaves.clone());
    match (case.operation.as_str(), &case.arguments[..], &mut outcome) {
        // Of two elements that are one key, the first set's stays.
        ("set.intersection", [Py::Set(first), _], Outcome::Done(Py::Set(both))) => {
            both.iter_mut().for_each(|element| {
                if let Some(kept) =
                    first.iter().find(|kept| kept.number().is_some() && kept.number() == element.number())
                {
                    *element = kept.clone();
                }
            });
        }
        // A list that cannot be sorted stays as it was.
        ("list.sort", [list, ..], Outcome::Failed(_)) => leaves = Some(list.clone()),
        // Beyond what the parameter's type has.
        ("timedelta.new", parts, outcome) if parts.iter().any(|part| matches!(part, Py::Uint(_))) => {
            *outcome = Outcome::Failed("OverflowError".into());
        }
        // All NaNs are one key, as values have no identity that could tell them apart.
        ("relate", [a, b], Outcome::Related(equal, order, one_key)) => {
            // So sets with one are equal, too.
            if let (Py::Set(x) | Py::FrozenSet(x), Py::Set(y) | Py::FrozenSet(y)) = (a, b)
                && x == y
                && x.iter().any(Py::is_nan)
            {
                (*equal, *order) = (true, "equal".into());
            }
            if are_nans(a, b) {
                *one_key = Ok(true);
            }
            // Decimals have no order beside a NaN.
            if order == "InvalidOperation" {
                *order = "none".into();
            }
        }
        ("dict.set", [Py::Dict(entries), key, value], _)
            if key.is_nan() && entries.iter().any(|(key, _)| key.is_nan()) =>
        {
            let set =
                |(at, old): &(Py, Py)| (at.clone(), if at.is_nan() { value.clone() } else { old.clone() });
            leaves = Some(Py::Dict(entries.iter().map(set).collect()));
        }
        // What cannot be a key is refused, even where there is nothing to be looked for (CPython does not look at the key then).
        ("dict.pop", [Py::Dict(entries), key, ..], outcome) if entries.is_empty() && !key.is_hashable() => {
            *outcome = Outcome::Failed("TypeError".into());
        }
        _ => {}
    }
    (outcome, leaves)
}

/// Whether two values are one key because NaNs are.
fn are_nans(a: &Py, b: &Py) -> bool {
    match (a, b) {
        (Py::Tuple(a), Py::Tuple(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).any(|(a, b)| are_nans(a, b))
                && a.iter().zip(b).all(|(a, b)| a == b)
        }
        (a, b) => a.is_nan() && b.is_nan(),
    }
}
