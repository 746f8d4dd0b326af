"""Commands about one file: what is in it, and what one analysis says of it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from services import conversations, exploration, jobs, profiling, reading, wiring
from services.assistant import export
from services.commands import common
from services.domain import Profile
from services.errors import BadInput
from services.settings import Settings


def read(options: argparse.Namespace) -> int:
    """Says which tables are in a file, or converts one; the exit code."""
    with wiring.only_readers(Settings()) as readers:
        return _read_with(readers, options)


def _read_with(readers: reading.TableReader, options: argparse.Namespace) -> int:
    if options.to:
        report = reading.convert(readers, options.file, options.to, options.table)
        line = f"{report.rows:,} rows, {len(report.columns):,} columns written to {options.to}"
        print(json.dumps({"status": "read", **report.model_dump(mode="json")}) if options.json else common.safe(line))
        return 0
    found = reading.tables(readers, options.file, options.table)
    if options.json:
        print(json.dumps(reading.as_json(found), ensure_ascii=False))
        return 0
    for table in found:
        _show_found(table)
    return 0


def _show_found(table: reading.TableFound) -> None:
    print(f"{common.safe(table.name)}: {table.rows:,} rows")
    for column in table.columns[:100]:
        print(f"  {common.safe(column.name)} ({column.kind})")
    for note in (*table.notes, *([table.error] if table.error else [])):
        print(f"  Note: {common.safe(note)}")


def analyse(options: argparse.Namespace) -> int:
    """Runs one analysis, or lists the kinds there are; the exit code."""
    if options.list:
        print(json.dumps(exploration.kinds(), indent=None if options.json else 2, ensure_ascii=False))
        return 0
    if not options.file or not options.analysis:
        raise BadInput("An analysis needs a table and a file that describes it.", "Or ask for --list.")
    data = _json_file(options.analysis)
    with common.workspace("builtin") as ws:
        conversation = conversations.create(ws, common.opened(ws, options.file).id)
        turn = exploration.analyse(ws, conversation.id, data)
        reply = export.analysed(conversations.turn(ws, turn.id))
    if options.json:
        print(json.dumps(reply, ensure_ascii=False))
    else:
        common.show_reply(reply)
    return 1 if reply["status"] == "failed" else 0


def _json_file(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(f"The file {path} cannot be read as JSON.", "Check the path and what is in it.") from error


def profile(options: argparse.Namespace) -> int:
    """Says what is in a file; the exit code."""
    with common.workspace("builtin") as ws:
        version_id = common.opened(ws, options.file).head_id
        if job := profiling.start(ws, version_id):
            common.check_done(jobs.get(ws, job.id))
        if options.html:
            with common.created(options.html) as out:
                out.write(profiling.html(ws, version_id))
        elif options.json or options.text:
            print(profiling.json(ws, version_id) if options.json else profiling.text(ws, version_id, options.budget))
        else:
            _show_profile(profiling.get(ws, version_id))
    return 0


def _show_profile(profile: Profile) -> None:
    for sentence in profile.summary:
        print(common.safe(sentence))
    for alert in profile.alerts:
        print(f"  [{alert.severity}] {common.safe(alert.text)}")
