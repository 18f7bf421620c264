//! JSON in, the same JSON out. What is not JSON is refused, and the region is as it was.
//!
//! Many of the documents are of the kinds in Nicolas Seriot's JSONTestSuite: what every parser has to accept (`y_`), what every
//! parser has to refuse (`n_`), and what is left to it (`i_`), for which our choice is written down here.

use cohabit_testkit::{Name, Random};

use super::kit::{check, cohabit, cohabit_with, put, take};

/// Documents, and how they come back.
const VALID: &[(&str, &str)] = &[
    // The smallest of each.
    ("null", "null"),
    ("true", "true"),
    ("false", "false"),
    ("0", "0"),
    ("\"\"", "\"\""),
    ("[]", "[]"),
    ("{}", "{}"),
    (" \t\r\n[ \t\r\n] \t\r\n", "[]"),
    // Nesting and emptiness.
    ("[[],{},[[]],[{}],{\"\":[]}]", "[[],{},[[]],[{}],{\"\":[]}]"),
    ("[null,1,\"1\",{}]", "[null,1,\"1\",{}]"),
    ("{\"a\":{\"b\":{\"c\":[1,[2,[3]]]}}}", "{\"a\":{\"b\":{\"c\":[1,[2,[3]]]}}}"),
    // The order of members stays; of two with one name the later value counts, in the earlier place.
    ("{\"b\":1,\"a\":2,\"10\":3,\"9\":4,\"\":5}", "{\"b\":1,\"a\":2,\"10\":3,\"9\":4,\"\":5}"),
    ("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}"),
    ("{\"a\":[1,{\"x\":2}],\"b\":2,\"a\":{}}", "{\"a\":{},\"b\":2}"),
    ("{\"a\":\"a text of more than eight bytes\",\"a\":null}", "{\"a\":null}"),
    // Keys of all lengths around the ones that need no object, and keys that only look equal.
    ("{\"1234567\":0,\"12345678\":1,\"123456789\":2}", "{\"1234567\":0,\"12345678\":1,\"123456789\":2}"),
    ("{\"1\":0,\"1.0\":1,\"true\":2,\"null\":3}", "{\"1\":0,\"1.0\":1,\"true\":2,\"null\":3}"),
    ("{\"é\":0,\"e\u{301}\":1}", "{\"é\":0,\"e\u{301}\":1}"),
    ("{\"a\\u0000b\":1,\"a\":2}", "{\"a\\u0000b\":1,\"a\":2}"),
    // Whole numbers, exact whatever their size; -0 has a sign, which only a float can keep.
    ("[-1,9,10,1234567890]", "[-1,9,10,1234567890]"),
    ("[9223372036854775806,9223372036854775807]", "[9223372036854775806,9223372036854775807]"),
    ("[9223372036854775808,18446744073709551615]", "[9223372036854775808,18446744073709551615]"),
    ("[-9223372036854775807,-9223372036854775808]", "[-9223372036854775807,-9223372036854775808]"),
    ("[9007199254740993,-9007199254740993]", "[9007199254740993,-9007199254740993]"),
    ("[-0,-0.0,0.0,0e1,-0e-1]", "[-0.0,-0.0,0.0,0.0,-0.0]"),
    ("[18446744073709551616,-9223372036854775809]", "[18446744073709551616,-9223372036854775809]"),
    (
        "{\"digits\":-314159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214}",
        "{\"digits\":-314159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214}",
    ),
    // With a point or an exponent it is a float, however large.
    ("18446744073709551616.0", "1.8446744073709552e+19"),
    ("1e19", "1e+19"),
    // Floats.
    ("[1.0,1e0,1E+2,1.5e-2,123.456789]", "[1.0,1.0,100.0,0.015,123.456789]"),
    ("[5e-324,-5e-324,2.2250738585072014e-308]", "[5e-324,-5e-324,2.2250738585072014e-308]"),
    (
        "[1.7976931348623157e308,-1.7976931348623157e308]",
        "[1.7976931348623157e+308,-1.7976931348623157e+308]",
    ),
    ("[0.1,0.2,0.30000000000000004]", "[0.1,0.2,0.30000000000000004]"),
    // Rounded wrongly by parsers that take shortcuts.
    ("[2.2250738585072011e-308,6.631236846766476e-316]", "[2.225073858507201e-308,6.63123685e-316]"),
    ("[9007199254740993.0,1448997445238699.0]", "[9007199254740992.0,1448997445238699.0]"),
    ("[1e-400,123e-10000000]", "[0.0,0.0]"),
    (
        "0.4e-1000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
        "0.0",
    ),
    // Texts: escapes, in their shortest form; everything else as it is.
    ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\""),
    ("\"\\u0000\\u0001\\u001f\\u007f\"", "\"\\u0000\\u0001\\u001f\u{7f}\""),
    ("\"\\u0041\\u00e9\\u20ac\\uFFFF\\uFFFE\"", "\"Aé€\u{ffff}\u{fffe}\""),
    ("\"\\ud83d\\ude00\\uD834\\uDD1E\\uDBFF\\uDFFE\"", "\"😀𝄞\u{10fffe}\""),
    ("\"a\\u0000b\"", "\"a\\u0000b\""),
    ("\"\u{7f}\u{80}\u{2028}\u{2029}\u{feff}\"", "\"\u{7f}\u{80}\u{2028}\u{2029}\u{feff}\""),
    ("\"漢字 کتاب नमस्ते 👩‍👩‍👧‍👦 e\u{301}\"", "\"漢字 کتاب नमस्ते 👩‍👩‍👧‍👦 e\u{301}\""),
    ("\"1234567\"", "\"1234567\""),
    ("\"12345678\"", "\"12345678\""),
    ("\"123456789\"", "\"123456789\""),
    ("\"€€€\"", "\"€€€\""),
];

