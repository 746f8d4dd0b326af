"""Code with planted mistakes, and the same without: order of rows, and joins. Written before the checks."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import pandas as pd


def sales(seed: int) -> pd.DataFrame:
    """Sales in no order, with distinct prices and days."""
    lot = np.random.default_rng(seed)
    rows = int(lot.integers(40, 300))
    days = pd.Timestamp("2023-01-01") + pd.to_timedelta(lot.choice(720, rows, replace=rows > 720), unit="D")
    return pd.DataFrame(
        {
            "day": days,
            "region": lot.choice(["West", "East", "North", "South"], rows),
            "customer": lot.integers(1, 12, rows),
            "units": lot.integers(1, 50, rows),
            "price": np.round(lot.gamma(2.0, 30.0, rows), 2) + np.arange(rows) / 1e4,
        }
    )


ORDER_BUGS = (
    "t = df.groupby('region')['price'].first().reset_index()\nresult = t",
    "t = df.groupby('region', as_index=False).last()[['region', 'price']]\nresult = t",
    "result = df.head({n})[['region', 'price']]",
    "result = float(df['price'].head({n}).mean())",
    "t = df.assign(total=df['price'].cumsum())\nresult = t[['day', 'total']]",
    "t = df.assign(change=df['price'].diff())\nresult = float(t['change'].abs().mean())",
    "t = df.assign(before=df['price'].shift(1))\nresult = float((t['price'] > t['before']).mean())",
    "result = float(df['price'].rolling({n}).mean().max())",
    "result = float(df['price'].pct_change().max())",
    "result = df.drop_duplicates('customer')[['customer', 'price']].reset_index(drop=True)",
    "result = float(df['price'].iloc[-1] - df['price'].iloc[0])",
    "result = float(df.iloc[{n}]['price'])",
    "top = df['price'].sort_values(ascending=False).values\nresult = float((top * df['units'].values).sum())",
    "t = df.groupby('customer').tail(1)\nresult = float(t['price'].sum())",
    "t = df.groupby('region')['price'].nth(0)\nresult = float(t.sum())",
    "t = df.assign(ewm=df['price'].ewm(span={n}).mean())\nresult = float(t['ewm'].iloc[-1])",
    "t = df.set_index('customer')['price']\nresult = float(t[~t.index.duplicated()].sum())",
    "best, last = 0.0, 0.0\nfor p in df['price']:\n    best, last = best + max(0.0, p - last), p\nresult = float(best)",
    "t = df.assign(rank=range(1, len(df) + 1))\nresult = float((t['rank'] * t['price']).sum() / len(t))",
    "half = len(df) // 2\nresult = [float(df['price'][:half].mean()), float(df['price'][half:].sum())]",
    "result = df[['region', 'price']].iloc[::2].groupby('region', as_index=False)['price'].sum()",
    "import plotly.express as px\nresult = px.line(df.head({n}), x='day', y='price')",
)  # fmt: skip

ORDER_SAFE = (
    "result = df.groupby('region', as_index=False)['price'].mean()",
    "t = df.sort_values(['day', 'price'])\nt['total'] = t['price'].cumsum()\nresult = t[['day', 'total']]",
    "result = float(df['price'].median())",
    "result = df[df['price'] > {n}]",
    "result = df.nlargest({n}, 'price')[['region', 'price']]",
    "t = df.groupby(df['day'].dt.strftime('%Y-%m'))['price'].sum().reset_index()\nresult = t",
    "result = int(df['customer'].nunique())",
    "t = df.groupby('region')['price'].agg(['min', 'max', 'std']).reset_index()\nresult = t",
    "result = {{'mean': float(df['price'].mean()), 'n': len(df)}}",
    "t = df.groupby('customer')['price'].sum()\nresult = {{'answer': f'It is {{t.idxmax()}}.', 't': float(t.max())}}",
    "result = float(df['price'].corr(df['units']))",
    "import plotly.express as px\nt = df.groupby('region')['price'].sum()\nresult = px.bar(x=t.index, y=t.to_numpy())",
    "import plotly.express as px\nresult = px.scatter(df, x='units', y='price')",
    "t = df.sort_values(['day', 'price']).drop_duplicates('customer')\nresult = t[['customer', 'price']]",
    "result = df['region'].value_counts().reset_index()",
)  # fmt: skip


def order_case(seed: int, bug: bool) -> str:
    """Code about `sales`, with or without a mistake that hangs on the order of its rows."""
    lot = random.Random(seed)
    return lot.choice(ORDER_BUGS if bug else ORDER_SAFE).format(n=lot.randint(3, 9))


@dataclass(frozen=True)
class Joined:
    """Two tables, code that joins them, and what is wrong with that ("" for nothing)."""

    frames: dict[str, pd.DataFrame]
    code: str
    defect: str


DEFECTS = (
    "many to many", "repeated on the right", "orphans", "all orphans", "missing on the left", "missing on both",
    "spaces", "letters", "lost rows", "repeated once",
)  # fmt: skip


def join_case(seed: int, defect: str) -> Joined:
    """Orders and customers, joined in one of the usual ways."""
    lot = np.random.default_rng(seed)
    people = int(lot.integers(8, 60))
    keys = [f"C{n:03}" for n in range(people)]
    right = pd.DataFrame({"customer": keys, "city": lot.choice(["Rome", "Oslo", "Bern"], people)})
    rows = int(lot.integers(people, 300))
    left = pd.DataFrame({"customer": lot.choice(keys, rows), "amount": np.round(lot.gamma(2, 50, rows), 2)})
    left.loc[: people - 1, "customer"] = keys
    left, right = _broken(left, right, defect, lot)
    own, name = bool(lot.integers(2)), "id" if lot.integers(2) else "customer"
    right = right.rename(columns={"customer": name})
    on = "on='customer'" if name == "customer" else f"left_on='customer', right_on='{name}'"
    how = "inner" if defect == "lost rows" else str(lot.choice(["left", "inner"]))
    call = f"df.merge(other, {on}, how='{how}')" if own else f"pd.merge(df, other, {on}, how='{how}')"
    if name == "customer" and how == "left" and lot.integers(3) == 0:
        call = "df.join(other.set_index('customer'), on='customer')"
    return Joined(
        {"df": left, "other": right}, f"t = {call}\nresult = t.groupby('city', as_index=False)['amount'].sum()", defect
    )


def _broken(
    left: pd.DataFrame, right: pd.DataFrame, defect: str, lot: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    some = lot.choice(len(right), max(1, len(right) // 5), replace=False)
    orders = lot.choice(len(left), max(1, len(left) // 10), replace=False)
    if defect in ("many to many", "repeated on the right"):
        right = pd.concat([right, right.iloc[some]], ignore_index=True)
    elif defect == "repeated once":
        right = pd.concat([right, right.iloc[[0]]], ignore_index=True)
    elif defect in ("orphans", "lost rows"):
        right = right.drop(index=some).reset_index(drop=True)
    elif defect == "all orphans":
        left["customer"] = "X" + left["customer"]
    elif defect == "missing on the left":
        left.loc[orders, "customer"] = None
    elif defect == "missing on both":
        left.loc[orders, "customer"] = None
        right.loc[some[:1], "customer"] = None
    elif defect == "spaces":
        left.loc[orders, "customer"] = left.loc[orders, "customer"] + " "
    elif defect == "letters":
        left.loc[orders, "customer"] = left.loc[orders, "customer"].str.lower()
    return left, right
