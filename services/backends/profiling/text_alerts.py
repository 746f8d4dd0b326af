"""Alerts about columns of text: damage, white space, spelling, and numbers or dates that were read as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.backends.profiling.damage import is_damaged, mended
from services.backends.profiling.forms import Form, Forms
from services.backends.profiling.look import Look
from services.backends.profiling.spelling import variants
from services.backends.profiling.wording import alert, code, filled, listed, percent, quoted, rows, view
from services.domain import Alert, AlertKind, Comparison, Kind, Remedy, Semantic, Severity

PROSE = 40
"""Mean characters from which text is prose, where spaces and numbers mean nothing."""
SURE = 0.997
"""Share of the values that must be numbers for the rest to be slips of one kind."""
MIXED = 0.002
FEW = 50
"""Different texts up to which a column is a list of names, where a bare number is a stray."""
NUMBER = r"^[^\d+-]{0,4}([-+]?\d[\d.,'’\s]*(?:[eE][-+]?\d+)?)[^\d]{0,10}$"
"""A number with its sign, between a currency and a unit."""
LONGEST_CODE = 15_000
NOT_NUMBERS = frozenset({Semantic.ID, Semantic.POSTCODE, Semantic.PHONE})


def found(look: Look) -> Iterator[Alert]:
    """The alerts of one column of text."""
    if look.kind is not Kind.TEXT or not look.counts:
        return
    yield from _damaged(look)
    mean = (look.facts.lengths or (0, 0.0, 0))[1]
    if mean >= PROSE:
        return
    yield from _padded(look)
    yield from _forms(look)
    if look.facts.semantic not in (Semantic.ID, Semantic.EMAIL, Semantic.URL, Semantic.PHONE):
        yield from _spelling(look)


def _scaled(look: Look, weight: int) -> int:
    """Rows of the whole table for rows of the sample."""
    return max(1, round(weight * look.filled / max(1, sum(look.counts.values()))))


def _damaged(look: Look) -> Iterator[Alert]:
    if not look.scanned.accented:
        return
    broken = {text: number for text, number in look.counts.items() if is_damaged(text)}
    if not broken:
        return
    name, number, remedy = look.name, _scaled(look, sum(broken.values())), _mending(look, broken)
    examples = tuple(text[:200] for text in list(broken)[:5])
    yield alert(
        AlertKind.ENCODING,
        Severity.HIGH,
        [name],
        f"{quoted(name)} holds text in a broken encoding in {rows(number)}.",
        reason="Letters such as Ã¼ come from UTF-8 that was read as Windows-1252 or Latin-1.",
        found=number,
        total=look.sample.total,
        examples=examples,
        view=listed(name, broken),
        remedy=remedy,
        unmended="" if remedy else "The letters are lost for good: read the file again, in its own encoding.",
    )


def _mending(look: Look, broken: Mapping[str, int]) -> Remedy | None:
    known = {text: good for text in list(broken)[:1_000] if (good := mended(text))}
    if not known:
        return None
    lines = (
        "def mend(text):\n"
        '    for encoding in ("cp1252", "latin-1"):\n'
        "        try:\n"
        '            return text.encode(encoding).decode("utf-8")\n'
        "        except (AttributeError, UnicodeError):\n"
        "            continue\n"
        "    return text\n\n"
        f"df[{look.name!r}] = df[{look.name!r}].map(mend)"
    )
    return code(f"Mend the encoding of {quoted(look.name)}", lines)


def _padded(look: Look) -> Iterator[Alert]:
    padded = look.scanned.padded
    if not padded:
        return
    name = look.name
    yield alert(
        AlertKind.WHITE_SPACE,
        Severity.MEDIUM,
        [name],
        f"{quoted(name)} has spaces around the text, or several inside, in {rows(padded)}.",
        reason="“West” and “West ” look alike and are counted apart.",
        found=padded,
        total=look.sample.total,
        view=view((name, Comparison.PADDED, "")),
        remedy=code(
            f"Tidy the spaces in {quoted(name)}",
            f'df[{name!r}] = df[{name!r}].str.strip().str.replace(r"\\s+", " ", regex=True)',
        ),
    )


def _spelling(look: Look) -> Iterator[Alert]:
    changes = variants(look.counts)
    if not changes:
        return
    name = look.name
    number = _scaled(look, sum(look.counts[wrong] for wrong in changes))
    lines = f"df[{name!r}] = df[{name!r}].replace({changes!r})"
    is_short = len(lines) < LONGEST_CODE
    yield alert(
        AlertKind.SPELLING,
        Severity.MEDIUM,
        [name],
        f"{quoted(name)} spells {len(set(changes.values())):,} of its values in more than one way ({rows(number)}).",
        reason="Values that differ in case, punctuation or one letter only are counted as different groups.",
        found=number,
        total=look.sample.total,
        examples=tuple(f"{wrong} → {right}"[:200] for wrong, right in list(changes.items())[:5]),
        view=listed(name, changes),
        remedy=code(f"Write those values of {quoted(name)} in one way", lines) if is_short else None,
        unmended="" if is_short else "These are too many for one step: mend the most frequent on the Clean page.",
    )


def _forms(look: Look) -> Iterator[Alert]:
    """Numbers, dates and units in text, and what does not fit among them."""
    forms = Forms.of(look.counts)
    if forms.judged < 5 or look.facts.semantic in NOT_NUMBERS:
        return
    if forms.share(Form.DATE) >= 0.95 and look.facts.distinct > 1:
        yield _dates(look, forms)
    elif forms.units_share >= 0.9 and len(forms.main_units) > 1:
        yield _unit_mix(look, forms)
    elif forms.share(Form.NUMBER) >= SURE and not forms.has_leading_zeros:
        yield _numbers(look, forms)
    elif not forms.has_leading_zeros:
        yield from _mixed(look, forms)


def _dates(look: Look, forms: Forms) -> Alert:
    name = look.name
    return alert(
        AlertKind.DATES_AS_TEXT,
        Severity.MEDIUM,
        [name],
        f"{quoted(name)} holds dates as text ({percent(forms.share(Form.DATE))} of the values).",
        reason="As text they cannot be put in order, grouped by month, or subtracted.",
        found=_scaled(look, forms.weight[Form.DATE]),
        total=look.sample.total,
        view=filled(name),
        remedy=_date_remedy(name, forms),
    )


def _date_remedy(name: str, forms: Forms) -> Remedy:
    label = f"Read {quoted(name)} as dates"
    if forms.compact_dates:
        return code(label, f'df[{name!r}] = pd.to_datetime(df[{name!r}], format="%Y%m%d", errors="coerce")')
    step = {"kind": "cast", "column": name, "to": "date", "unreadable": "missing"}
    return Remedy(label=label, step=dict(step))


def _numbers(look: Look, forms: Forms) -> Alert:
    name = look.name
    return alert(
        AlertKind.NUMBERS_AS_TEXT,
        Severity.MEDIUM,
        [name],
        f"{quoted(name)} holds numbers as text ({percent(forms.share(Form.NUMBER))} of the values).",
        reason="As text they cannot be added, averaged or put in order.",
        found=_scaled(look, forms.weight[Form.NUMBER]),
        total=look.sample.total,
        view=filled(name),
        remedy=_number_remedy(name, forms),
    )


def _number_remedy(name: str, forms: Forms) -> Remedy:
    point, marks = (",", r"[.'’\s]") if forms.has_decimal_comma else (".", r"[,'’\s]")
    lines = [
        f"before = df[{name!r}].notna().sum()",
        f'text = df[{name!r}].str.extract({NUMBER!r}, expand=False).str.replace({marks!r}, "", regex=True)',
        f'df[{name!r}] = pd.to_numeric(text.str.replace({point!r}, ".", regex=False), errors="coerce")',
        f"lost = before - df[{name!r}].notna().sum()",
        'if lost:\n    print(f"{lost:,} values are no numbers and are missing now.")',
    ]
    return code(f"Read {quoted(name)} as numbers", "\n".join(lines))


def _unit_mix(look: Look, forms: Forms) -> Alert:
    name, units = look.name, forms.main_units
    number = _scaled(look, sum(list(units.values())[1:]))
    return alert(
        AlertKind.UNIT_MIX,
        Severity.HIGH,
        [name],
        f"{quoted(name)} holds numbers in {len(units)} units; {rows(number)} are not in the most frequent one.",
        reason="Numbers in different units cannot be compared or added.",
        found=number,
        total=look.sample.total,
        examples=tuple(units)[:5],
        view=view((name, Comparison.CONTAINS, list(units)[1])),
        remedy=code(
            f"Split {quoted(name)} into number and unit",
            f'df[{name + " unit"!r}] = df[{name!r}].str.extract(r"([^\\d\\s.,+-]+)", expand=False)\n'
            f'number = df[{name!r}].str.extract(r"([-+]?\\d[\\d.]*)", expand=False)\n'
            f'df[{name!r}] = pd.to_numeric(number, errors="coerce")',
        ),
    )


def _mixed(look: Look, forms: Forms) -> Iterator[Alert]:
    numbers = forms.share(Form.NUMBER)
    is_numeric = 0.5 <= numbers < SURE
    is_words = forms.wordy_share >= 0.9 or (numbers < 0.25 and forms.other_values <= FEW)
    is_texts = MIXED <= numbers < 0.5 and is_words and forms.weight[Form.NUMBER] > 1
    if not (is_numeric or is_texts):
        return
    name = look.name
    odd = Form.OTHER if is_numeric else Form.NUMBER
    few = _scaled(look, forms.weight[odd])
    yield alert(
        AlertKind.MIXED_TYPES,
        Severity.HIGH if is_numeric else Severity.MEDIUM,
        [name],
        f"{quoted(name)} mixes numbers and text: {rows(few)} are {'no numbers' if is_numeric else 'numbers'}.",
        reason="One column should hold one kind of value; a few strays keep it from being counted or grouped.",
        found=few,
        total=look.sample.total,
        examples=tuple(text[:200] for text in forms.examples[odd]),
        view=listed(name, forms.strays[odd]) if forms.strays[odd] else filled(name),
        remedy=_number_remedy(name, forms) if is_numeric else _no_numbers(name),
    )


def _no_numbers(name: str) -> Remedy:
    lines = f'df[{name!r}] = df[{name!r}].mask(pd.to_numeric(df[{name!r}], errors="coerce").notna())'
    return code(f"Make the numbers in {quoted(name)} missing", lines)