/// What no parser may accept, and, at the end, what a parser may accept and we do not, because we could not give it back.
const INVALID: &[&[u8]] = &[
    b"",
    b" ",
    b"[",
    b"]",
    b"{",
    b"}",
    b"[1,]",
    b"[,1]",
    b"[1,,2]",
    b"[1 2]",
    b"[1}",
    b"{1:2}",
    b"{\"a\"}",
    b"{\"a\":}",
    b"{\"a\":1,}",
    b"{\"a\" 1}",
    b"{\"a\":1 \"b\":2}",
    b"{'a':1}",
    b"{a:1}",
    b"[1]]",
    b"[1] [2]",
    b"1 2",
    b"{}{}",
    b"nul",
    b"nulll",
    b"True",
    b"NaN",
    b"Infinity",
    b"[-Infinity]",
    b"+1",
    b"01",
    b"-01",
    b"-",
    b"1.",
    b".5",
    b"1e",
    b"1e+",
    b"0x10",
    b"1_000",
    b"1.5.2",
    b"\"",
    b"\"abc",
    b"\"\\\"",
    b"\"\\x41\"",
    b"\"\\u12\"",
    b"\"\\u12g4\"",
    b"\"a\nb\"",
    b"\"a\tb\"",
    b"\"a\x00b\"",
    b"'a'",
    b"// comment\n1",
    b"[1 /* comment */]",
    b"\xef\xbb\xbf{}",
    b"[1]\x00",
    b"\x00",
    b"\xff\xfe[\x00]\x00",
    // No UTF-8: a stray byte, one cut off, overlong forms, half a surrogate pair, beyond Unicode.
    b"\"\xff\"",
    b"\"\xe2\x82\"",
    b"\"\xc0\xaf\"",
    b"\"\xe0\x80\x80\"",
    b"\"\xed\xa0\x80\"",
    b"\"\xf4\xbf\xbf\xbf\"",
    // Half a surrogate pair has no UTF-8; numbers beyond the floats have no value.
    b"\"\\ud800\"",
    b"\"\\udc00\"",
    b"\"\\ud800\\ud800\"",
    b"\"\\ud83dx\"",
    b"{\"\\ud800\":1}",
    b"1e309",
    b"[1,2,-1e9999]",
];

#[test]
fn every_document_comes_back_the_same() {
    let name = Name::new("same");
    for (document, expected) in VALID {
        put(&name, document);
        assert_eq!(take(&name), *expected, "{document}");
        // What came out goes in again and does not change any more.
        put(&name, expected);
        assert_eq!(take(&name), *expected, "{document}");
    }
    let all: Vec<_> = VALID.iter().map(|(document, _)| *document).collect();
    let expected: Vec<_> = VALID.iter().map(|(_, expected)| *expected).collect();
    put(&name, &format!("[{}]", all.join(",")));
    assert_eq!(take(&name), format!("[{}]", expected.join(",")));
    check(&name);
}

