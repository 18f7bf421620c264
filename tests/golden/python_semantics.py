#!/usr/bin/env python3
"""Writes python_semantics.json: what CPython does, case by case, for tests/python.rs to hold our containers against.

    python3 tests/golden/python_semantics.py            writes the table beside this script
    python3 tests/golden/python_semantics.py --check    exit status 1 if the table is not what it would write

Made with CPython 3.11. The same cases come out each time: random ones from fixed seeds.

The table is an object with "cases", one a line: [operation, arguments, outcome] and, for operations that change their first
argument, what is left of it. An outcome is ["ok", value] or ["error", name of the exception]. A value is null, true, false, or

    ["int", "-1f"]            hexadecimal, sign in front          ["float", "3ff0000000000000"]   IEEE 754 bits
    ["str", "text"]                                               ["bytes", "00ff"]
    ["bytearray", "00ff"]                                         ["decimal", "-1.50E+7"]         as str() has it
    ["complex", "3ff..", "0.."]   real and imaginary bits         ["slice", a, b, c]
    ["list", values...]       ["tuple", values...]                ["set", values...]   ["frozenset", values...]   sorted by text
    ["dict", [key, value]...] in order                            ["date", y, m, d]
    ["time", h, m, s, us, offset, fold]                           offset in microseconds, or null
    ["datetime", y, mo, d, h, mi, s, us, offset, fold]            ["timedelta", days, seconds, us]

"relate" puts two values beside each other: [equal, order, one key], where order is "less", "equal", "greater", "none" (all three
comparisons false) or the name of the exception, and "one key" is whether a dict finds the one by the other.
"""

import datetime as dt
import itertools
import json
import pathlib
import random
import struct
import sys
from decimal import Decimal, InvalidOperation

PATH = pathlib.Path(__file__).with_name("python_semantics.json")
CASES = []


# Values as the table has them.


def offset_of(value):
    offset = value.utcoffset()
    return None if offset is None else offset // dt.timedelta(microseconds=1)


def encode(value):
    if value is None or isinstance(value, bool):
        return value
    kind = type(value)
    if kind is int:
        return ["int", format(value, "x")]
    if kind is float:
        return ["float", "7ff8000000000000" if value != value else struct.pack(">d", value).hex()]
    if kind is complex:
        return ["complex", encode(value.real)[1], encode(value.imag)[1]]
    if kind is str:
        return ["str", value]
    if kind in (bytes, bytearray):
        return [kind.__name__, value.hex()]
    if kind is Decimal:
        return ["decimal", str(value)]
    if kind in (list, tuple):
        return [kind.__name__, *map(encode, value)]
    if kind in (set, frozenset):
        return [kind.__name__, *sorted(map(encode, value), key=json.dumps)]
    if kind is dict:
        return ["dict", *([encode(key), encode(item)] for key, item in value.items())]
    if kind is slice:
        return ["slice", *map(encode, (value.start, value.stop, value.step))]
    if kind is dt.datetime:
        parts = value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond
        return ["datetime", *parts, offset_of(value), value.fold]
    if kind is dt.date:
        return ["date", value.year, value.month, value.day]
    if kind is dt.time:
        return ["time", value.hour, value.minute, value.second, value.microsecond, offset_of(value), value.fold]
    if kind is dt.timedelta:
        return ["timedelta", value.days, value.seconds, value.microseconds]
    raise TypeError(kind)


def copy(value):
    """A copy that shares nothing: what would be one and the same object in Python is not in a region."""
    kind = type(value)
    if kind in (list, set, tuple, frozenset):
        return kind(map(copy, value))
    if kind is dict:
        return {copy(key): copy(item) for key, item in value.items()}
    if kind is bytearray:
        return bytearray(value)
    if kind is float and value != value:
        return float("nan")
    return value


# Operations: name -> (function, changes its first argument).


def relate(a, b):
    try:
        equal = a == b
    except InvalidOperation:
        equal = "InvalidOperation"
    try:
        order = "less" if a < b else "greater" if a > b else "equal" if a <= b and a >= b else "none"
    except (TypeError, InvalidOperation) as error:
        order = type(error).__name__
    try:
        one_key = a in {b: None}
    except TypeError:
        one_key = "TypeError"
    return equal, order, one_key


