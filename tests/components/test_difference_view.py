"""What a step would do, drawn: the numbers it moves, and what it breaks."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def draw() -> None:
    from components import difference_view
    from services.domain import Change, Changes, Consequence, Difference, Effect

    moved = Changes(
        listed=(
            Change(place="revenue, quarter Q3", before=1000, after=982),
            Change(place="share", before=0.5, after=None),
            Change(place="*note*", before="a", after="b"),
            Change(place="never drawn", before=1, after=2),
        ),
        total=4,
        notes=("The chart shows other numbers.",),
    )
    told = (
        Consequence(name="steady"),
        Consequence(name="Revenue [x](http://evil)", is_pin=True, changes=moved),
        Consequence(name="broken", problem="KeyError: 'units'"),
    )
    effect = Effect(
        sentence="Drop 2 rows", code="df = df", difference=Difference(rows_before=5, rows_after=3), consequences=told
    )
    difference_view.effect(effect)


def test_numbers_that_move_come_first_with_their_share() -> None:
    app = AppTest.from_function(draw).run()
    assert not app.exception
    lines = [each.value for each in app.markdown]
    [moved] = [line for line in lines if "Revenue" in line]
    assert "1,000 → **982** (-1.8%)" in moved
    assert "0.5 → **missing**" in moved
    assert "1 more" in moved
    assert "The chart shows other numbers" in moved
    assert "never drawn" not in moved
    assert "[x](http" not in moved
    order = [next(n for n, line in enumerate(lines) if word in line) for word in ("Revenue", "broken", "steady")]
    assert order == sorted(order)
    assert "can no longer be worked out" in lines[order[1]]
    assert "KeyError" in app.caption[-1].value
