"""The steps of `benchmarks.recipe` as somebody would write them by hand; imports nothing of ours.

`python recipe.py pandas|polars SOURCE.parquet TARGET.parquet`
"""

import sys


def pandas(source, target):
    import pandas as pd

    df = pd.read_parquet(source).rename(columns={"cust": "customer"})
    df["region"], df["status"] = df["region"].str.strip(), df["status"].str.strip().str.lower()
    df["region"] = df["region"].replace({"N.": "North", "S.": "South"})
    df["price"] = df["price"].fillna(df["price"].median()).round(1)
    df["units"] = df["units"].clip(1, 50)
    df["day year"], df["day month"] = df["day"].dt.year, df["day"].dt.month
    df = df[df["status"] != "void"].drop(columns="note")
    df.to_parquet(target, index=False, compression="zstd")


def polars(source, target):
    import polars as pl

    text = pl.col("region", "status").str.strip_chars()
    region, price = pl.col("region").replace({"N.": "North", "S.": "South"}), pl.col("price")
    made = (
        pl.scan_parquet(source)
        .rename({"cust": "customer"})
        .with_columns(text)
        .with_columns(pl.col("status").str.to_lowercase(), region, price.fill_null(price.median()))
        .with_columns(pl.col("price").round(1), pl.col("units").clip(1, 50))
        .with_columns(pl.col("day").dt.year().alias("day year"), pl.col("day").dt.month().alias("day month"))
        .filter(pl.col("status") != "void")
        .drop("note")
    )
    made.sink_parquet(target, compression="zstd")


{"pandas": pandas, "polars": polars}[sys.argv[1]](*sys.argv[2:])
