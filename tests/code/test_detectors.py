"""The detectors: what they find in tables with known mistakes, and what they leave alone in good ones."""

from __future__ import annotations

import random
from collections.abc import Sequence

from services.code import detectors
from services.code.detectors.idea import Column, Idea, Table

CITIES = {"10115": "Berlin", "20095": "Hamburg", "80331": "München", "50667": "Köln"}


def look(columns: dict[str, Sequence[str | None]], kinds: dict[str, str] | None = None) -> dict[str, Idea]:
    """The ideas by kind and first column."""
    made = tuple(Column(name, tuple(texts), (kinds or {}).get(name, "text")) for name, texts in columns.items())
    found = detectors.find(Table(made, len(made[0].texts)))
    return {f"{idea.kind}: {idea.columns[0] if idea.columns else ''}": idea for idea in found}


def places(rows: int = 200) -> dict[str, list[str | None]]:
    rng = random.Random(7)
    codes = [rng.choice(list(CITIES)) for _ in range(rows)]
    return {
        "zip": list(codes),
        "city": [CITIES[code] for code in codes],
        "note": [f"note {n} of it" for n in range(rows)],
    }


def test_a_good_table_is_left_alone() -> None:
    assert [idea.title for idea in look(places()).values() if idea.effect != "form"] == []


def test_the_few_that_differ_from_their_group_are_repaired() -> None:
    table = places()
    table["city"][3], table["city"][50] = "Paris", None
    right = [CITIES[str(table["zip"][row])] for row in (3, 50)]
    idea = look(table)["dependency: city"]
    assert idea.cells == ((3, "city"), (50, "city"))
    assert [after for _, _, after in idea.examples] == right
    assert idea.confidence > 0.8


def test_columns_that_do_not_settle_each_other_are_not_used() -> None:
    rng = random.Random(1)
    table = {name: [rng.choice("abcdef") for _ in range(300)] for name in ("x", "y")}
    assert not any(key.startswith("dependency") for key in look(table))
    mostly = {"x": [rng.choice("abc") for _ in range(300)], "y": ["yes" if n % 20 else "no" for n in range(300)]}
    assert not any(key.startswith("dependency") for key in look(mostly))


def test_slips_and_other_ways_of_writing() -> None:
    rng = random.Random(2)
    table = [rng.choice(["New York", "Los Angeles", "Chicago"]) for _ in range(300)]
    wrong = {0: "New Yrok", 1: "Los Angelos", 2: "NEW YORK", 3: "york, new"}
    for row, text in wrong.items():
        table[row] = text
    found = look({"city": table})
    cells = {cell for key, idea in found.items() if key.startswith(("spelling", "cluster")) for cell in idea.cells}
    assert cells == {(row, "city") for row in wrong}


def test_other_names_are_no_slips() -> None:
    rng = random.Random(3)
    names = ["Item A", "Item B", "Team 1", "Team 12", "Niger", "Nigeria", "Austria", "Australia", "Desk", "Desk lamp"]
    table = [*(rng.choice(names) for _ in range(500)), "Item C", "Team 3"]
    assert not any(key.startswith(("spelling", "cluster")) for key in look({"name": table}))


def test_what_is_written_unlike_the_others() -> None:
    table = [f"{n:05}-{n % 7}" for n in range(200)]
    table[5], table[9] = "(see above) 00009-2", "unknown"
    idea = look({"code": table})["format: code"]
    assert {(row, after) for row, _, after in idea.examples} == {(5, None), (9, None)} or idea.cells == (
        (5, "code"),
        (9, "code"),
    )


def test_units_written_in_several_ways_go_and_different_units_stay() -> None:
    same = [f"{n}.5" + random.Random(n).choice([" oz", " OZ.", " oz.", ""]) for n in range(60)]
    assert look({"size": same})["units: size"].examples[0][2] is not None
    mixed = [f"{n} {'kg' if n % 2 else 'g'}" for n in range(60)]
    assert "units: weight" not in look({"weight": mixed})


def test_broken_letters_spaces_and_words_for_nothing() -> None:
    names = ["Jörg", "Zoë", "JosÃ© ", "Ana�s", "n/a", *["Ada", "Bo"] * 10]
    found = look({"name": names})
    assert [cell[0] for cell in found["white space: name"].cells] == [2]
    assert {row for key, idea in found.items() if key == "encoding: name" for row, _ in idea.cells} <= {2, 3}
    assert found["missing words: name"].cells == ((4, "name"),)
    assert found["missing words: name"].effect == "form"


def test_dates_that_can_be_misread() -> None:
    dates = [f"{n % 12 + 1}/{n % 28 + 1}/{70 + n % 30}" for n in range(60)] + ["4/2/15", "3/3/3"]
    assert look({"day": dates})["ambiguous dates: day"].cells == ((60, "day"),)
    clear = [f"{n % 28 + 1}.{n % 12 + 1}.2015" for n in range(60)]
    assert "ambiguous dates: day" not in look({"day": clear})