def set_item(container, key, value):
    container[key] = value


def del_item(container, key):
    del container[key]


def sort(values, reverse):
    values.sort(reverse=reverse)


def popitem(entries):
    return list(entries.popitem())


def listed(values):
    return [list(value) if type(value) is tuple else value for value in values]


READING = {
    "relate": relate,
    "store": lambda value: value,
    "len": len,
    "list.get": lambda values, index: values[index],
    "list.index": lambda values, *rest: values.index(*rest),
    "list.count": lambda values, value: values.count(value),
    "list.contains": lambda values, value: value in values,
    "list.slice": lambda values, start, stop, step: values[start:stop:step],
    "list.concat": lambda a, b: a + b,
    "list.repeat": lambda values, times: values * times,
    "list.copy": lambda values: values.copy(),
    "dict.get": lambda entries, key: entries.get(key),
    "dict.item": lambda entries, key: entries[key],
    "dict.contains": lambda entries, key: key in entries,
    "dict.keys": lambda entries: list(entries.keys()),
    "dict.values": lambda entries: list(entries.values()),
    "dict.items": lambda entries: listed(entries.items()),
    "dict.merge": lambda a, b: a | b,
    "dict.copy": lambda entries: entries.copy(),
    "set.contains": lambda values, value: value in values,
    "set.union": lambda a, b: a | b,
    "set.intersection": lambda a, b: a & b,
    "set.difference": lambda a, b: a - b,
    "set.symmetric_difference": lambda a, b: a ^ b,
    "set.is_subset": lambda a, b: a.issubset(b),
    "set.is_superset": lambda a, b: a.issuperset(b),
    "set.is_disjoint": lambda a, b: a.isdisjoint(b),
    "date.new": lambda *parts: dt.date(*parts),
    "time.new": lambda *parts: dt.time(*parts[:4], tzinfo=zone(parts[4]), fold=parts[5]),
    "datetime.new": lambda *parts: dt.datetime(*parts[:7], tzinfo=zone(parts[7]), fold=parts[8]),
    "timedelta.new": lambda *parts: dt.timedelta(*parts),
}
CHANGING = {
    "list.set": set_item,
    "list.delete": del_item,
    "list.append": lambda values, value: values.append(value),
    "list.extend": lambda values, more: values.extend(more),
    "list.insert": lambda values, index, value: values.insert(index, value),
    "list.pop": lambda values, *index: values.pop(*index),
    "list.remove": lambda values, value: values.remove(value),
    "list.reverse": lambda values: values.reverse(),
    "list.sort": sort,
    "list.clear": lambda values: values.clear(),
    "list.set_slice": lambda values, start, stop, step, more: set_item(values, slice(start, stop, step), more),
    "list.delete_slice": lambda values, start, stop, step: del_item(values, slice(start, stop, step)),
    "dict.set": set_item,
    "dict.delete": del_item,
    "dict.pop": lambda entries, key, *default: entries.pop(key, *default),
    "dict.popitem": popitem,
    "dict.setdefault": lambda entries, key, value: entries.setdefault(key, value),
    "dict.update": lambda entries, more: entries.update(more),
    "dict.clear": lambda entries: entries.clear(),
    "set.add": lambda values, value: values.add(value),
    "set.remove": lambda values, value: values.remove(value),
    "set.discard": lambda values, value: values.discard(value),
    "set.update": lambda a, b: a.update(b),
    "set.clear": lambda values: values.clear(),
}


def zone(offset):
    return None if offset is None else dt.timezone(dt.timedelta(microseconds=offset))


def case(operation, *arguments):
    arguments = [copy(argument) for argument in arguments]
    entry = [operation, [encode(argument) for argument in arguments]]
    function = READING.get(operation) or CHANGING[operation]
    try:
        result = function(*arguments)
        outcome = ["ok", list(result) if operation == "relate" else encode(result)]
    except (TypeError, ValueError, LookupError, ArithmeticError) as error:
        outcome = ["error", type(error).__name__]
    entry.append(outcome)
    if operation in CHANGING:
        entry.append(encode(arguments[0]))
    CASES.append(entry)


# What the cases are made of.

