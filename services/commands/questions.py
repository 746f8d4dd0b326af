"""Commands that ask: one question, a file of questions, a report."""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from services import conversations, jobs, profiling, reports
from services.assistant import export, pipeline
from services.commands import common
from services.domain import Dataset
from services.errors import AppError, BadInput
from services.workspace import Workspace


def ask(options: argparse.Namespace) -> int:
    """Answers one question; the exit code."""
    with common.workspace(options.analyst) as ws:
        reply = reply_to(ws, common.opened(ws, options.file), options.question)
    if options.json:
        print(json.dumps(reply, ensure_ascii=False))
    else:
        common.show_reply(reply)
    return 1 if reply["status"] == "failed" else 0


def batch(options: argparse.Namespace) -> int:
    """Answers a file of questions; the exit code."""
    cases = _cases(options.questions)
    with common.created(options.out) as out, common.workspace(options.analyst) as ws:
        answer = partial(_case, ws, _Tables(ws, options.questions.parent))
        with ThreadPoolExecutor(ws.backends.settings.runs_at_once) as pool:
            for reply in pool.map(answer, cases):
                out.write(json.dumps(reply, ensure_ascii=False) + "\n")
                out.flush()
    return 0


def report(options: argparse.Namespace) -> int:
    """Binds the answers to a file of questions; the exit code."""
    form, asked = _format(options.out), _questions(options.questions)
    with common.workspace(options.analyst) as ws:
        dataset = common.opened(ws, options.file)
        if job := profiling.start(ws, dataset.head_id):
            common.check_done(jobs.get(ws, job.id))
        conversation = conversations.create(ws, dataset.id)
        turns = [conversations.turn(ws, pipeline.ask(ws, conversation.id, each).id) for each in asked]
        document = reports.compose_from(ws, dataset.head_id, turns, options.template, options.title)
        written = reports.write(ws, document, form, options.out)
    told = [{"question": turn.question, "status": export.public_status(turn.status)} for turn in turns]
    if options.json:
        print(json.dumps({"files": [str(path) for path in written], "questions": told}, ensure_ascii=False))
    else:
        failed = [each["question"] for each in told if each["status"] != "answered"]
        print(f"{options.out}: {len(told) - len(failed)} of {len(told)} questions answered")
        for question in failed:
            print(f"  Not answered: {common.safe(question)}")
    return 0


def _format(path: Path) -> reports.Format:
    try:
        return reports.Format(path.suffix.lower().lstrip("."))
    except ValueError:
        raise BadInput(f"“{path.name}” is no kind of report.", "Let it end with .pdf, .html or .md.") from None


def _questions(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise BadInput(f"The file {path} cannot be read ({error.strerror}).", "Check the path.") from error
    if not (found := [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]):
        raise BadInput(f"There is no question in {path}.", "Write one question a line.")
    return found


def reply_to(ws: Workspace, dataset: Dataset, question: str) -> dict[str, Any]:
    """What a new conversation about the dataset says to the question, as the public JSON."""
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
            return common.opened(self._ws, self._folder / name)
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
        reply = reply_to(ws, tables.get(case["table"]), case["question"])
    except AppError as error:
        reply = export.failed(str(error))
    return {"id": case.get("id"), **reply}
