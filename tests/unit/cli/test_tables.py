"""Tables on a terminal."""

from deskhand.cli.surroundings import columns, table_lines


def test_columns_stand_below_each_other_in_any_script() -> None:
    rows = [("李小龍", "open"), ("Zoe\u0308", "taken"), ("Ann Lee", "closed")]

    _, _, *lines = table_lines(("with", "state"), rows)

    starts = {
        columns(line[: line.index(state)]) for line, (_, state) in zip(lines, rows, strict=True)
    }
    assert starts == {9}


def test_a_cell_steers_no_terminal() -> None:
    *_, line = table_lines(("code",), [("\x1b[2J\u202e\x9b1m",)])

    assert line == "?[2J??1m"
