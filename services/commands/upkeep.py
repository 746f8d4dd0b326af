"""Commands that mend: a file, and the installation."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from services import clean_files, cleaner, suggestions
from services.commands import common
from services.domain import Suggestion
from services.errors import BadInput
from services.workspace import open_others


def clean(options: argparse.Namespace) -> int:
    """Says what can be mended in a file, and mends it; the exit code."""
    if (options.accept or options.recipe) and not (options.out or options.script):
        raise BadInput("Nothing says where the cleaned table goes.", "Add -o OUT.csv or --script OUT.py.")
    with common.workspace("builtin") as ws:
        recipe = clean_files.recipe(options.recipe) if options.recipe else None
        opened = clean_files.open_file(ws, options.file, recipe)
        found = () if recipe else suggestions.find(ws, opened.dataset.head_id)
        version_id, rows = opened.dataset.head_id, 0
        taken: list[Suggestion] = []
        if recipe:
            version_id = clean_files.apply(ws, version_id, recipe)
        elif options.accept:
            # A CSV file has no kinds: what changes only them has no place in it.
            form = options.out is None or options.out.suffix.lower() == ".parquet"
            version_id, taken = clean_files.accept(ws, version_id, options.accept, form=form)
        if options.out:
            rows = clean_files.write(ws, version_id, options.out)
        if options.script:
            with common.created(options.script) as out:
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
        print(f"[{mark}, {each.confidence:.0%}] {common.safe(each.title)}")
        print(f"    {common.safe(each.reason)}")
    if options.out:
        print(f"{rows:,} rows written to {options.out}")


def clean_up(options: argparse.Namespace) -> int:
    """Removes what nobody needs any more; the exit code."""
    with common.installation() as ws:
        others = open_others(ws)
        found = cleaner.survey(ws, others) if options.dry_run else cleaner.clean(ws, others)
    total = sum(leftover.bytes for leftover in found)
    if options.json:
        listed = [{"what": each.what, "name": each.name, "bytes": each.bytes} for each in found]
        print(json.dumps({"removed": not options.dry_run, "bytes": total, "leftovers": listed}, ensure_ascii=False))
        return 0
    for each in found:
        print(f"{each.what}: {common.safe(each.name)} ({each.bytes:,} bytes)")
    print(f"{len(found):,} {'would go' if options.dry_run else 'removed'}, {total:,} bytes")
    return 0
