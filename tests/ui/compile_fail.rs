//! compile-fail: misuse does not build, and the compiler says why. The programs are in `cases/`, a misuse each.
//!
//! | program | what the types forbid |
//! |---|---|
//! | `reference_outlives_turn` | a reference into the region that is used after its turn has ended |
//! | `elements_outlive_turn` | elements of an array, borrowed to be changed, that are used after the turn |
//! | `two_turns_of_one_party` | a second turn while there is a first |
//! | `turn_sent_to_a_thread` | a turn on another thread than the one that took it |
//! | `changed_while_being_read` | writing into bytes while a reading borrow of them lives |
//! | `value_kept_across_a_change` | a value read in place, used after something was changed |
//! | `party_in_two_places` | one party, owned twice |
//! | `record_of_a_union`, `record_with_a_lifetime` | records of types that cannot be loaded |
//! | `record_with_a_foreign_field` | a field of a type that has no form in a region |
//! | `record_with_a_tuple_of_seven`, `record_with_a_map_by_floats` | fields that are almost of a type that has one |
//! | `record_with_a_default_for_nobody`, `record_with_an_unknown_option` | attributes that mean nothing |
//! | `record_field_of_another_type` | a text for a field of numbers |
//! | `fields_of_variants_with_fields` | names of list elements that carry something |
//!
//! Seen red on: a turn whose marker no longer keeps it from being sent (`PhantomData<()>` in `Turn`).
//!
//! The expected messages are short on purpose: another compiler may word them otherwise, and `TRYBUILD=overwrite` writes them
//! anew. What to look at then is only that the *reason* is still the one above.

#[test]
fn misuse_does_not_build() {
    trybuild::TestCases::new().compile_fail("cases/*.rs");
}
