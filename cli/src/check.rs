//! `cohabit check`: is the region sound?
//!
//! What is wrong with the *region* is status 1, whether the header, the recovery after a death, or the audit finds it; what
//! keeps us from looking (no such region, no rights, no turn) is status 2.
#![forbid(unsafe_code)]

use cohabit::{Audit, TurnError};
use cohabit_std::{MemberError, OpenError};

use crate::{
    access::{self, Looking},
    failure::Failure,
    say,
    text::{bytes, count_of},
};

/// Audits the region and says what was found.
pub fn run(name: &str) -> Result<(), Failure> {
    let failed = |why: &dyn std::fmt::Display| {
        Failure::unsound(format_args!(
            "region \"{name}\" failed its check: {why} (restore its contents from their source{})",
            if name.contains('/') { String::new() } else { format!("; `cohabit rm {name}` removes it") }
        ))
    };
    let mut member = match access::try_look(name) {
        Ok(member) => member,
        // Newer is not broken.
        Err(Looking::Open(OpenError::Region(error)))
            if !matches!(error, cohabit::OpenError::NewerFormat { .. }) =>
        {
            return Err(failed(&error));
        }
        Err(error) => return Err(access::not_seen(name, error)),
    };
    let holder = member.holder();
    let mut turn = match access::try_turn(&mut member) {
        Ok(Some(turn)) => turn,
        Err(MemberError::Turn(TurnError::Unrecoverable(error))) => return Err(failed(&error)),
        Err(error) => return Err(access::no_turn(name, error)),
        Ok(None) => return Err(access::too_late(name, holder)),
    };
    let audited = turn.audit();
    drop(turn);
    let recovered = member.last_recovered();
    access::leave(member);
    let audit = audited.map_err(|error| failed(&error))?;
    let mut report = format!("region \"{name}\" is sound: {}\n", summary(&audit));
    if let Some(dead) = recovered {
        report.push_str(&format!(
            "the party in slot {} had died in its turn; what it had begun was undone\n",
            dead.slot
        ));
    }
    say(&report)
}

/// What an audit counted.
pub fn summary(audit: &Audit) -> String {
    let counts = [
        (audit.maps, "map"),
        (audit.sets, "set"),
        (audit.lists, "list"),
        (audit.tuples, "tuple"),
        (audit.records, "record"),
        (audit.instances, "object"),
        (audit.texts, "long text"),
        (audit.bytes, "byte array"),
        (audit.arrays, "array"),
        (audit.stats.messages, "message"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts: Vec<_> = counts.map(|(count, thing)| count_of(u64::from(*count), thing)).collect();
    format!("{}; {} in use", counts.join(", "), bytes(audit.stats.used))
}
