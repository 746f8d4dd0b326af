"""A file cleaned from the command line: suggestions, a recipe, and the result as a file or a script."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from services import changes, cleaning, datasets, recipes, suggestions
from services.access import Action, requires
from services.code import scripts
from services.code.scripts import Source
from services.domain import Dataset, Kind, ReadReport, Recipe, Suggestion
from services.errors import BadInput
from services.reading import kind_of, safe_cell
from services.workspace import Workspace

ENDINGS: Final = (".csv", ".parquet")
BATCH_ROWS: Final = 10_000


@dataclass(frozen=True)
class Opened:
    """A file that was read, and how."""

    dataset: Dataset
    source: Source


@requires(Action.DATASET_CREATE)
def open_file(ws: Workspace, path: Path, recipe: Recipe | None = None) -> Opened:
    """The table in a file, as a dataset. A column keeps its kind where writing it again gives the same text, and stays
    text otherwise, so that cleaning changes nothing but what it means to. Columns that a recipe needs are read as the
    kinds it knows them by. Raises: BadInput.
    """
    if not path.is_file():
        raise BadInput(f"There is no file {path}.", "Check the path.")
    with tempfile.TemporaryDirectory(dir=ws.backends.settings.home / "cache") as folder:
        typed, raw, made = (Path(folder) / name for name in ("typed.parquet", "raw.parquet", "table.parquet"))
        report = ws.backends.readers.read(path, typed, path.name)
        ws.backends.readers.read(path, raw, path.name, typed=False)
        found = pq.read_table(typed)
        there = {field.name: kind_of(field.type).value for field in found.schema}
        needed = {column.name: column.kind for column in recipe.columns} if recipe else {}
        matches = recipes.matched(recipe.columns, there) if recipe else []
        kinds = {each.found: needed[each.wanted] for each in matches if each.found}
        kinds = {each.found: needed[each.wanted] for each in matches if each.found}
        table = _faithful(found, pq.read_table(raw), kinds)
        pq.write_table(table, made, compression="zstd")
        dataset = datasets.upload(ws, made, path.with_suffix(".parquet").name)
    return Opened(dataset, _source(table.schema, report))


@requires(Action.VERSION_CREATE)
def accept(ws: Workspace, version_id: str, which: str, *, form: bool) -> tuple[str, list[Suggestion]]:
    """The version with the suggestions applied that “safe” or “all” takes, and which these are. Raises: BadInput."""
    taken = suggestions.chosen(suggestions.find(ws, version_id), which, form=form)
    if not taken:
        return version_id, []
    steps = [suggestions.step_of(each) for each in taken]
    return cleaning.apply_all(ws, version_id, steps).version.id, taken


def recipe(path: Path) -> Recipe:
    """The recipe in a JSON file. Raises: BadInput."""
    try:
        return recipes.from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as error:
        raise BadInput(f"The recipe {path} cannot be read.", "Check the path.") from error


@requires(Action.VERSION_CREATE)
def apply(ws: Workspace, version_id: str, recipe: Recipe) -> str:
    """The version that the steps of the recipe make. Raises: BadInput, naming every column and step that does not fit:
    then nothing is done."""
    there = {column.name: column.kind.value for column in ws.rows.profile(version_id).columns}
    matches = recipes.matched(recipe.columns, there)
    steps = recipes.prepared(recipe, {each.wanted: each.found for each in matches})
    missing = [f"“{each.wanted}”" for each in matches if not each.found]
    unfit = recipes.check(steps, list(there))
    if missing or unfit:
        told = [f"There is no column {', '.join(missing)}."] if missing else []
        told += [f"Step {each.place + 1} ({each.sentence}): {each.reason}" for each in unfit]
        message = f"The recipe does not fit the table. {' '.join(told)}"
        raise BadInput(message, "Rename the columns or change the recipe.")
    return cleaning.apply_all(ws, version_id, steps).version.id


@requires(Action.DATASET_READ)
def write(ws: Workspace, version_id: str, target: Path) -> int:
    """Writes a version as CSV or Parquet; how many rows. Raises: BadInput."""
    ending = _ending(target)
    try:
        with changes.local(ws, version_id) as path, tempfile.TemporaryDirectory(dir=target.parent) as folder:
            made = Path(folder) / target.name
            rows = int(pq.read_metadata(path).num_rows)
            if ending == ".parquet":
                made.write_bytes(path.read_bytes())
            else:
                _as_csv(path, made)
            made.replace(target)
    except OSError as error:
        raise BadInput(f"The file {target} cannot be written ({error.strerror}).", "Choose another place.") from error
    return rows


@requires(Action.DATASET_READ)
def script(ws: Workspace, version_id: str, opened: Opened) -> str:
    """The steps that lead to the version as a script that needs pandas only. Raises: BadInput."""
    return scripts.script(recipes.of_version(ws, version_id), opened.source, f"Cleans {opened.dataset.name}")


def as_json(found: Sequence[Suggestion], accepted: Sequence[Suggestion] = (), rows: int = 0) -> dict[str, Any]:
    """What the command line prints: its names and meanings are stable."""
    listed = [
        {**each.model_dump(mode="json"), "safe": each.is_safe, "recommended": each.is_recommended} for each in found
    ]
    return {"status": "cleaned", "rows": rows, "suggestions": listed, "accepted": [each.id for each in accepted]}


def _ending(target: Path) -> str:
    ending = target.suffix.lower()
    if ending not in ENDINGS:
        raise BadInput(f"“{target.name}” does not end in {' or '.join(ENDINGS)}.", "Choose another name.")
    return ending


def _faithful(typed: pa.Table, raw: pa.Table, kinds: Mapping[str, str]) -> pa.Table:
    """The columns with their kinds where these give the same text again, or must be."""
    if typed.column_names != raw.column_names or typed.num_rows != raw.num_rows:
        return typed
    columns = []
    for name in typed.column_names:
        found, text = typed[name], raw[name].cast(pa.string())
        wanted = kinds.get(name)
        keeps = _text(found).combine_chunks().equals(text.combine_chunks()) if wanted is None else wanted != Kind.TEXT
        columns.append(found if keeps else text)
    return pa.table(columns, names=typed.column_names)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The cells as they are written to CSV."""
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    text = column.cast(pa.string())
    return pc.replace_substring_regex(text, r"\.0+$", "") if pa.types.is_timestamp(column.type) else text


def _source(schema: pa.Schema, report: ReadReport) -> Source:
    options = report.options
    return Source(
        columns={field.name: kind_of(field.type).value for field in schema},
        delimiter=report.delimiter or ",",
        encoding=report.encoding or "utf-8",
        header=options.header if options.header is not None else int(report.header),
        decimal=options.decimal or ".",
        dates=options.dates.value if options.dates else "",
    )


def _as_csv(source: Path, target: Path) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(_rows(source))


def _rows(source: Path) -> Iterator[list[str]]:
    table = pq.ParquetFile(source)
    yield [safe_cell(name) for name in table.schema_arrow.names]
    for batch in table.iter_batches(BATCH_ROWS):
        columns = [_text(pa.chunked_array([column])).to_pylist() for column in batch.columns]
        for row in zip(*columns, strict=True):
            yield ["" if cell is None else safe_cell(cell) for cell in row]
