"""Which columns code can touch: exactly those where it is certain, all where it is not."""

from __future__ import annotations

import ast

import pytest

from sandbox import touched

KNOWN = ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("df['a'].mean()", ["a"]),
        ("df[['c', 'a']]", ["a", "c"]),
        ("df.groupby('a')['b'].mean()", ["a", "b"]),
        ("df.groupby(['a', 'd'], as_index=False)['b'].mean()", ["a", "b", "d"]),
        ("df.groupby(by='a')[['b', 'c']].sum()", ["a", "b", "c"]),
        ("df.groupby('a').size()", ["a"]),
        ("df.groupby('a').agg(x=('b', 'sum'))", ["a", "b"]),
        ("df.groupby('a').agg({'b': 'sum', 'c': ['min', 'max']})", ["a", "b", "c"]),
        ("df[df['a'] > 3]['b'].sum()", ["a", "b"]),
        ("df[(df['a'] > 3) & ~df['c'].isna()]['b']", ["a", "b", "c"]),
        ("len(df)", []),
        ("df['a'].sum() + sql('select b from df')['b'].sum()", ["a"]),
        ("1 + 1", []),
        ("px.bar(df.groupby('a')['b'].sum())", ["a", "b"]),
    ],
)
def test_certain(code: str, expected: list[str]) -> None:
    assert touched.columns(ast.parse(f"result = {code}"), "df", KNOWN) == expected


@pytest.mark.parametrize(
    "code",
    [
        "df",
        "df.describe()",
        "df.a.mean()",
        "df['typo']",
        "df[name]",
        "df[names]['b']",
        "df[df['a'] > 3]",
        "df.groupby('a').mean()",
        "df.groupby(df['a'])['b'].mean()",
        "df.groupby('a', as_index=False).agg(f)",
        "df.groupby('a').agg(x=f)",
        "px.bar(df, x='a', y='b')",
        "df.query('a > 1')['b']",
        "eval('df')['a'] + df['b']",
        "locals()['df']['a'] + df['b']",
        "duckdb.sql('select c from df') and df['b']",
        "pd.eval('df.c') + df['a']",
        "[df['a'], lambda: globals()]",
    ],
)
def test_uncertain(code: str) -> None:
    assert touched.columns(ast.parse(f"result = {code}"), "df", KNOWN) is None


def test_changing_the_table_needs_all_of_it() -> None:
    assert touched.columns(ast.parse("df['new'] = df['a']\nresult = df['new']"), "df", KNOWN) is None
    assert touched.columns(ast.parse("import duckdb\nresult = df['a']"), "df", KNOWN) is None
