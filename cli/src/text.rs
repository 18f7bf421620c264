//! Numbers and texts as people read them.
#![forbid(unsafe_code)]

/// "512 B", "1.4 KiB", "64.0 MiB".
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if count < 1024 {
        return format!("{count} B");
    }
    let mut amount = count as f64 / 1024.0;
    let mut unit = 0;
    // 1023.95 and more would be printed as 1024.0.
    while amount >= 1023.95 && unit + 1 < UNITS.len() {
        amount /= 1024.0;
        unit += 1;
    }
    format!("{amount:.1} {}", UNITS[unit])
}

/// "1,234,567".
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// "1 message", "2 messages", "1,000 messages".
pub fn count_of(count: u64, thing: &str) -> String {
    let plural = match (count, thing) {
        (1, _) => thing.to_owned(),
        (_, thing) if thing.ends_with('y') && thing != "key" => format!("{}ies", &thing[..thing.len() - 1]),
        _ => format!("{thing}s"),
    };
    format!("{} {plural}", grouped(count))
}

/// All digits of a whole number.
pub fn digits(int: cohabit::BigInt<'_>) -> String {
    num_bigint::BigInt::from_signed_bytes_le(int.as_le_bytes()).to_string()
}

/// A text in quotes on one line, cut after `most` characters.
pub fn quoted(text: &str, most: usize) -> String {
    let mut shown: String = text.chars().take(most).flat_map(char::escape_debug).collect();
    let left = text.chars().count().saturating_sub(most);
    shown = format!("\"{shown}\"");
    if left > 0 {
        shown.push_str(&format!(" and {}", count_of(left as u64, "more character")));
    }
    shown
}

/// Names, paths and the words of other people's errors may bring line ends and escape sequences along.
pub fn on_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_well() {
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1536), "1.5 KiB");
        assert_eq!(bytes(64 << 20), "64.0 MiB");
        assert_eq!(bytes((1 << 20) - 1), "1.0 MiB");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(999), "999");
        assert_eq!(count_of(1, "entry"), "1 entry");
        assert_eq!(count_of(1000, "entry"), "1,000 entries");
        assert_eq!(quoted("a\nb", 9), "\"a\\nb\"");
        assert_eq!(quoted("abcdef", 4), "\"abcd\" and 2 more characters");
    }
}
