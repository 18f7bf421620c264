//! CBOR in, the same CBOR out. What is not CBOR, or has no form in a region, is refused, and the region is as it was.
//!
//! Most of the documents are the examples of RFC 8949, appendix A.
//!
//! Seen red on: an array of unknown length whose end closed the one around it, too; a negative big number without its 1.

use std::fs;

use cohabit::{Complex, Turn, Value};
use cohabit_std::Options;
use cohabit_testkit::{Dir, Name};

use super::kit::{check, cohabit, put, take};

/// Documents, and how they come back.
const VALID: &[(&str, &str)] = &[
    ("00", "00"),
    ("17", "17"),
    ("1818", "1818"),
    ("1b000000e8d4a51000", "1b000000e8d4a51000"),
    ("1bffffffffffffffff", "1bffffffffffffffff"),
    ("20", "20"),
    ("3863", "3863"),
    // Beyond 64 bits, and a small number in the form of a large one.
    ("3bffffffffffffffff", "3bffffffffffffffff"),
    ("c249010000000000000000", "c249010000000000000000"),
    ("c349010000000000000000", "c349010000000000000000"),
    ("c25f420100ff", "190100"),
    // Floats come back with 64 bits.
    ("f93c00", "fb3ff0000000000000"),
    ("f98000", "fb8000000000000000"),
    ("fa47c35000", "fb40f86a0000000000"),
    ("fb3ff199999999999a", "fb3ff199999999999a"),
    ("f97c00", "fb7ff0000000000000"),
    ("f9fc00", "fbfff0000000000000"),
    ("fb7ff8000000000000", "fb7ff8000000000000"),
    ("f4", "f4"),
    ("f5", "f5"),
    ("f6", "f6"),
    // 273.15, and a coefficient that no 64 bits hold.
    ("c48221196ab3", "c48221196ab3"),
    ("c48221c249010000000000000000", "c48221c249010000000000000000"),
    ("40", "40"),
    ("4401020304", "4401020304"),
    ("4a00010203040506070809", "4a00010203040506070809"),
    ("60", "60"),
    ("62c3bc", "62c3bc"),
    ("64f0908591", "64f0908591"),
    ("80", "80"),
    ("8301820203820405", "8301820203820405"),
    ("a0", "a0"),
    // Keys of other types, in their order.
    ("a301020304f64100", "a301020304f64100"),
    ("a26161016162820203", "a26161016162820203"),
    ("826161a161626163", "826161a161626163"),
    ("a2c24901000000000000000001c48221196ab302", "a2c24901000000000000000001c48221196ab302"),
    // 1 and the decimal 1.0 are one key.
    ("a20102c482200a03", "a10103"),
    // Of two entries with one key the later value counts, in the earlier place.
    ("a3010203040105", "a201050304"),
    // 1 and `true` are one key, as they are one value.
    ("a20102f503", "a10103"),
    // Of unknown length, in chunks.
    ("9fff", "80"),
    ("9f018202039f0405ffff", "8301820203820405"),
    ("83018202039f0405ff", "8301820203820405"),
    ("bf61610161629f0203ffff", "a26161016162820203"),
    ("bf6346756ef563416d7421ff", "a26346756ef563416d7421"),
    ("5f42010243030405ff", "450102030405"),
    ("7f657374726561646d696e67ff", "6973747265616d696e67"),
    // "This is CBOR."
    ("d9d9f783010203", "83010203"),
];

