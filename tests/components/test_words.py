"""Words for the screen: other people's text stays text, and numbers read well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from components import words

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def shown(text: str) -> str:
    """What the page shows of the Markdown: every escaped character, without the invisible joiners."""
    return text.replace("\\\\", "\0").replace("\\", "").replace("\0", "\\").replace("\u2060", "")


@pytest.mark.parametrize(
    "text",
    [
        "![x](https://evil.example/x.png)",
        "price ($) per m² [EUR] **net**",
        ":red[x] :material/home: :smile:",
        "<img src=x> &amp; `code` ~a~",
        "a \\ b",
        "# not a heading",
        "10:30 -> 11:00",
    ],
)
def test_a_label_shows_the_text_itself(text: str) -> None:
    assert shown(words.literal(text)) == text


def test_a_label_escapes_every_mark() -> None:
    marks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
    assert words.literal(marks).replace("\u2060", "") == "".join("\\" + mark for mark in marks)


@pytest.mark.parametrize("text", ["https://a.example", "www.a.example", "me@a.example", ":smile:", "a -> b"])
def test_what_would_come_alive_without_marks_is_joined(text: str) -> None:
    assert "\u2060" in words.literal(text)


def test_a_label_is_one_short_line() -> None:
    assert words.literal("a\n b\t\tc") == "a b c"
    assert shown(words.literal("x" * 500, 20)) == "x" * 19 + "…"


def test_controls_and_reordering_are_dropped() -> None:
    assert words.clean("a\x1b[31m\u202eb\x00\nc\td\r\n") == "a[31mb\nc\td\n"


@pytest.mark.parametrize(
    ("amount", "said"), [(0, "1 kB"), (12_400, "12 kB"), (3_400_000, "3.4 MB"), (2_100_000_000, "2.1 GB")]
)
def test_sizes(amount: int, said: str) -> None:
    assert words.size(amount) == said


@pytest.mark.parametrize(("amount", "said"), [(0.123, "0.12 s"), (4.56, "4.6 s"), (61.2, "61 s")])
def test_seconds(amount: float, said: str) -> None:
    assert words.seconds(amount) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(1704, "1,704"), (3.14159, "3.14"), (1234567.0, "1,234,567"), (0.000123, "0.000123"), (-2.5, "-2.50"), (0, "0")],
)
def test_numbers(value: float, said: str) -> None:
    assert words.number(value) == said


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5, minutes=50), "5 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=59), "01 Jan 2026"),
    ],
)
def test_ago(passed: timedelta, said: str) -> None:
    assert words.ago(NOW - passed, NOW) == said
    assert words.ago((NOW - passed).replace(tzinfo=None), NOW) == said


def test_shape() -> None:
    assert words.shape(1704, 1) == "1,704 rows × 1 column"


def test_options_of_a_choice_never_share_a_label() -> None:
    names = ["orders", "sales", "ord\u200fers", "orders (2)", "orders", None, "None"]
    options = [*enumerate(names)]
    say = words.telling(options, lambda each: words.clean(each[1] or "None"))
    assert [say(each) for each in options] == [
        *("orders", "sales", "orders (2)", "orders (2) (2)", "orders (3)", "None", "None (2)")
    ]
    assert say((9, "typed anew")) == "typed anew"
    assert [words.optional([None, "None", "a"])(each) for each in (None, "None", "a")] == ["None", "None (2)", "a"]
    assert words.named(["a", "a\u202e"])("a\u202e") == "a (2)"
