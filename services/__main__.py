"""The command line: `python -m services ask|batch|read|analyse|profile|clean|clean-up`. Its JSON is a contract."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, TextIO

from services import (
    clean_files,
    cleaner,
    conversations,
    datasets,
    exploration,
    jobs,
    profiling,
    reading,
    suggestions,
    wiring,
)
from services.assistant import export, pipeline
from services.domain import Dataset, Job, JobStatus, Profile, Suggestion
from services.errors import AppError, BadInput
from services.settings import Settings
from services.workspace import LOCAL_USER, Workspace, open_workspace

ANALYSTS = ("auto", "builtin", "model")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 when it did what was asked, 1 when a question or file failed, 2 for a wrong call."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except AppError as error:
        if getattr(options, "json", False):
            print(json.dumps(export.failed(str(error))))
        else:
            print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services", description="Red Pandas on the command line.")
    commands = parser.add_subparsers(required=True, metavar="ask|batch|read|analyse|profile|clean|clean-up")
    ask = commands.add_parser("ask", help="answer one question about one file")
    ask.add_argument("file", type=Path, help="a table, such as orders.csv")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    ask.set_defaults(command=_ask)
    batch = commands.add_parser("batch", help="answer a file of questions, one JSON object a line")
    batch.add_argument("questions", type=Path, help="lines with id, question and table (a path relative to this file)")
    batch.add_argument("--out", type=Path, required=True, help="where the answers go, in the same order")
    batch.set_defaults(command=_batch)
    read = commands.add_parser("read", help="say which tables are in a file, or convert one of them")
    read.add_argument("file", type=Path, help="a table or workbook of any format, compressed or not")
    read.add_argument("--json", action="store_true", help="print one JSON object")
    read.add_argument("--to", type=Path, help="write the table to this .parquet or .csv file")
    read.add_argument("--table", default="", help="the name of the table, where the file holds several")
    read.set_defaults(command=_read)
    analyse = commands.add_parser("analyse", help="run one analysis on one file")
    analyse.add_argument("file", type=Path, nargs="?", help="a table, such as orders.csv")
    analyse.add_argument("analysis", type=Path, nargs="?", help="a JSON file with the kind and its fields")
    analyse.add_argument("--json", action="store_true", help="print one JSON object")
    analyse.add_argument("--list", action="store_true", help="print every kind of analysis with its fields")
    analyse.set_defaults(command=_analyse)
    clean_up = commands.add_parser("clean-up", help="remove what nobody needs any more from the installation")
    clean_up.add_argument("--dry-run", action="store_true", help="only say what would go")
    clean_up.add_argument("--json", action="store_true", help="print one JSON object")
    clean_up.set_defaults(command=_clean_up)
    _add_clean(commands)
    profile = commands.add_parser("profile", help="say what is in a file, and what may be wrong with it")
    profile.add_argument("file", type=Path, help="a table, such as orders.csv")
    form = profile.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--html", type=Path, metavar="OUT", help="write one small HTML document")
    form.add_argument("--text", action="store_true", help="print it for a language model: no value of a cell")
    profile.add_argument("--budget", type=int, default=800, help="tokens the text may have (default: 800)")
    profile.set_defaults(command=_profile)
    for command in (ask, batch):
        command.add_argument("--analyst", choices=ANALYSTS, default="auto", help="who answers (default: auto)")
    return parser


def _add_clean(commands: Any) -> None:
    clean = commands.add_parser("clean", help="suggest what can be mended in a file, and mend it")
    clean.add_argument("file", type=Path, help="a table, such as orders.csv")
    clean.add_argument("--suggest", action="store_true", help="print what can be mended; nothing is written")
    clean.add_argument("--accept", choices=("safe", "all"), help="apply these suggestions")
    clean.add_argument("-o", "--out", type=Path, help="write the cleaned table to this .csv or .parquet file")
    clean.add_argument("--script", type=Path, help="write the steps as a Python script that needs pandas only")
    clean.add_argument("--json", action="store_true", help="print one JSON object")
    clean.set_defaults(command=_clean)


def _clean(options: argparse.Namespace) -> int:
    if options.accept and not (options.out or options.script):
        raise BadInput("Nothing says where the cleaned table goes.", "Add -o OUT.csv or --script OUT.py.")
    with _workspace("builtin") as ws:
        opened = clean_files.open_file(ws, options.file)
        found = suggestions.find(ws, opened.dataset.head_id)
        version_id, rows = opened.dataset.head_id, 0
        taken: list[Suggestion] = []
        if options.accept:
            # A CSV file has no kinds: what changes only them has no place in it.
            form = options.out is None or options.out.suffix.lower() == ".parquet"
            version_id, taken = clean_files.accept(ws, version_id, options.accept, form=form)
        if options.out:
            rows = clean_files.write(ws, version_id, options.out)
        if options.script:
            with _created(options.script) as out:
                out.write(clean_files.script(ws, version_id, opened))
    _show_cleaned(options, found, taken, rows)
    return 0


def _show_cleaned(
    options: argparse.Namespace, found: Sequence[Suggestion], taken: Sequence[Suggestion], rows: int
) -> None:
    if options.json:
        print(json.dumps(clean_files.as_json(found, taken, rows), ensure_ascii=False))
        return
    for each in taken if options.accept else found:
        mark = "safe" if each.is_safe else "recommended" if each.is_recommended else "to decide"
        print(f"[{mark}, {each.confidence:.0%}] {_safe(each.title)}")
        print(f"    {_safe(each.reason)}")
    if options.out:
        print(f"{rows:,} rows written to {options.out}")


def _ask(options: argparse.Namespace) -> int:
    with _workspace(options.analyst) as ws:
        reply = _reply(ws, _open(ws, options.file), options.question)
    if options.json:
        print(json.dumps(reply, ensure_ascii=False))
    else:
        _show(reply)
    return 1 if reply["status"] == "failed" else 0


def _batch(options: argparse.Namespace) -> int:
    cases = _cases(options.questions)
    with _created(options.out) as out, _workspace(options.analyst) as ws:
        answer = partial(_case, ws, _Tables(ws, options.questions.parent))
        with ThreadPoolExecutor(ws.backends.settings.runs_at_once) as pool:
            for reply in pool.map(answer, cases):
                out.write(json.dumps(reply, ensure_ascii=False) + "\n")
                out.flush()
    return 0


def _read(options: argparse.Namespace) -> int:
    with wiring.only_readers(Settings()) as readers:
        return _read_with(readers, options)


def _read_with(readers: reading.TableReader, options: argparse.Namespace) -> int:
    if options.to:
        report = reading.convert(readers, options.file, options.to, options.table)
        line = f"{report.rows:,} rows, {len(report.columns):,} columns written to {options.to}"
        print(json.dumps({"status": "read", **report.model_dump(mode="json")}) if options.json else _safe(line))
        return 0
    found = reading.tables(readers, options.file, options.table)
    if options.json:
        print(json.dumps(reading.as_json(found), ensure_ascii=False))
        return 0
    for table in found:
        _show_found(table)
    return 0


def _clean_up(options: argparse.Namespace) -> int:
    with _installation() as ws:
        found = cleaner.survey(ws) if options.dry_run else cleaner.clean(ws)
    total = sum(leftover.bytes for leftover in found)
    if options.json:
        listed = [{"what": each.what, "name": each.name, "bytes": each.bytes} for each in found]
        print(json.dumps({"removed": not options.dry_run, "bytes": total, "leftovers": listed}, ensure_ascii=False))
        return 0
    for each in found:
        print(f"{each.what}: {_safe(each.name)} ({each.bytes:,} bytes)")
    print(f"{len(found):,} {'would go' if options.dry_run else 'removed'}, {total:,} bytes")
    return 0


def _show_found(table: reading.TableFound) -> None:
    print(f"{_safe(table.name)}: {table.rows:,} rows")
    for column in table.columns[:100]:
        print(f"  {_safe(column.name)} ({column.kind})")
    for note in (*table.notes, *([table.error] if table.error else [])):
        print(f"  Note: {_safe(note)}")


def _analyse(options: argparse.Namespace) -> int:
    if options.list:
        print(json.dumps(exploration.kinds(), indent=None if options.json else 2, ensure_ascii=False))
        return 0
    if not options.file or not options.analysis:
        raise BadInput("An analysis needs a table and a file that describes it.", "Or ask for --list.")
    data = _json_file(options.analysis)
    with _workspace("builtin") as ws:
        conversation = conversations.create(ws, _open(ws, options.file).id)
        turn = exploration.analyse(ws, conversation.id, data)
        reply = export.analysed(conversations.turn(ws, turn.id))
    if options.json:
        print(json.dumps(reply, ensure_ascii=False))
    else:
        _show(reply)
    return 1 if reply["status"] == "failed" else 0


def _json_file(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(f"The file {path} cannot be read as JSON.", "Check the path and what is in it.") from error


def _profile(options: argparse.Namespace) -> int:
    with _workspace("builtin") as ws:
        version_id = _open(ws, options.file).head_id
        if job := profiling.start(ws, version_id):
            _check_done(jobs.get(ws, job.id))
        if options.html:
            with _created(options.html) as out:
                out.write(profiling.html(ws, version_id))
        elif options.json or options.text:
            print(profiling.json(ws, version_id) if options.json else profiling.text(ws, version_id, options.budget))
        else:
            _show_profile(profiling.get(ws, version_id))
    return 0


def _check_done(job: Job) -> None:
    if job.status is not JobStatus.DONE:
        raise BadInput(job.message or "The profile could not be made.", job.hint or "Try again.")


def _show_profile(profile: Profile) -> None:
    for sentence in profile.summary:
        print(_safe(sentence))
    for alert in profile.alerts:
        print(f"  [{alert.severity}] {_safe(alert.text)}")


def _created(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8", errors="replace")
    except OSError as error:
        raise BadInput(f"The file {path} cannot be written ({error.strerror}).", "Choose another place.") from error


@contextmanager
def _installation() -> Iterator[Workspace]:
    """The home that the server uses, by its settings."""
    backends = wiring.connect(Settings(sign_in="local"), inline=True)
    try:
        yield open_workspace(backends, LOCAL_USER.id)
    finally:
        wiring.close(backends)


@contextmanager
def _workspace(analyst: str) -> Iterator[Workspace]:
    """A throw-away home, so that asking about a file leaves nothing behind."""
    with tempfile.TemporaryDirectory(prefix="red-pandas-") as home:
        backends = wiring.connect(
            Settings(home=Path(home), database_url="", analyst=analyst, sign_in="local"), inline=True
        )
        try:
            yield open_workspace(backends, LOCAL_USER.id)
        finally:
            wiring.close(backends)


def _open(ws: Workspace, path: Path) -> Dataset:
    if not path.is_file():
        raise BadInput(f"There is no file {path}.", "Check the path.")
    return datasets.upload(ws, path, path.name)


def _reply(ws: Workspace, dataset: Dataset, question: str) -> dict[str, Any]:
    conversation = conversations.create(ws, dataset.id)
    turn = pipeline.ask(ws, conversation.id, question)
    return export.as_json(conversations.turn(ws, turn.id))


class _Tables:
    """Opens each table of a batch once; the error of a bad one is kept for all its questions."""

    def __init__(self, ws: Workspace, folder: Path) -> None:
        self._ws, self._folder = ws, folder
        self._opened: dict[str, Dataset | AppError] = {}
        self._lock = Lock()

    def get(self, name: str) -> Dataset:
        with self._lock:
            if name not in self._opened:
                self._opened[name] = self._try(name)
        found = self._opened[name]
        if isinstance(found, AppError):
            raise found
        return found

    def _try(self, name: str) -> Dataset | AppError:
        try:
            return _open(self._ws, self._folder / name)
        except AppError as error:
            return error


def _cases(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise BadInput(f"There is no file {path}.", "Check the path.")
    with path.open(encoding="utf-8", errors="replace") as lines:
        return [_parse(line, number) for number, line in enumerate(lines, 1) if line.strip()]


def _parse(line: str, number: int) -> dict[str, Any]:
    """The case in a line; a line that is none keeps its place, so that answers stay in order."""
    try:
        case = json.loads(line)
    except (ValueError, RecursionError):
        case = None
    if not isinstance(case, dict):
        case = {}
    if not all(isinstance(case.get(key), str) for key in ("question", "table")):
        return {"id": case.get("id"), "line": number}
    return case


def _case(ws: Workspace, tables: _Tables, case: dict[str, Any]) -> dict[str, Any]:
    try:
        if "question" not in case:
            raise BadInput(
                f"Line {case['line']} of the questions cannot be read.",
                "Each line is a JSON object with id, question and table.",
            )
        reply = _reply(ws, tables.get(case["table"]), case["question"])
    except AppError as error:
        reply = export.failed(str(error))
    return {"id": case.get("id"), **reply}


def _show(reply: dict[str, Any]) -> None:
    print(_safe(reply["text"]))
    for option in reply["options"]:
        print(f"  - {_safe(option)}")
    if reply["table"]:
        print()
        _show_table(reply["table"])
    if reply["code"]:
        print(f"\n{_safe(reply['code'])}")
    for caveat in reply["caveats"]:
        print(f"Note: {_safe(caveat)}")
    print(f"\n{reply['seconds']:.2f} s, {reply['analyst'] or 'no'} analyst")


def _show_table(table: dict[str, Any], most: int = 20) -> None:
    shown = [[_cell(value) for value in row] for row in (table["columns"], *table["rows"][:most])]
    widths = [max(len(text) for text in column) for column in zip(*shown, strict=True)]
    for row in shown:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    if len(table["rows"]) > most:
        print(f"… {len(table['rows']):,} rows in all")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.6g}"
    return _safe(str(value)).replace("\n", " ")


def _safe(text: str) -> str:
    """Text for the terminal: control characters, which a hostile table may hold, are shown as their names."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


if __name__ == "__main__":
    sys.exit(main())