/// What is refused, and why.
const INVALID: &[(&str, &str)] = &[
    ("", "in the middle of a value, at byte 0"),
    ("18", "in the middle"),
    ("830102", "in the middle of a value, at byte 3"),
    ("a101", "in the middle"),
    ("9f0102", "in the middle"),
    ("9bffffffffffffffff00", "in the middle"),
    ("bbffffffffffffffff00", "cannot be so long"),
    ("4500010203", "in the middle"),
    ("c48221", "in the middle"),
    ("0000", "something follows the document, at byte 1"),
    ("ff", "an end without a beginning"),
    ("8101ff", "something follows"),
    ("8201ff", "an end without a beginning"),
    ("bf01ff", "ends behind a key"),
    ("5f01ff", "a chunk of bytes"),
    ("7f4100ff", "a chunk of a text"),
    ("1c", "at byte 0"),
    ("61ff", "at byte 0"),
    ("f7", "`undefined`"),
    ("f0", "simple value"),
    ("c074323031332d30332d32315432303a30343a30305a", "tag 0"),
    ("c201", "a large number has no bytes"),
    ("c48121", "an array of two"),
    ("c4821bffffffffffffffff01", "exponent"),
    ("a18001", "a key cannot be an array"),
];

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A folder with the paths of a document and of what is taken.
fn files(folder: &Dir) -> (String, String) {
    let path = |name| folder.file(name).into_os_string().into_string().unwrap();
    (path("in.cbor"), path("out.CBOR"))
}

#[test]
fn documents_come_back() {
    let (name, folder) = (Name::new("cbor"), Dir::new("cbor"));
    let (from, to) = files(&folder);
    for (document, expected) in VALID {
        fs::write(&from, bytes(document)).unwrap();
        cohabit(&["put", &name, &from, "--size", "1M"]).well();
        assert_eq!(cohabit(&["take", &name, &to]).well(), "");
        assert_eq!(hex(&fs::read(&to).unwrap()), *expected, "{document}");
    }
    check(&name);
}

#[test]
fn what_is_refused_changes_nothing() {
    let (name, folder) = (Name::new("no-cbor"), Dir::new("no-cbor"));
    let (from, _) = files(&folder);
    for (document, words) in INVALID {
        fs::write(&from, bytes(document)).unwrap();
        cohabit(&["put", &name, &from]).refused(2, words);
        // And no region was made for it.
        cohabit(&["check", &name]).refused(2, "there is no region");
    }
    put(&name, "[1]");
    let before = check(&name);
    for (document, words) in INVALID {
        fs::write(&from, bytes(document)).unwrap();
        cohabit(&["put", &name, &from]).refused(2, words);
    }
    assert_eq!(check(&name), before);
    assert_eq!(take(&name), "[1]");
}

#[test]
fn depth_is_no_matter_and_json_leads_there_and_back() {
    let (name, folder) = (Name::new("deep-cbor"), Dir::new("deep-cbor"));
    let (from, to) = files(&folder);
    let mut deep = vec![0x81; 100_000];
    deep.push(0x80);
    fs::write(&from, &deep).unwrap();
    cohabit(&["put", &name, &from, "--size", "32M"]).well();
    cohabit(&["take", &name, &to]).well();
    assert!(fs::read(&to).unwrap() == deep);

    let document = r#"{"a":[1,-2,3.5,18446744073709551616,null,true],"":{"é":"a text of some length"}}"#;
    put(&name, document);
    cohabit(&["take", &name, &from]).well();
    cohabit(&["put", &name, &from]).well();
    assert_eq!(take(&name), document);
    check(&name);
}

#[test]
fn what_has_no_form_stays_in_the_region() {
    let (name, folder) = (Name::new("formless"), Dir::new("formless"));
    let (_, to) = files(&folder);
    let mut member = cohabit_std::create(&name, Options::new().size(1 << 20)).unwrap();
    let put = |turn: &mut Turn<'_>| turn.put_message(Value::Complex(Complex { re: 1.0, im: 2.0 }));
    put(&mut member.acquire().unwrap()).unwrap();
    member.leave().unwrap();
    let before = check(&name);
    cohabit(&["take", &name, &to]).refused(2, "a complex number, and CBOR has no form for that");
    assert!(fs::metadata(&to).is_err(), "no file was made for it");
    cohabit(&["take", &name, "/nowhere/at/all.json"]).refused(2, "a complex number, and JSON");
    assert_eq!(check(&name), before);
}

#[test]
fn a_file_that_cannot_be_written_loses_nothing() {
    let name = Name::new("unwritten");
    put(&name, "[1,2]");
    cohabit(&["take", &name, "/nowhere/at/all.cbor"]).refused(2, "the message is still the oldest");
    cohabit(&["take", &name, "/dev/full"]).refused(2, "the message is still the oldest");
    assert_eq!(take(&name), "[1,2]");
}