def test_impossible_values_outliers_duplicates_and_gaps() -> None:
    rng = random.Random(5)
    ages: list[str | None] = [str(rng.randint(18, 80)) for _ in range(100)]
    ages[4], ages[7] = "-3", None
    prices = [f"{rng.gauss(50, 5):.2f}" for _ in range(100)]
    prices[8] = "9999"
    found = look({"age": ages, "price": prices}, {"age": "number", "price": "number"})
    assert found["impossible values: age"].cells == ((4, "age"),)
    assert found["outliers: price"].cells == ((8, "price"),)
    assert found["outliers: price"].step is None
    assert found["missing values: age"].cells == ((7, "age"),)
    twice = look({"a": ["x", "y", "x"], "b": ["1", "2", "1"]})
    assert twice["duplicate rows: "].cells == ((2, "a"),)


def test_hostile_texts_do_no_harm() -> None:
    hostile = ["\x00", "=cmd()", "a" * 10_000, "😀", "‮", "{0}", "%s", "\n", "' OR 1=1", ""] * 4
    for idea in look({"'; import os": hostile, "empty": [None] * 40, "one": ["x"] * 40}).values():
        assert "\n" not in idea.title
        if idea.step:
            compile(idea.step.to_code(), "step", "exec")


def test_values_that_sound_alike_are_for_a_person_to_decide() -> None:
    names = [*["Catherine", "Smith", "Meyer"] * 30, "Kathryn", "Fox", "Wolf", "Lamb"] * 2
    idea = look({"name": names})["cluster: name"]
    assert {before: after for _, before, after in idea.examples} == {"Kathryn": "Catherine"}
    assert idea.step is None
    assert idea.effect == "look"
    codes = [f"K{n % 30}A" for n in range(200)]
    assert "cluster: code" not in look({"code": codes})


def test_same_letters_written_apart_or_doubled() -> None:
    found = look({"city": [*["New Orleans", "Philadelphia", "Boston"] * 40, *["Neworleans", "Philladelphia"] * 12]})
    idea = found["cluster: city"]
    assert {before for _, before, _ in idea.examples} == {"Neworleans", "Philladelphia"}


def test_a_column_of_several_things_can_be_split() -> None:
    rng = random.Random(4)
    places = [
        f"{rng.choice(['Berlin', 'Bonn', 'Kiel', 'Ulm', 'Trier', 'Jena'])}, {rng.choice(['north', 'south'])}"
        for _ in range(100)
    ]
    idea = look({"place": places})["several in one: place"]
    assert idea.options[0][1].model_dump()["at"] == ", "
    assert idea.options[0][1].model_dump()["into"] == 2
    texts = [f"Some words, and more of them {n}" if n % 3 else f"Words {n}" for n in range(100)]
    days = [f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}" for n in range(100)]
    links = [f"https://example.org/{'shop' if n % 2 else 'news'}/{n}" for n in range(100)]
    found = look({"text": texts, "day": days, "link": links, "code": [f"A-{n}" for n in range(100)]})
    assert not [key for key in found if key.startswith("several in one")]


def test_parts_of_a_name_and_of_a_date_can_be_made_one() -> None:
    table = {"FirstName": ["Ada", "Bo"] * 20, "last_name": ["Lake", "Hill"] * 20}
    assert look(table)["parts of one: FirstName"].options[0][1].model_dump()["name"] == "name"
    assert "parts of one: FirstName" not in look({**table, "name": ["Ada Lake", "Bo Hill"] * 20})
    dates = {"Year": ["2023", "2024"] * 20, "Month": ["1", "12"] * 20, "Day": ["5", "31"] * 20}
    kinds = dict.fromkeys(dates, "number")
    assert "parts of one: Year" in look(dates, kinds)
    assert "parts of one: Year" not in look({**dates, "Month": ["1", "13"] * 20}, kinds)


def test_rows_that_are_unusual_together() -> None:
    rng = random.Random(6)
    table = {name: [f"{rng.gauss(0, 1):.3f}" for _ in range(300)] for name in ("a", "b", "c")}
    good = look(table, dict.fromkeys(table, "number"))
    assert not [key for key in good if key.startswith("unusual")]
    table["a"][7], table["b"][7], table["c"][7] = "5", "-5", "5"
    idea = look(table, dict.fromkeys(table, "number"))["unusual rows: a"]
    assert idea.cells == ((7, "a"),)
    assert "5" in idea.examples[0][1]


def test_a_model_is_offered_for_gaps_where_other_columns_may_tell() -> None:
    rng = random.Random(8)
    kinds = [rng.choice(["small", "large"]) for _ in range(100)]
    table = {"size": kinds, "price": ["5" if kind == "small" else "50" for kind in kinds]}
    table["price"][3] = None
    labels = [label for label, _ in look(table, {"price": "number"})["missing values: price"].options]
    assert "Fill by a small model of other columns" in labels