#[test]
fn what_is_no_json_is_refused_in_one_line_and_changes_nothing() {
    let name = Name::new("refused");
    // Without a region there is none afterwards.
    cohabit_with(&["put", &name, "-"], b"[1,").refused(2, "cannot be put");
    assert!(!name.exists());
    put(&name, "{\"kept\":[1,2,3]}");
    let before = check(&name);
    for document in INVALID {
        let line = cohabit_with(&["put", &name, "-"], document).refused(2, "cannot be put");
        assert!(line.contains("line 1") || line.contains("line 2"), "{line}");
        // Cut short after much has been built.
        let long =
            [b"{\"a\":[1,\"a text that needs a block of its own\",{\"b\":[", *document, b"]}]"].concat();
        cohabit_with(&["put", &name, "-"], &long).refused(2, "cannot be put");
    }
    assert_eq!(check(&name), before);
    assert_eq!(take(&name), "{\"kept\":[1,2,3]}");
}

#[test]
fn floats_keep_every_bit_and_whole_numbers_every_digit() {
    let mut random = Random(1);
    let mut floats = Vec::new();
    while floats.len() < 4_000 {
        let float = f64::from_bits(random.next_u64());
        floats.extend(float.is_finite().then_some(float));
    }
    // Next to powers of two and ten, where printing and parsing go wrong first.
    for exponent in -1074..=1023 {
        let power = 2f64.powi(exponent);
        floats.extend([power, power.next_up(), power.next_down()]);
    }
    floats.extend((-323..=308).map(|exponent| format!("1e{exponent}").parse::<f64>().unwrap()));
    let whole: Vec<i64> = (0..2_000).map(|_| random.next_u64() as i64 >> random.below(64)).collect();
    let large: Vec<u64> = (0..500).map(|_| random.next_u64() | 1 << 63).collect();

    let name = Name::new("numbers");
    let spelled = floats.iter().map(|float| format!("{float:e}")).map(|text| match text.contains('.') {
        true => text,
        // With a point it is a float for sure.
        false => text.replacen('e', ".0e", 1),
    });
    put(&name, &format!("[{}]", spelled.collect::<Vec<_>>().join(",")));
    let line = take(&name);
    let back: Vec<u64> =
        line[1..line.len() - 1].split(',').map(|float| float.parse::<f64>().unwrap().to_bits()).collect();
    assert_eq!(back, floats.iter().map(|float| float.to_bits()).collect::<Vec<_>>());

    let spelled: Vec<_> =
        whole.iter().map(ToString::to_string).chain(large.iter().map(ToString::to_string)).collect();
    let document = format!("[{}]", spelled.join(","));
    put(&name, &document);
    assert_eq!(take(&name), document);
}

#[test]
fn depth_and_width_have_no_limit_but_memory() {
    let name = Name::new("deep");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let maps = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let mixed = format!("{}\"end\"{}", "[{\"a key of some length\":".repeat(50_000), "}]".repeat(50_000));
    let wide = format!("[{}0]", "1,".repeat(200_000));
    let entries: Vec<_> = (0..50_000).map(|key| format!("\"key {key}\":{key}")).collect();
    let text = format!("\"{}\"", "no end in sight, ".repeat(100_000));
    for document in [deep, maps, mixed, wide, format!("{{{}}}", entries.join(",")), text] {
        cohabit_with(&["put", &name, "-"], document.as_bytes()).well();
        check(&name);
        cohabit(&["show", &name]).well();
        assert!(take(&name) == document, "{} ...", &document[..20]);
    }
    // Cut short far inside: refused, and taken apart again without a stack.
    let before = check(&name);
    cohabit_with(&["put", &name, "-"], "[{\"a\":".repeat(100_000).as_bytes()).refused(2, "cannot be put");
    assert_eq!(check(&name), before);
}

#[test]
fn pretty_is_the_same_document_on_more_lines() {
    let name = Name::new("pretty");
    put(&name, "{\"a\":[1,{}],\"b\":[]}");
    let pretty = cohabit(&["take", &name, "--pretty"]).well();
    assert_eq!(pretty, "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}\n");
}