NAN, INF = float("nan"), float("inf")
SMALL = [0, 1, -1, 2, True, False, 0.0, -0.0, 1.0, 2.0, 0.5, -1.0, NAN, INF, -INF]
INTS = [3, -2, 255, 2**31, -(2**31), 2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1, 2**62, 2**63 - 1, 2**63, 2**63 + 1, -(2**63),
        -(2**63) + 1, 2**64 - 1, 2**64 - 2048]
FLOATS = [1.5, -1.5, 0.1, 1 / 3, 5e-324, -5e-324, 2.2250738585072014e-308, 1e-300, 1e16, 2.0**53, 2.0**53 + 2, -(2.0**53), 2.0**63,
          -(2.0**63), -(2.0**63) - 2048, 2.0**64, 2.0**64 - 2048, 2.0**62, 1e22, 1.7976931348623157e308, -1.7976931348623157e308]
BIGS = [2**64, 2**64 + 1, -(2**63) - 1, -(2**64), 2**65, 10**22, 10**22 + 1, 2**127, -(2**127), -(2**127) - 1, 2**128 - 1, 10**40,
        2**1023, 2**1024 - 2**970, 2**1024 - 2**970 + 1, 2**1024, -(2**1024), 2**4096, 2**4096 + 1, -(2**4096), 10**1000]
DECIMALS = [Decimal(text) for text in (
    "0 -0 0E+5 0.000 1 1.0 1.00 -1 10E-1 0.1E+1 1E+1 10 2 0.5 0.50 -0.5 0.25 0.1 0.10 0.3333333333333333 1.5 15E-1 1E+22 1E+23 "
    "9007199254740993 9007199254740992.0 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 "
    "18446744073709551615 18446744073709551616 18446744073709551615.5 1E+400 -1E+400 1E-400 1E-324 5E-324 1E+1000 NaN Infinity "
    "-Infinity").split()] + [
    Decimal(0.1), Decimal(1 / 3), Decimal(5e-324), Decimal(2.2250738585072014e-308), Decimal(1.7976931348623157e308),
    Decimal(2**1024), Decimal(2**4096), Decimal(2**4096 + 1), Decimal(5e-324).next_plus(), Decimal("0.1000000000000000055511151231257827"),
    Decimal(str(2**53) + ".5"), Decimal(str(2**4096) + ".5"), Decimal("-1.7976931348623157E+308")]
COMPLEXES = [complex(1, 0), complex(0, 0), complex(-0.0, -0.0), complex(1, 1), complex(1, -1), complex(0.5, 0), complex(2.0**63, 0),
             complex(NAN, 0), complex(INF, 0), complex(0, INF)]
TEXTS = ["", "a", "b", "A", "aa", "ab", "a\0", "\0", "eight by", "nine byte", "nine bytf", "a text of more than eight bytes", "é", "e\u0301", "z",
         "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff", "ключ", "ключи", "ß", "ss", "1", "🦀", "🦀🦀"]
BLOBS = [text.encode() for text in ("", "a", "b", "A", "aa", "ab", "a\0", "\0", "eight by", "nine byte", "nine bytf", "é")] + [
    b"\xff", b"\x80", b"\xff\xfe", bytes(range(256)), b"a" * 1000, b"a" * 1001]


def zoned(*parts, hours=0, minutes=0):
    return dt.datetime(*parts, tzinfo=dt.timezone(dt.timedelta(hours=hours, minutes=minutes)))


NAIVE = [dt.datetime.min, dt.datetime.max, dt.datetime(1970, 1, 1), dt.datetime(2024, 2, 29, 12), dt.datetime(2024, 2, 29, 12, fold=1),
         dt.datetime(2024, 2, 29, 12, 0, 0, 1), dt.datetime(2000, 1, 1), dt.datetime(1969, 12, 31, 23, 59, 59, 999999)]
