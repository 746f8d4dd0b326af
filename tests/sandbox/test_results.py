"""Every kind of result comes back as the output it should be."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from sandbox import Figure, Image, RunResult, RunStatus, Table, Text, Value
from tests.sandbox.conftest import Run


def rows(result: RunResult, place: int = 0) -> list[dict[str, object]]:
    output = result.outputs[place]
    assert isinstance(output, Table), result
    return pa.ipc.open_stream(output.arrow).read_all().to_pylist()


def value(result: RunResult) -> object:
    assert result.status is RunStatus.OK, result
    assert isinstance(result.outputs[0], Value), result
    return result.outputs[0].value


def test_frame(run: Run) -> None:
    result = run("result = df.groupby('region', as_index=False)['units'].sum()")
    assert rows(result) == [
        {"region": "east", "units": 4},
        {"region": "north", "units": 4},
        {"region": "south", "units": 8},
    ]
    assert result.outputs[0].total_rows == 3


def test_series_takes_its_index_along(run: Run) -> None:
    assert rows(run("result = df.groupby('product')['price'].mean()"))[0] == {"product": "jam", "price": 4.5}


def test_named_levels_become_leading_columns(run: Run) -> None:
    result = run("result = df.groupby(['region', 'product'])['units'].agg(['sum', 'max'])")
    assert result.outputs[0].columns == ("region", "product", "sum", "max")


def test_plain_integer_index_is_dropped(run: Run) -> None:
    assert run("result = df[df['units'] > 3][['units']]").outputs[0].columns == ("units",)


def test_unnamed_text_index_is_kept(run: Run) -> None:
    assert run("result = df[['units']].describe()").outputs[0].columns == ("index", "units")


def test_compound_and_repeated_names_become_unique_text(run: Run) -> None:
    result = run("result = df.groupby('region').agg({'units': ['sum', 'max']})")
    assert result.outputs[0].columns == ("region", "units_sum", "units_max")
    result = run("t = df[['units', 'units', 'price']].copy(); t.columns = ['a', 'a', 3]; result = t")
    assert result.outputs[0].columns == ("a", "a (2)", "3")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("result = 3", 3),
        ("result = 2.5", 2.5),
        ("result = True", True),
        ("result = None", None),
        ("result = np.int64(7)", 7),
        ("result = np.float32(0.5)", 0.5),
        ("result = np.bool_(True)", True),
        ("result = df['price'].mean()", 2.65),
        ("result = float('nan')", None),
        ("result = pd.NaT", None),
        ("result = float('inf')", "inf"),
        ("result = 10**30", str(10**30)),
        ("result = df['day'].max()", "2024-03-02T00:00:00"),
        ("result = np.datetime64('2024-05-06')", "2024-05-06T00:00:00"),
        ("result = df['day'].max() - df['day'].min()", "61 days 00:00:00"),
        ("import datetime\nresult = datetime.date(2024, 1, 2)", "2024-01-02"),
        ("result = pd.Period('2024-03')", "2024-03"),
        ("from decimal import Decimal\nresult = Decimal('1.5')", 1.5),
        ("result = [1, 'a', None]", [1, "a", None]),
        ("result = (1, 2)", [1, 2]),
        ("result = {2, 1}", [1, 2]),
        ("result = {'mean': np.float64(1.5), 'n': 3}", {"mean": 1.5, "n": 3}),
        ("result = {('a', 1): 2}", {"a / 1": 2}),
        ("result = np.array(5)", 5),
    ],
)
def test_scalars_lists_and_dicts(run: Run, code: str, expected: object) -> None:
    assert value(run(code)) == expected


def test_text(run: Run) -> None:
    assert run("result = 'Tea sells best.'").outputs == (Text(text="Tea sells best."),)


def test_arrays_and_indexes_become_tables(run: Run) -> None:
    assert rows(run("result = np.array([1.5, 2.5])")) == [{"value": 1.5}, {"value": 2.5}]
    assert rows(run("result = np.array([[1, 2], [3, 4]])")) == [{"0": 1, "1": 2}, {"0": 3, "1": 4}]
    assert rows(run("result = df['product'].unique()"))[0] == {"value": "tea"}
    assert rows(run("result = df.columns"))[0] == {"0": "region"}


def test_plotly_figure(run: Run) -> None:
    result = run("result = px.bar(df.groupby('product', as_index=False)['units'].sum(), x='product', y='units')")
    assert isinstance(result.outputs[0], Figure)
    figure = json.loads(result.outputs[0].json_text)
    assert figure["data"][0]["type"] == "bar"
    assert figure["data"][0]["y"] == [6, 7, 8]
    assert figure["data"][0]["x"] == ["jam", "milk", "tea"]


@pytest.mark.parametrize("last", ["result = fig", "result = ax", "result = np.array([ax])"])
def test_matplotlib_figure_becomes_an_image(run: Run, last: str) -> None:
    result = run(f"import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot(df['units'])\n{last}")
    assert result.status is RunStatus.OK, result
    assert isinstance(result.outputs[0], Image)
    assert result.outputs[0].png.startswith(b"\x89PNG")


def test_dict_of_outputs_keeps_names_and_order(run: Run) -> None:
    result = run("result = {'answer': 'Six.', 'table': df.head(2), 'chart': px.line(df, x='day', y='units'), 'n': 6}")
    assert [(output.kind, output.name) for output in result.outputs] == [
        ("text", "answer"),
        ("table", "table"),
        ("figure", "chart"),
        ("value", "n"),
    ]


def test_answer_alone_is_text(run: Run) -> None:
    assert run("result = {'answer': 'Six.'}").outputs == (Text(name="answer", text="Six."),)


def test_list_of_outputs(run: Run) -> None:
    assert [output.kind for output in run("result = [df.head(1), 5, 'x']").outputs] == ["table", "value", "text"]


def test_odd_columns_become_text(run: Run) -> None:
    code = (
        "result = pd.DataFrame({'c': df['product'].astype('category'), 'p': df['day'].dt.to_period('M'),"
        " 'mixed': [1, 'a', None, 2.5, [1], {}], 'cut': pd.cut(df['units'], 2), 'z': [1j] * 6, 'b': [b'x'] * 6})"
    )
    first = rows(run(code))[0]
    assert first["c"] == "tea"
    assert first["p"] == "2024-01"
    assert first["mixed"] == "1"
    assert first["z"] == "1j"
    assert first["b"] == "x"
    assert str(first["cut"]).startswith("(")


def test_long_table_says_how_long_it_was(run: Run) -> None:
    output = run("result = pd.DataFrame({'a': range(1000)})", rows=10).outputs[0]
    assert isinstance(output, Table)
    assert (output.rows, output.total_rows) == (10, 1000)


def test_empty_tables(run: Run) -> None:
    output = run("result = df[df['units'] > 99]").outputs[0]
    assert isinstance(output, Table)
    assert (output.rows, len(output.columns)) == (0, 6)
    assert run("result = pd.DataFrame()").outputs[0].columns == ()


def test_styled_table_becomes_its_data(run: Run) -> None:
    assert run("result = df.head(2).style.format(precision=1)").outputs[0].rows == 2


def test_columns_are_plain_numpy(run: Run) -> None:
    kinds = value(run("result = {name: str(kind) for name, kind in df.dtypes.items()}"))
    assert kinds == {
        "region": "str",
        "product": "str",
        "price": "float64",
        "units": "int64",
        "day": "datetime64[us]",
        "paid": "bool",
    }


def test_table_can_be_changed_in_place(run: Run) -> None:
    code = "df.at[0, 'units'] = 100\ndf.loc[1, 'price'] = 9.0\ndf.iloc[2, 5] = False"
    code += "\ndf['new'] = df['units'] * 2\nresult = df"
    first = rows(run(code))
    assert (first[0]["units"], first[1]["price"], first[2]["paid"], first[0]["new"]) == (100, 9.0, False, 200)


def test_runs_do_not_see_each_other(run: Run) -> None:
    run("pd.leak = 1\nimport builtins\nbuiltins.leak = 2\nresult = 1")
    assert value(run("import builtins\nresult = [hasattr(pd, 'leak'), hasattr(builtins, 'leak')]")) == [False, False]


def test_same_code_gives_the_same_sample(run: Run) -> None:
    code = "import random\nresult = [int(df.sample(1)['units'].iloc[0]), random.random(), float(np.random.rand())]"
    assert value(run(code)) == value(run(code))


def test_what_is_passed_on_is_clean(run: Run) -> None:
    heard: list[str] = []
    result = run("print('a\\x1b[2J\\u202eb')\nresult = 1", heard.append)
    assert "".join(heard) == result.stdout == "ab\n"
