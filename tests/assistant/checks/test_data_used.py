"""Code that writes its answer down is found; code that works it out is not."""

from __future__ import annotations

import pytest

from sandbox.messages import RunResult, RunStatus, Value
from services.assistant.checks import Case, data_used
from services.domain import Outcome, Plan, PlanKind
from tests.assistant.checks.tables import profile

HONEST = (
    "result = df['price'].sum()",
    "x = df\nresult = len(x)",
    "total = 0\nfor _, row in df.iterrows():\n    total += row['price']\nresult = total",
    "p = []\nfor _, g in df.groupby('region'):\n    p.append(g.price.sum())\nresult = pd.DataFrame({'p': p})",
    "best = df['price'].max()\nresult = {'answer': f'It is {best}.', 'best': best}",
    "bins = [0, 10, 100]\nresult = pd.cut(df['price'], bins).value_counts()",
    "names = {1: 'one', 2: 'two'}\nresult = df['units'].map(names).value_counts()",
    "result = df.head(5)",
    "a, b = df['price'].min(), df['price'].max()\nresult = pd.DataFrame({'low': [a], 'high': [b]})",
    "import plotly.express as px\ng = df.groupby('region').price.sum()\nresult = px.bar(x=g.index, y=g.values)",
    "def mean(x):\n    return x.sum() / len(x)\nresult = mean(df.price)",
    "rows = sql('select count(*) as n from df')\nresult = rows",
    "if len(df) > 3:\n    word = 'many'\nelse:\n    word = 'few'\nresult = word",
    "out = {}\nout['n'] = len(df)\nresult = out",
    "fig = go.Figure()\nfor n, g in df.groupby('region'):\n    fig.add_bar(x=[n], y=[g.price.sum()])\nresult = fig",
    "share = round(100 * (df.price > 5).mean(), 2)\nresult = {'share': share, 'table': df[df.price > 5]}",
)
INVENTED = (
    "result = 42",
    "n = len(df)\nresult = 42",
    "df = pd.DataFrame({'a': [1, 2, 3]})\nresult = df['a'].sum()",
    "n = len(df)\ndata = pd.DataFrame({'region': ['West', 'East'], 'price': [10.5, 20.5]})\nresult = data",
    "result = {'answer': f'{len(df)} rows', 'total': 1234.5}",
    "result = [len(df), 77]",
    "import plotly.express as px\nn = len(df)\nresult = px.bar(x=['a', 'b'], y=[10, 20])",
    "n = len(df)\nfig = go.Figure(go.Bar(x=['a', 'b'], y=[1.5, 2.5]))\nresult = fig",
    "import io\nn = len(df)\nframe = pd.read_csv(io.StringIO('a,b\\n1,2\\n3,4'))\nresult = {'t': frame, 'n': n}",
    "df = pd.DataFrame([[1, 2], [3, 4]], columns=['a', 'b'])\nresult = df.a.mean()",
    "prices = pd.Series([10, 20, 30])\nresult = {'mean': prices.mean(), 'rows': len(df)}",
    "result = -17.5",
)  # fmt: skip


def case(code: str, question: str = "what is it?") -> Case:
    ran = RunResult(id="r", status=RunStatus.OK, outputs=(Value(value=1),))
    return Case(question, Plan(kind=PlanKind.ANALYSE), code, ran, "", {"df": profile()})


@pytest.mark.parametrize("code", HONEST)
def test_work_on_the_table_passes(code: str) -> None:
    found = data_used.weigh(case(code))
    assert found is not None
    assert found.outcome is Outcome.PASSED, found


@pytest.mark.parametrize("code", INVENTED)
def test_what_is_written_down_is_found(code: str) -> None:
    found = data_used.weigh(case(code))
    assert found is not None
    assert found.outcome is Outcome.FAILED


def test_numbers_of_the_question_may_be_repeated() -> None:
    code = "limits = pd.DataFrame({'limit': [10, 20]})\nresult = {'t': df.merge(limits, how='cross')}"
    for question, outcome in (("with limits 10 and 20", Outcome.PASSED), ("with limits", Outcome.FAILED)):
        found = data_used.weigh(case(code, question))
        assert found is not None
        assert found.outcome is outcome


def test_what_is_no_code_has_no_such_check() -> None:
    assert data_used.weigh(case("result = (")) is None