AWARE = [zoned(2024, 2, 29, 12), zoned(2024, 2, 29, 14, hours=2), zoned(2024, 2, 29, 6, 30, hours=-5, minutes=-30), zoned(2024, 2, 29, 12, hours=2),
         zoned(2024, 3, 1, 11, hours=23), zoned(2024, 2, 28, 13, hours=-23), zoned(1970, 1, 1), zoned(9999, 12, 31, 23, hours=-1),
         zoned(1, 1, 1, 0, hours=1), zoned(1, 1, 1, 0), zoned(9999, 12, 31, 23), zoned(2024, 2, 29, 12, 0, 0, 1),
         dt.datetime(2024, 2, 29, 12, tzinfo=dt.timezone.utc, fold=1),
         dt.datetime(2024, 2, 29, 12, tzinfo=dt.timezone(dt.timedelta(microseconds=1))),
         dt.datetime(2024, 2, 29, 12, tzinfo=dt.timezone(dt.timedelta(seconds=-1)))]
DATES = [dt.date.min, dt.date.max, dt.date(1970, 1, 1), dt.date(2024, 2, 29), dt.date(2024, 3, 1), dt.date(1900, 2, 28)]
TIMES = [dt.time.min, dt.time.max, dt.time(12), dt.time(12, fold=1), dt.time(12, 0, 0, 1), dt.time(12, tzinfo=dt.timezone.utc),
         dt.time(14, tzinfo=dt.timezone(dt.timedelta(hours=2))), dt.time(1, tzinfo=dt.timezone(dt.timedelta(hours=2)))]
DELTAS = [dt.timedelta.min, dt.timedelta.max, dt.timedelta(0), dt.timedelta(days=1), dt.timedelta(hours=24), dt.timedelta(microseconds=1),
          dt.timedelta(microseconds=-1), dt.timedelta(days=-1, seconds=1), dt.timedelta(seconds=1), dt.timedelta(days=106751991, hours=5)]


def pairs(pool, other=None, most=None, seed=0):
    found = list(itertools.combinations_with_replacement(pool, 2) if other is None else itertools.product(pool, other))
    if most is not None and len(found) > most:
        found = random.Random(seed).sample(found, most)
    return found


def relations():
    for a, b in pairs(SMALL):
        case("relate", a, b)
    plain = SMALL + INTS + FLOATS
    for a, b in pairs(INTS + FLOATS, most=330, seed=1) + pairs(BIGS, plain, 150, 2) + pairs(BIGS, most=100, seed=3):
        case("relate", a, b)
    for a, b in pairs(DECIMALS, plain + BIGS, 420, 4) + pairs(DECIMALS, most=220, seed=5):
        case("relate", a, b)
    for number in plain + BIGS + DECIMALS:
        case("relate", number, number)
    # One number in every type that has it, and its nearest neighbours.
    for number in (0, 1, -1, 2**53, 2**63, -(2**63), 2**64, 2**1023, -(2**1000)):
        forms = [number, float(number), Decimal(number), complex(number)]
        for a, b in itertools.combinations(forms, 2):
            case("relate", a, b)
            case("relate", b, a)
        for a, b in itertools.product((number - 1, number + 1), forms[1:]):
            case("relate", a, b)
    for number in (0.1, 0.5, -0.75, 1 / 3, 5e-324, 1e22, 1e23, 1.7976931348623157e308):
        exact = Decimal(number)
        digits = exact.as_tuple()
        least = Decimal((0, (1,), digits.exponent - 1))
        for near in (exact, exact.copy_negate(), Decimal(repr(number)), below_and_above(exact, -1), below_and_above(exact, 1), least):
            case("relate", number, near)
            case("relate", near, number)
    for a, b in pairs(COMPLEXES, [0, 1, True, 0.5, -0.0, 2**63, Decimal(1), Decimal("0.5"), "1", None]) + pairs(COMPLEXES):
        case("relate", a, b)
    for a, b in pairs(TEXTS, most=330, seed=6) + pairs(BLOBS, most=130, seed=7) + pairs(TEXTS[:8], BLOBS[:8], 20, 8):
        case("relate", a, b)
    kinds = [None, True, 1, 1.0, "1", b"1", [1], (1,), {1: 1}, {1}, frozenset([1]), Decimal(1), 1j, dt.date(2024, 1, 1), dt.time(1),
             dt.datetime(2024, 1, 1), zoned(2024, 1, 1), dt.timedelta(1), bytearray(b"1")]
    for a, b in pairs(kinds):
        case("relate", a, b)
    for a, b in pairs(BLOBS[:8], [bytearray(blob) for blob in BLOBS[:8]], 30, 9):
        case("relate", a, b)
    for pool in (NAIVE, AWARE, DATES, TIMES, DELTAS):
        for a, b in pairs(pool):
            case("relate", a, b)
    for a, b in pairs(NAIVE, AWARE, 40, 10) + pairs(DATES, NAIVE, 15, 11) + pairs(TIMES, DELTAS, 8, 12):
        case("relate", a, b)


