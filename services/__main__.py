"""The command line, `python -m services ask|batch|read|…`. Its JSON is a public contract."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from services import reports
from services.assistant import export
from services.commands import capsule, files, moving, questions, upkeep
from services.commands.evaluation import command as evaluation
from services.errors import AppError

ANALYSTS = ("auto", "builtin", "model")
COMMANDS = ("ask", "batch", "read", "analyse", "profile", "clean", "report", "capsule", "evaluate", "clean-up", "move")


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
    commands = parser.add_subparsers(required=True, metavar="|".join(COMMANDS))
    ask = commands.add_parser("ask", help="answer one question about one file")
    ask.add_argument("file", type=Path, help="a table, such as orders.csv")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    ask.set_defaults(command=questions.ask)
    batch = commands.add_parser("batch", help="answer a file of questions, one JSON object a line")
    batch.add_argument("questions", type=Path, help="lines with id, question and table (a path relative to this file)")
    batch.add_argument("--out", type=Path, required=True, help="where the answers go, in the same order")
    batch.set_defaults(command=questions.batch)
    read = commands.add_parser("read", help="say which tables are in a file, or convert one of them")
    read.add_argument("file", type=Path, help="a table or workbook of any format, compressed or not")
    read.add_argument("--json", action="store_true", help="print one JSON object")
    read.add_argument("--to", type=Path, help="write the table to this .parquet or .csv file")
    read.add_argument("--table", default="", help="the name of the table, where the file holds several")
    read.set_defaults(command=files.read)
    analyse = commands.add_parser("analyse", help="run one analysis on one file")
    analyse.add_argument("file", type=Path, nargs="?", help="a table, such as orders.csv")
    analyse.add_argument("analysis", type=Path, nargs="?", help="a JSON file with the kind and its fields")
    analyse.add_argument("--json", action="store_true", help="print one JSON object")
    analyse.add_argument("--list", action="store_true", help="print every kind of analysis with its fields")
    analyse.set_defaults(command=files.analyse)
    clean_up = commands.add_parser("clean-up", help="remove what nobody needs any more from the installation")
    clean_up.add_argument("--dry-run", action="store_true", help="only say what would go")
    clean_up.add_argument("--json", action="store_true", help="print one JSON object")
    clean_up.set_defaults(command=upkeep.clean_up)
    _add_clean(commands)
    move = commands.add_parser("move", help="copy the installation into another database, or its files into a bucket")
    move.add_argument("--database", metavar="URL", default="", help="an empty database; - reads its URL from the input")
    move.add_argument("--files", action="store_true", help="copy the files into the bucket of the settings")
    move.add_argument("--json", action="store_true", help="print one JSON object")
    move.set_defaults(command=moving.move)
    profile = commands.add_parser("profile", help="say what is in a file, and what may be wrong with it")
    profile.add_argument("file", type=Path, help="a table, such as orders.csv")
    form = profile.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object")
    form.add_argument("--html", type=Path, metavar="OUT", help="write one small HTML document")
    form.add_argument("--text", action="store_true", help="print it for a language model: no value of a cell")
    profile.add_argument("--budget", type=int, default=800, help="tokens the text may have (default: 800)")
    profile.set_defaults(command=files.profile)
    report = commands.add_parser("report", help="ask each question of a file, and bind the answers as a document")
    report.add_argument("file", type=Path, help="a table, such as orders.csv")
    report.add_argument("questions", type=Path, help="a text file with one question a line; # starts a remark")
    report.add_argument("-o", "--out", type=Path, required=True, help="the .pdf, .html or .md file to write")
    report.add_argument("--template", type=reports.Template, choices=list(reports.Template), default="full")
    report.add_argument("--title", default="", help="what stands on top (default: the name of the file)")
    report.add_argument("--json", action="store_true", help="print one JSON object")
    report.set_defaults(command=questions.report)
    _add_evaluate(commands)
    _add_capsule(commands)
    for command in (ask, batch, report):
        command.add_argument("--analyst", choices=ANALYSTS, default="auto", help="who answers (default: auto)")
    return parser


def _add_capsule(commands: Any) -> None:
    capsules = commands.add_parser("capsule", help="look whether a capsule is as it was packed")
    verify = capsules.add_subparsers(required=True, metavar="verify").add_parser(
        "verify", help="look whether anything was altered, run the code again, and compare"
    )
    verify.add_argument("file", type=Path, help="a capsule, such as orders.capsule.zip")
    verify.add_argument("--data", type=Path, nargs="+", metavar="TABLE", help="the data, where it does not hold them")
    verify.add_argument("--json", action="store_true", help="print one JSON object")
    verify.set_defaults(command=capsule.verify)


def _add_evaluate(commands: Any) -> None:
    evaluate = commands.add_parser("evaluate", help="ask questions with known answers, and say how many are right")
    evaluate.add_argument("cases", type=Path, help="lines with id, question, table_csv, gold_rows or gold_answers")
    evaluate.add_argument("--model", default="builtin", help="`builtin`, or the name of a model (default: builtin)")
    evaluate.add_argument("--out", type=Path, required=True, help="where answers go; those in it are not asked again")
    evaluate.add_argument("--limit", type=int, help="only the first so many")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
    evaluate.set_defaults(command=evaluation.evaluate)


def _add_clean(commands: Any) -> None:
    clean = commands.add_parser("clean", help="suggest what can be mended in a file, and mend it")
    clean.add_argument("file", type=Path, help="a table, such as orders.csv")
    clean.add_argument("--suggest", action="store_true", help="print what can be mended; nothing is written")
    clean.add_argument("--accept", choices=("safe", "all"), help="apply these suggestions")
    clean.add_argument("--recipe", type=Path, help="apply the steps of this recipe (JSON)")
    clean.add_argument("-o", "--out", type=Path, help="write the cleaned table to this .csv or .parquet file")
    clean.add_argument("--script", type=Path, help="write the steps as a Python script that needs pandas only")
    clean.add_argument("--json", action="store_true", help="print one JSON object")
    clean.set_defaults(command=upkeep.clean)


if __name__ == "__main__":
    sys.exit(main())
