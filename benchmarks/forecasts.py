"""How right forecasts are beside seasonal naive, how often intervals hold what came, and how long a series takes.

`python -m benchmarks.forecasts [--cases 60] [--seed N] [--method automatic] [--rival PYTHON]`; `--rival` names the
Python of an environment with statsforecast, whose AutoARIMA then forecasts the same series.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import secrets
import subprocess
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sandbox import Limits, RunRequest, RunResult, Sandbox
from sandbox.messages import RunStatus, Table, Value
from services.code import analyses

STEPS = {"W": "W-SUN", "h": "h"}
NAMES = {"W": "weekly", "h": "hourly"}
RIVAL = """
import json, sys, time
import numpy as np
from statsforecast.models import AutoARIMA
AutoARIMA(season_length=1).forecast(y=np.arange(30.0), h=2)
for line in sys.stdin:
    case = json.loads(line)
    start = time.perf_counter()
    said = AutoARIMA(season_length=case["season"]).forecast(y=np.array(case["train"], dtype=float), h=case["horizon"])
    seconds = time.perf_counter() - start
    print(json.dumps({"id": case["id"], "point": list(map(float, said["mean"])), "seconds": seconds}), flush=True)
"""


def main() -> None:
    """Prints a line for each step of time."""
    options = _options()
    corpora = Path(os.environ.get("CORPORA") or "../shared/corpora")
    if not corpora.is_dir():
        print("The collections are not there: nothing to forecast.")
        return
    scoring = _scoring(corpora)
    seed = options.seed if options.seed is not None else secrets.randbits(32)
    cases = _cases(corpora / "forecasting" / "cases.jsonl", options.cases, seed)
    print(f"seed {seed}: {len(cases)} series, method {options.method}")
    _show(scoring, cases, _all_told(cases, options.method))
    if options.rival:
        _show_rival(scoring, cases, options.rival)


def _all_told(cases: list[dict[str, Any]], method: str) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        sandbox = Sandbox(workers=2)
        try:
            sandbox.run(RunRequest(id="warm", code="result = 1"))
            with ThreadPoolExecutor(2) as pool:
                return list(pool.map(partial(told, sandbox, Path(folder), method), cases))
        finally:
            sandbox.close()


def told(sandbox: Sandbox, folder: Path, method: str, case: dict[str, Any]) -> dict[str, Any]:
    """The forecast of a case as its table, and the seconds it took; or the problem."""
    times = pd.date_range("1970-01-04", periods=len(case["train"]), freq=STEPS[case["freq"]])
    path = folder / f"{case['id']}.parquet"
    pd.DataFrame({"when": times, "amount": case["train"]}).to_parquet(path)
    asked = {"kind": "forecast", "date": "when", "value": "amount", "horizon": case["horizon"], "method": method}
    started = time.monotonic()
    analysis = analyses.parse(asked)
    run = partial(_ran, sandbox, path)
    facts = next(output.value for output in run(analysis.fit_code()).outputs if isinstance(output, Value))
    done = run(analyses.parse(asked | {"learned": facts}).to_code())
    seconds = time.monotonic() - started
    if done.status is not RunStatus.OK:
        return {"problem": f"{case['id']}: {done.status} {done.error}", "seconds": seconds}
    tables = {o.name: pa.ipc.open_stream(o.arrow).read_pandas() for o in done.outputs if isinstance(o, Table)}
    return {"forecast": tables["forecast"], "seconds": seconds}


def _ran(sandbox: Sandbox, path: Path, code: str) -> RunResult:
    limits = Limits(wall_seconds=600, cpu_seconds=600)
    return sandbox.run(RunRequest(id=secrets.token_hex(4), code=code, tables={"df": path}, limits=limits))


def _show(scoring: ModuleType, cases: list[dict[str, Any]], all_told: list[dict[str, Any]]) -> None:
    lines = defaultdict(list)
    for case, each in zip(cases, all_told, strict=True):
        if "problem" in each:
            print(each["problem"])
            continue
        table, came = each["forecast"], np.array(case["test"])
        lines[case["freq"]].append(
            {
                "MASE": scoring.mase(case["train"], case["test"], list(table["point"]), case["season"]),
                "naive": case["snaive_mase"],
                "sMAPE": scoring.smape(case["test"], list(table["point"])),
                "covered": float(((came >= table["lower"]) & (came <= table["upper"])).mean()),
                "seconds": each["seconds"],
            }
        )
    for freq, found in lines.items():
        mean = {key: float(np.mean([each[key] for each in found])) for key in found[0]}
        print(
            f"{NAMES[freq]:7} {len(found):4} series  MASE {mean['MASE']:.3f}  seasonal naive {mean['naive']:.3f}  "
            f"better by {1 - mean['MASE'] / mean['naive']:.1%}  sMAPE {mean['sMAPE']:.2f}  "
            f"80 % intervals hold {mean['covered']:.1%}  {mean['seconds']:.2f} s a series"
        )


def _show_rival(scoring: ModuleType, cases: list[dict[str, Any]], python: str) -> None:
    text = "\n".join(json.dumps(case) for case in cases)
    done = subprocess.run([python, "-W", "ignore", "-c", RIVAL], input=text, capture_output=True, text=True, check=True)
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    for freq in dict.fromkeys(case["freq"] for case in cases):
        both = [(case, reply) for case, reply in zip(cases, replies, strict=True) if case["freq"] == freq]
        error = np.mean([scoring.mase(c["train"], c["test"], r["point"], c["season"]) for c, r in both])
        seconds = np.mean([reply["seconds"] for _, reply in both])
        print(f"{NAMES[freq]:7} {len(both):4} series  MASE {error:.3f}  {seconds:.2f} s a series: AutoARIMA")


def _cases(path: Path, most: int, seed: int) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        cases = [case for case in map(json.loads, lines) if case["freq"] in STEPS]
    return random.Random(seed).sample(cases, most) if 0 < most < len(cases) else cases


def _scoring(corpora: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("scoring", corpora / "scoring.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=60, help="how many, drawn by lot; 0: all")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--method", default="automatic")
    parser.add_argument("--rival", default="")
    return parser.parse_args()


if __name__ == "__main__":
    main()