def below_and_above(number, way):
    """The decimal with one digit more that is next to a number."""
    sign, digits, exponent = number.as_tuple()
    value = int("".join(map(str, digits))) * 10 + (way if not sign else -way)
    return Decimal((sign, tuple(map(int, str(value))), exponent - 1))


def storage():
    for value in SMALL + INTS + FLOATS + BIGS + DECIMALS + COMPLEXES + TEXTS + BLOBS + NAIVE + AWARE + DATES + TIMES + DELTAS:
        case("store", value)
    for value in ([], {}, [[]], [True, False], [{}, [None]], {"a": {"b": []}}, (), (1, (2,)), set(), {1, 2}, frozenset(), slice(None), slice(1, -2, 3),
                  bytearray(), bytearray(b"growing"), {None: 1, True: 2, "k": 3, b"k": 4, 0.5: 5}, {(1, "a"): frozenset({2})}):
        case("store", value)


def a_scalar(rng):
    return rng.choice([None, True, False, 0, 1, 2, 3, -1, 7, 0.5, 1.0, -0.0, 2**63, "", "a", "b", "a text of more than eight bytes", b"", b"a"])


def a_value(rng, depth=2):
    kind = rng.random()
    if depth == 0 or kind < 0.7:
        return a_scalar(rng)
    if kind < 0.88:
        return [a_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {a_scalar(rng): a_value(rng, depth - 1) for _ in range(rng.randrange(4))}


def a_list(rng, most=7):
    if rng.random() < 0.5:
        return [rng.randrange(-3, 4) for _ in range(rng.randrange(most))]
    return [a_value(rng) for _ in range(rng.randrange(most))]


def lists():
    rng = random.Random(20)
    for _ in range(60):
        values = a_list(rng)
        some = rng.choice(values) if values and rng.random() < 0.6 else a_value(rng, 1)
        index = rng.randrange(-len(values) - 2, len(values) + 2)
        case("list.get", values, index)
        case("list.set", values, index, some)
        case("list.insert", values, index, some)
        case("list.delete", values, index)
        case("list.pop", values, index)
        case("list.contains", values, some)
        case("list.count", values, some)
        case("list.index", values, some)
        case("list.remove", values, some)
        case("list.index", values, some, rng.randrange(-5, 6), rng.randrange(-5, 6))
    for _ in range(30):
        values, more = a_list(rng), a_list(rng, 4)
        case("len", values)
        case("list.append", values, a_value(rng))
        case("list.pop", values)
        case("list.extend", values, more)
        case("list.concat", values, more)
        case("list.repeat", values, rng.randrange(-1, 4))
        case("list.reverse", values)
        case("list.copy", values)
        case("list.clear", values)
    for _ in range(90):
        values, bounds = list(range(rng.randrange(9))), [None, *range(-10, 11), 2**63, -(2**64)]
        start, stop, step = rng.choice(bounds), rng.choice(bounds), rng.choice([None, 1, 1, 2, 3, -1, -2, -5, 0, 2**63])
        case("list.slice", values, start, stop, step)
        case("list.delete_slice", values, start, stop, step)
        case("list.set_slice", values, start, stop, step, ["x"] * len(values[start:stop:step or 1]))
        case("list.set_slice", values, start, stop, step if rng.random() < 0.5 else None, ["x"] * rng.randrange(5))
    for _ in range(60):
        values, reverse = a_list(rng, 9), rng.random() < 0.4
        if rng.random() < 0.5:
            pool = rng.choice([TEXTS, BLOBS, INTS + SMALL[:-3] + FLOATS, DECIMALS[:40], DATES, DELTAS])
            values = [rng.choice(pool) for _ in range(rng.randrange(9))]
        case("list.sort", values, reverse)
    # What is equal keeps its order.
    for reverse in (False, True):
        case("list.sort", [1, True, 1.0, 0, False, -0.0, 0.0, Decimal(1)], reverse)
        case("list.sort", [1, True, 1.0, 0, False, -0.0, 0.0], reverse)
        case("list.sort", [[1, 2], [1], [], [1, 2, 0], [0, 9], [1, 2]], reverse)
        case("list.sort", [1, "a"], reverse)
        case("list.sort", [None], reverse)
        case("list.sort", [None, None], reverse)
        case("list.sort", [{}, {}], reverse)
    for _ in range(160):
        a = a_list(rng, 5)
        b = copy(a)
        for _ in range(rng.randrange(3)):
            if b and rng.random() < 0.7:
                b[rng.randrange(len(b))] = a_value(rng, 1)
            else:
                b.append(a_value(rng, 1))
        case("relate", a, b)
        case("relate", {"k": a, 1: 2}, {1.0: 2, "k": b})
    nan = [NAN]
    for a, b in ((nan, nan), (nan, [1]), ([1, NAN], [2, NAN]), ([NAN, 1], [NAN, 2]), ([[]], [[], []]), ([{}], [{}]), ([{}], [{1: 1}]), ([1, {}], [2, {}]),
                 ([[1, "a"]], [[1, 2]]), ([1, 2], [1, 2, None]), ([None], [None, 1]), ([(1, 2)], [[1, 2]]), ((1, 2), (1, 2.0)), ((1,), (1, 0)),
                 (("a", 1), ("a", None)), ((NAN,), (NAN,)), (((),), ([],)), ((1, (2, (3,))), (1, (2, (4,))))):
        case("relate", a, b)


def dicts():
    rng = random.Random(30)
    for _ in range(60):
        entries = {a_scalar(rng): a_value(rng, 1) for _ in range(rng.randrange(6))}
        key = rng.choice(list(entries)) if entries and rng.random() < 0.5 else rng.choice([a_scalar(rng), a_scalar(rng), [1]])
        value = a_value(rng, 1)
        case("dict.get", entries, key)
        case("dict.item", entries, key)
        case("dict.contains", entries, key)
        case("dict.set", entries, key, value)
        case("dict.delete", entries, key)
        case("dict.pop", entries, key)
        case("dict.pop", entries, key, value)
        case("dict.setdefault", entries, key, value)
    for _ in range(25):
        a = {a_scalar(rng): a_value(rng, 1) for _ in range(rng.randrange(6))}
        b = {a_scalar(rng): a_value(rng, 1) for _ in range(rng.randrange(6))}
        case("dict.update", a, b)
        case("dict.merge", a, b)
        case("dict.popitem", a)
        case("dict.keys", a)
        case("dict.values", a)
        case("dict.items", a)
        case("dict.copy", a)
        case("len", a)
        case("dict.clear", a)
        case("relate", a, b)
    keys = [1, True, 1.0, Decimal("1.0"), complex(1), 0.5, Decimal("0.5"), 2**64, float(2**64), Decimal(2**64), (1, 2), (1.0, True + 1), frozenset([1, 2]),
            frozenset([2.0, 1]), NAN, None, "a", b"a", zoned(2024, 2, 29, 12), zoned(2024, 2, 29, 14, hours=2), dt.timedelta(hours=24), dt.timedelta(1)]
    for a, b in pairs(keys):
        case("dict.set", {a: "first"}, b, "second")
    for key in ([1], {1: 1}, {1}, bytearray(b"a"), ([1],), (1, {}), frozenset([1])):
        case("dict.set", {}, key, 1)
        case("dict.get", {1: 1}, key)
    # A key that is set again keeps its place and its first form; one that was removed comes last.
    entries = {1: "a", "b": 2, None: 3}
    for key in (True, "b", 1.0, None, -1):
        case("dict.set", entries, key, "new")


def sets():
    rng = random.Random(40)
    for _ in range(45):
        a, b = ({a_scalar(rng) for _ in range(rng.randrange(6))} for _ in range(2))
        for operation in ("union", "intersection", "difference", "symmetric_difference", "is_subset", "is_superset", "is_disjoint", "update"):
            case("set." + operation, a, b)
        case("relate", a, rng.choice([b, a & b, a | b, frozenset(a), set(a)]))
        some = rng.choice(sorted(a, key=repr)) if a and rng.random() < 0.5 else rng.choice([a_scalar(rng), [1]])
        for operation in ("contains", "add", "remove", "discard"):
            case("set." + operation, a, some)
        case("len", a)
    for a, b in ((set(), set()), (set(), {1}), ({1}, {True}), ({1, 2}, {2.0, 1}), ({1, 2}, {2, 3}), ({NAN}, {NAN}), (frozenset(), set()),
                 (frozenset([1]), {1, 2}), (frozenset([frozenset([1])]), frozenset([frozenset([1.0])])), ({1}, [1]), ({(1, 2)}, {(1, 2.0)})):
        case("relate", a, b)
    case("set.clear", {1, 2})


def times():
    rng = random.Random(50)
    for year, month, day in ((1, 1, 1), (0, 1, 1), (9999, 12, 31), (10000, 1, 1), (2023, 2, 29), (2024, 2, 29), (1900, 2, 29), (2000, 2, 29), (2024, 4, 31),
                             (2024, 13, 1), (2024, 0, 1), (2024, 1, 0), (2024, 1, 32), (-1, 1, 1)):
        case("date.new", year, month, day)
        case("datetime.new", year, month, day, 0, 0, 0, 0, None, 0)
    day = 86_400_000_000
    for h, m, s, us in ((0, 0, 0, 0), (23, 59, 59, 999999), (24, 0, 0, 0), (-1, 0, 0, 0), (0, 60, 0, 0), (0, 0, 60, 0), (0, 0, 0, 1000000), (0, -1, 0, 0), (0, 0, 0, -1)):
        case("time.new", h, m, s, us, None, 0)
        case("datetime.new", 2024, 1, 1, h, m, s, us, None, 0)
    for offset in (0, 1, -1, 3_600_000_000, day - 1, 1 - day, day, -day, 2 * day):
        case("time.new", 1, 2, 3, 4, offset, 0)
        case("datetime.new", 2024, 1, 1, 1, 2, 3, 4, offset, 1)
    for fold in (0, 1, 2, -1):
        case("time.new", 1, 2, 3, 4, None, fold)
        case("datetime.new", 2024, 1, 1, 1, 2, 3, 4, None, fold)
    for parts in ((0, 0, 0), (0, 0, 1), (0, 0, -1), (0, -1, 0), (-1, 0, 0), (0, 86400, 0), (0, 0, day), (999999999, 86399, 999999), (999999999, 86400, 0),
                  (-999999999, 0, 0), (-999999999, 0, -1), (1000000000, 0, 0), (0, 10**14, 0), (0, 0, 2**63), (1, -1, -1), (-5, 90000, 10**7)):
        case("timedelta.new", *parts)
    for _ in range(40):
        moment = dt.datetime(rng.randrange(1900, 2100), rng.randrange(1, 13), rng.randrange(1, 29), rng.randrange(24), rng.randrange(60), tzinfo=dt.timezone.utc)
        offsets = [dt.timezone(dt.timedelta(minutes=rng.randrange(-1439, 1440))) for _ in range(2)]
        a, b = (moment.astimezone(offset) for offset in offsets)
        case("relate", a, b)
        case("relate", a, b + dt.timedelta(microseconds=rng.choice([-1, 1])))


def table():
    for make in (relations, storage, lists, dicts, sets, times):
        make()
    lines = [json.dumps(entry, ensure_ascii=True, separators=(",", ":")) for entry in CASES]
    unique = list(dict.fromkeys(lines))
    return '{"made_with":"CPython 3.11","cases":[\n' + ",\n".join(unique) + "\n]}\n", len(unique)


def main():
    if sys.version_info[:2] != (3, 11) or sys.implementation.name != "cpython":
        sys.exit("the table is made with CPython 3.11")
    text, number = table()
    if "--check" in sys.argv[1:]:
        sys.exit(None if PATH.read_text("ascii") == text else f"{PATH} is not what this script writes; run it without --check")
    PATH.write_text(text, "ascii")
    print(f"{number} cases")


main()
