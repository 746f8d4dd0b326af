"""`evaluate`: asks every question of a set that has no answer in the file yet, and sums up."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any, Final, TextIO

from services import conversations
from services.assistant import export, pipeline
from services.commands import common
from services.commands.evaluation import cases, judging
from services.commands.evaluation.cases import Case
from services.domain import Dataset, Outcome, Turn
from services.errors import AppError, BadInput
from services.workspace import Workspace

BUILTIN: Final = "builtin"
Line = dict[str, Any]


def evaluate(options: argparse.Namespace) -> int:
    """Asks what is still open, writing line by line, and prints the figures; the exit code."""
    asked = cases.read(options.cases)[: options.limit]
    known = _known(options.out, options.model)
    open_cases = [case for case in asked if case.id not in known]
    if open_cases:
        with _appended(options.out) as out, _workspace(options.model) as ws:
            _ask_all(ws, open_cases, options.model, out)
    lines = [line for case in asked if (line := _known(options.out, options.model).get(case.id))]
    figures = summed_up(lines)
    print(json.dumps(figures) if options.json else _table(figures))
    return 0


def _workspace(model: str) -> Any:
    return common.workspace(BUILTIN) if model == BUILTIN else common.workspace("model", model=model)


def _appended(path: Path) -> TextIO:
    try:
        return path.open("a", encoding="utf-8", errors="replace")
    except OSError as error:
        raise BadInput(f"The file {path} cannot be written ({error.strerror}).", "Choose another place.") from error


def _known(path: Path, model: str) -> dict[str, Line]:
    """What was judged before, by id; a line that was cut by a kill is asked again.

    Raises: BadInput, when the file holds the answers of another model.
    """
    found: dict[str, Line] = {}
    for text in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if not isinstance(line, dict) or "id" not in line:
            continue
        if line.get("model") != model:
            raise BadInput(f"{path} holds answers of {line.get('model')}.", "Give another --out for each model.")
        found[str(line["id"])] = line
    return found


def _ask_all(ws: Workspace, open_cases: Sequence[Case], model: str, out: TextIO) -> None:
    opened: dict[Path, Dataset] = {}
    # What a kill cut short must not run into the next line.
    out.write("\n" if out.tell() else "")
    for case in open_cases:
        try:
            if case.path not in opened:
                opened[case.path] = common.opened(ws, case.path)
            line = judged(case, _asked(ws, opened[case.path], case.question))
        except AppError as error:
            line = _line(case, "failed", right=False) | {"text": str(error)}
        out.write(json.dumps({**line, "model": model}, ensure_ascii=False) + "\n")
        out.flush()


def _asked(ws: Workspace, dataset: Dataset, question: str) -> Turn:
    conversation = conversations.create(ws, dataset.id)
    return conversations.turn(ws, pipeline.ask(ws, conversation.id, question).id)


def judged(case: Case, turn: Turn) -> Line:
    """What came of a question: whether it is right, and what it took."""
    status, answer = export.public_status(turn.status), turn.answer
    text = answer.text if answer else f"{turn.message} {turn.hint}".strip()
    right = status == "answered" and judging.is_right(case, answer.outputs if answer else (), text)
    failed = [check.name for check in answer.checks if check.outcome is Outcome.FAILED] if answer else []
    return _line(case, status, right=right) | {
        "text": text,
        "code": answer.code if answer else "",
        "analyst": turn.analyst,
        "attempts": len(turn.attempts),
        "failed_checks": failed,
        "calls": len(turn.exchanges),
        "tokens_sent": sum(each.prompt_tokens for each in turn.exchanges),
        "tokens_received": sum(each.reply_tokens for each in turn.exchanges),
        "seconds": turn.seconds,
    }


def _line(case: Case, status: str, *, right: bool) -> Line:
    spent = {"attempts": 0, "calls": 0, "tokens_sent": 0, "tokens_received": 0, "seconds": 0.0}
    return {"id": case.id, "kind": case.kind, "question": case.question, "status": status, "right": right, **spent}


def summed_up(lines: Sequence[Line]) -> dict[str, Any]:
    """The figures of each kind, of all, and the mean over the kinds."""
    kinds: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        kinds[line["kind"]].append(line)
    by_kind = {name: _figures(found) for name, found in sorted(kinds.items())}
    macro = mean(each["accuracy"] for each in by_kind.values()) if by_kind else 0.0
    return {"kinds": by_kind, "all": _figures(lines), "macro_accuracy": round(macro, 4)}


def _figures(lines: Sequence[Line]) -> Line:
    """Shares are between 0 and 1; calls, tokens and seconds are means a question, the last as a median, too."""
    count, answered = len(lines), [line for line in lines if line["status"] == "answered"]
    seconds = [line["seconds"] for line in lines]
    return {
        "questions": count,
        "accuracy": _share(sum(line["right"] for line in lines), count),
        "answered": _share(len(answered), count),
        "right_of_answered": _share(sum(line["right"] for line in answered), len(answered)),
        "failed_checks": _share(sum(bool(line.get("failed_checks")) for line in answered), len(answered)),
        "calls": _mean([line["calls"] for line in lines]),
        "tokens": _mean([line["tokens_sent"] + line["tokens_received"] for line in lines]),
        "seconds": _mean(seconds),
        "seconds_median": round(median(seconds), 3) if seconds else 0.0,
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _mean(values: Sequence[float]) -> float:
    return round(mean(values), 3) if values else 0.0


def _table(figures: dict[str, Any]) -> str:
    names = ("questions", "accuracy", "answered", "right_of_answered", "calls", "tokens", "seconds")
    rows = [*figures["kinds"].items(), ("all", figures["all"])]
    wide = max(len(name) for name, _ in rows)
    lines = [" " * wide + "".join(f"{name:>19}" for name in names)]
    lines += [name.ljust(wide) + "".join(f"{found[each]:>19}" for each in names) for name, found in rows]
    return "\n".join([*lines, f"macro-average of accuracy over kinds: {figures['macro_accuracy']}"])
