"""The command line: `python -m sandbox run|batch|status`."""

from __future__ import annotations

import argparse
import base64
import json
import keyword
import math
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa

from sandbox import gate, plain
from sandbox.host import Sandbox
from sandbox.messages import Figure, Grant, Image, Limits, Output, RunRequest, RunResult, RunStatus, Table


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0 when everything asked for was done, 1 when a run did not succeed, 2 for a wrong call."""
    options = _parser().parse_args(arguments)
    sandbox = Sandbox(workers=getattr(options, "workers", 1))
    try:
        return int(options.do(sandbox, options))
    except (OSError, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    finally:
        sandbox.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Run analysis code in the sandbox.")
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="run one file of code")
    run.add_argument("code", type=Path, help="a Python file that assigns `result`, or - for standard input")
    run.add_argument("--json", action="store_true", help="print one JSON object")
    run.set_defaults(do=_run)
    batch = commands.add_parser("batch", help="run many snippets, one JSON object with `id` and `code` a line")
    batch.add_argument("cases", type=Path)
    batch.add_argument("--out", type=Path, required=True, help="where the results go, one JSON object a line")
    batch.add_argument("--workers", type=int, default=2, help="runs at once")
    batch.set_defaults(do=_batch)
    for each in (run, batch):
        each.add_argument("--table", action="append", default=[], metavar="NAME=FILE", help="Parquet, Arrow or CSV")
        # The other grants are for the product's own code only.
        each.add_argument("--grant", choices=[Grant.ANSWER.value, Grant.QUERY.value], default=Grant.ANSWER.value)
        for name, field in Limits.model_fields.items():
            number = _seconds if field.annotation is float else _count
            each.add_argument(f"--{name.replace('_', '-')}", type=number, default=None, metavar="N")
    status = commands.add_parser("status", help="which layers hold on this machine")
    status.add_argument("--json", action="store_true", help="print one JSON object")
    status.set_defaults(do=_status)
    return parser


def _count(text: str) -> int:
    """Raises: ArgumentTypeError."""
    if not text.isdecimal() or not 0 < int(text) < 1 << 53:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above zero")
    return int(text)


def _seconds(text: str) -> float:
    """Raises: ArgumentTypeError."""
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 < found < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above zero")
    return found


def _run(sandbox: Sandbox, options: argparse.Namespace) -> int:
    code = sys.stdin.read() if str(options.code) == "-" else _text_of(options.code)
    result = sandbox.run(_request(options, options.code.stem, code))
    print(json.dumps(as_json(result)) if options.json else _readable(result))
    return 0 if result.status is RunStatus.OK else 1


def _batch(sandbox: Sandbox, options: argparse.Namespace) -> int:
    lines = _text_of(options.cases).splitlines()
    cases = [_case(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    requests = [_request(options, str(case["id"]), case["code"]) for case in cases]
    with options.out.open("w", encoding="utf-8") as file, ThreadPoolExecutor(max(1, options.workers)) as pool:
        for result in pool.map(sandbox.run, requests):
            file.write(json.dumps(as_json(result)) + "\n")
    return 0


def _text_of(path: Path) -> str:
    """Raises: OSError, ValueError."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no UTF-8 text") from None


def _case(number: int, line: str) -> dict[str, Any]:
    """Raises: ValueError."""
    try:
        case = json.loads(line)
    except ValueError:
        case = None
    if not isinstance(case, dict) or "id" not in case or not isinstance(case.get("code"), str):
        raise ValueError(f"line {number} is no JSON object with `id` and `code`")
    return case


def _status(sandbox: Sandbox, options: argparse.Namespace) -> int:
    status = sandbox.status()
    if options.json:
        print(status.model_dump_json())
    else:
        print(f"level {status.level}: {status.summary}")
        for layer in status.layers:
            print(f"  {'yes' if layer.active else 'no ':3}  {layer.name}{': ' + layer.note if layer.note else ''}")
    return 0


def _request(options: argparse.Namespace, run_id: str, code: str) -> RunRequest:
    limits = {name: getattr(options, name) for name in Limits.model_fields if getattr(options, name) is not None}
    tables = dict(_table(each) for each in options.table)
    return RunRequest(id=run_id, code=code, tables=tables, grant=Grant(options.grant), limits=Limits(**limits))


def _table(text: str) -> tuple[str, Path]:
    name, separator, path = text.partition("=")
    if not separator:
        raise ValueError(f"--table takes NAME=FILE, not {text!r}")
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError(f"{name!r} cannot name a table: it has to be a name that Python code can use")
    return name, Path(path)


def as_json(result: RunResult) -> dict[str, Any]:
    """The result with its tables as rows and its figures as objects."""
    fields = result.model_dump(mode="json", exclude={"outputs"})
    return {**fields, "outputs": [_output(each) for each in result.outputs]}


def _output(output: Output) -> dict[str, Any]:
    head = {"kind": output.kind, "name": output.name}
    if isinstance(output, Table):
        rows = [[plain.plain(value) for value in row] for row in _rows(output)]
        return {**head, "columns": list(output.columns), "rows": rows, "total_rows": output.total_rows}
    if isinstance(output, Figure):
        return {**head, "figure": json.loads(output.json_text)}
    if isinstance(output, Image):
        return {**head, "png": base64.b64encode(output.png).decode()}
    return {**head, **output.model_dump(mode="json", exclude={"kind", "name"})}


def _rows(output: Table) -> Iterator[tuple[Any, ...]]:
    table = pa.ipc.open_stream(output.arrow).read_all()
    yield from zip(*map(_cells, table.columns), strict=True)


def _cells(column: pa.ChunkedArray) -> list[Any]:
    """The values; as texts, where Python has no times that far away."""
    try:
        found: list[Any] = column.to_pylist()
    except (OverflowError, ValueError):
        texts = map(str, column.to_numpy(zero_copy_only=False))
        found = [None if text == "NaT" else text for text in texts]
    return found


def _readable(result: RunResult) -> str:
    parts = [result.stdout.rstrip(), *(_shown(output) for output in result.outputs)]
    if result.error:
        line = f" (line {result.error.line})" if result.error.line else ""
        parts.append(f"{result.status.value}: {result.error.type}: {result.error.message}{line}\n{result.error.hint}")
    parts.append(f"{result.status.value} in {result.seconds:.3f} s, {result.peak_mb:.0f} MB")
    # What a cell or a column's name says shall not command the terminal.
    return gate.clean("\n".join(part.rstrip() for part in parts if part))


def _shown(output: Output) -> str:
    if isinstance(output, Table):
        table = pa.ipc.open_stream(output.arrow).read_all()
        return f"{output.name}\n{table.slice(0, 20).to_pandas()}\n({output.rows} of {output.total_rows} rows)".strip()
    if isinstance(output, (Figure, Image)):
        return f"{output.name} [{output.kind}]".strip()
    return str(getattr(output, "value", getattr(output, "text", "")))


if __name__ == "__main__":
    sys.exit(main())
