"""How often the method gate chooses, or refuses, as an expert would: random situations, a fresh seed each run.

`python -m benchmarks.method_gate [--rounds 1000] [--seed N] [--run]`; `--run` also runs the code that is written.
"""

from __future__ import annotations

import argparse
import secrets
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.situations import Situation, draw
from sandbox import RunRequest, Sandbox
from sandbox.messages import RunStatus, Value
from services.code import analyses


def main() -> None:
    """Prints the rate, and each design that was missed."""
    options = _options()
    seed = options.seed if options.seed is not None else secrets.randbits(32)
    rng = np.random.default_rng(seed)
    asked, missed, broken = Counter[str](), Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        sandbox = Sandbox(workers=2)
        try:
            for _ in range(options.rounds):
                situation = draw(rng)
                asked[situation.design] += 1
                chosen, problem = judge(sandbox, situation, Path(folder), run=options.run)
                if chosen not in situation.accepted:
                    missed[f"{situation.design}: {chosen}, not {' or '.join(sorted(situation.accepted))}"] += 1
                broken[problem] += bool(problem)
        finally:
            sandbox.close()
    right = 1 - missed.total() / asked.total()
    print(f"seed {seed}: {asked.total()} situations, right {right:.3f}")
    for what, number in (missed + +broken).most_common():
        print(f"  {number:4}  {what}")


def judge(sandbox: Sandbox, situation: Situation, folder: Path, *, run: bool) -> tuple[str, str]:
    """The choice for a situation, and what went wrong when its code ran."""
    table = folder / "table.parquet"
    situation.frame.to_parquet(table)
    analysis = analyses.parse(situation.analysis)
    looked = sandbox.run(RunRequest(id="facts", code=analysis.fit_code(), tables={"df": table}))
    if looked.status is not RunStatus.OK:
        return f"facts {looked.status}: {looked.error}", ""
    fitted = analyses.parse(situation.analysis | {"learned": _facts(looked.outputs)})
    choice = fitted.choose()
    if not choice.method or not run:
        return choice.method or f"refused: {choice.refusal}", ""
    done = sandbox.run(RunRequest(id="run", code=fitted.to_code(), tables={"df": table}))
    return choice.method, "" if done.status is RunStatus.OK else f"{choice.method} {done.status}: {done.error}"


def _facts(outputs: tuple[Any, ...]) -> dict[str, Any]:
    [facts] = [output for output in outputs if isinstance(output, Value)]
    return dict(facts.value)  # type: ignore[arg-type, call-overload]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--run", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
