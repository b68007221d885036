from tests.docs.reader import difference


def test_ids_and_times_may_differ() -> None:
    shown = "R-1  2026-05-04 09:00:00  01a20413847f7affaa6303fc2f63dd54\n"
    printed = "R-1    2026-06-01 10:11:12  ffa20413847f7affaa6303fc2f63dd54\n"

    assert not difference(expected=shown, printed=printed)


def test_another_word_is_a_difference() -> None:
    assert difference(expected="3  done\n", printed="2  done\n")


def test_a_line_that_is_missing_is_a_difference() -> None:
    assert difference(expected="one\ntwo\n", printed="one\n")


def test_a_line_that_the_docs_do_not_show_is_a_difference() -> None:
    assert difference(expected="one\n", printed="one\ntwo\n")


def test_left_out_lines_may_say_anything_but_the_others_must_be_there() -> None:
    shown = "one\n…\nthree\n"

    assert not difference(expected=shown, printed="one\ntwo\ntwo\nthree\n")
    assert difference(expected=shown, printed="one\ntwo\n")
