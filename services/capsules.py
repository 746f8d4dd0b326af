"""Capsules: answers with their data, code, environment and results in one file that proves itself.

Whatever is altered in it is found: every byte stands under a fingerprint, and the code gives the results again.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import JsonValue

from sandbox.messages import Grant, Limits, Output, RunRequest, RunResult, RunStatus, Table, Value
from services import changes, exploration, notebooks
from services.access import Action, requires
from services.assistant import export
from services.code import programs
from services.code.programs import Program
from services.domain import TABLE_NAME, Turn
from services.errors import BadInput
from services.progress import QUIET, stoppable
from services.protocols import Executor, Progress
from services.workspace import Workspace

FORMAT: Final = "red-pandas-capsule"
MOST_BYTES: Final = 500_000_000
PACKAGES: Final = ("duckdb", "numpy", "pandas", "plotly", "pyarrow", "scikit-learn", "scipy", "statsmodels")
DAY: Final = (1980, 1, 1, 0, 0, 0)
"""Every file has this date, so that the same contents make the same capsule, byte by byte."""
CODE_BYTES: Final = 8_000_000
EVERY_ROW: Final = 1 << 50
SECONDS: Final = 600.0
MANIFEST, SEAL = "manifest.json", "seal.txt"
VERIFY: Final = Path(__file__).resolve().parent / "capsule_verify.py"


@requires(Action.CONVERSATION_READ)
def pack(
    ws: Workspace,
    turns: Sequence[Turn],
    title: str,
    target: Path,
    progress: Progress = QUIET,
    *,
    holds_data: bool = True,
) -> None:
    """Writes the capsule of these answers; without its data it holds their fingerprints, and whoever verifies it gives
    the files. Raises: NotFound; BadInput, when none has code, or one gives another result than it did; Stopped."""
    needed = notebooks.program(ws, turns, title)
    names = [f"data/{number}.parquet" for number in range(1, len(needed.version_ids) + 1)]
    with ExitStack() as opened:
        found = [opened.enter_context(changes.local(ws, each)) for each in needed.version_ids]
        data = dict(zip(names, found, strict=True))
        if holds_data and sum(path.stat().st_size for path in found) > MOST_BYTES:
            raise BadInput("The tables are too large for a capsule.", "Take the one without data.")
        files = {name: path.read_bytes() for name, path in data.items()} if holds_data else {}
        files |= _files(needed.program, [turn for turn in turns if notebooks.coded(turn)], names, holds_data=holds_data)
        about: dict[str, Any] = {
            "title": title,
            "python": platform.python_version(),
            "runs": _runs(needed.program, names),
        }
        if not holds_data:
            tables = zip(names, found, needed.program.inputs, strict=True)
            about["needed"] = {name: {"table": each.name, "sha256": digest(path)} for name, path, each in tables}
        written = sealed(files, about)
        if problems := check(written) or rerun(ws.backends.sandbox, written, progress, {} if holds_data else data):
            raise BadInput(f"The answers cannot be packed: {problems[0]}", "Bring the report up to date first.")
    target.write_bytes(written)


def _files(program: Program, turns: Sequence[Turn], names: Sequence[str], *, holds_data: bool) -> dict[str, bytes]:
    """What stands beside the data."""
    files = {f"expected/{number}.json": _bytes(expected(turn)) for number, turn in enumerate(turns, 1)}
    files["run.py"] = programs.run(program, names).encode()
    files["verify.py"] = VERIFY.read_bytes()
    files["requirements.lock"] = "".join(f"{name}=={each}\n" for name, each in _packages().items()).encode()
    tables = [] if holds_data else [each.name for each in program.inputs]
    files["README.md"] = _readme(program.title, [turn.question for turn in turns], tables).encode()
    return files


def _runs(program: Program, names: Sequence[str]) -> list[dict[str, JsonValue]]:
    """What is run for each answer, in their order."""
    return [
        {
            "question": part.question,
            "data": names[program.tables[part.table].input],
            "steps": "\n".join(code for _, code in program.tables[part.table].steps),
            "code": part.code,
            "rows": part.rows,
        }
        for part in program.parts
    ]


def sealed(files: Mapping[str, bytes], about: Mapping[str, Any]) -> bytes:
    """The capsule of these files."""
    hashes = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    manifest = _bytes({"format": FORMAT, "version": 1, **about, "files": hashes})
    seal = f"{hashlib.sha256(manifest).hexdigest()}\n".encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as made:
        for name, data in {MANIFEST: manifest, SEAL: seal, **{name: files[name] for name in hashes}}.items():
            made.writestr(zipfile.ZipInfo(name, DAY), data)
    return archive.getvalue()


def check(capsule: bytes) -> list[str]:
    """What is not as it was when the capsule was packed, in sentences; nothing is run."""
    try:
        with zipfile.ZipFile(io.BytesIO(capsule)) as archive:
            if sum(each.file_size for each in archive.infolist()) > 2 * MOST_BYTES:
                return ["It is too large."]
            files = {name: archive.read(name) for name in archive.namelist()}
        manifest = json.loads(files[MANIFEST])
        hashes, about = dict(manifest["files"]), {key: manifest[key] for key in ("title", "python", "runs")}
        about |= {key: manifest[key] for key in ("needed",) if key in manifest}
        is_ours = manifest["format"] == FORMAT
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, NotImplementedError, RuntimeError, EOFError, OSError):
        return ["It cannot be read: it is no capsule, or it was altered."]
    if (
        not is_ours
        or hashlib.sha256(files[MANIFEST]).hexdigest() != files.get(SEAL, b"").decode("ascii", "replace").strip()
    ):
        return [f"{MANIFEST} is not the one that was sealed."]
    contents = {name: data for name, data in files.items() if name not in (MANIFEST, SEAL)}
    found = [f"{name} was altered." for name in hashes if name in contents and _hash(contents[name]) != hashes[name]]
    found += [f"{name} is missing." for name in hashes if name not in contents]
    found += [f"{name} was added." for name in contents if name not in hashes]
    if not found and sealed(contents, about) != capsule:
        found.append("The archive around the files was altered.")
    return found


def digest(path: Path) -> str:
    """The fingerprint of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def data_of(capsule: bytes, given: Sequence[Path]) -> tuple[dict[str, Path], list[str]]:
    """The files that a capsule without data needs, by their names in it, among those given; and what is not right, in
    sentences. Nothing is needed by one that holds its data. The capsule passed `check`. Raises: OSError."""
    with zipfile.ZipFile(io.BytesIO(capsule)) as archive:
        needed: dict[str, dict[str, str]] = json.loads(archive.read(MANIFEST)).get("needed", {})
    by_digest = {digest(path): path for path in given}
    found = {name: by_digest[each["sha256"]] for name, each in needed.items() if each["sha256"] in by_digest}
    lacking = [each for name, each in needed.items() if name not in found]
    if not lacking:
        return found, [] if needed or not given else ["It holds its data: no file is to be given with it."]
    others = [path.name for path in given if path not in found.values()]
    seen = f"{', '.join(others)} is not it" if others else "give its file, as it was downloaded as Parquet"
    return found, [
        f"The data of “{str(each['table'])[:80]}” are not those of the answers: the file with the fingerprint "
        f"{each['sha256'][:16]}… is needed; {seen}."
        for each in lacking
    ]


def rerun(
    executor: Executor, capsule: bytes, progress: Progress = QUIET, data: Mapping[str, Path] | None = None
) -> list[str]:
    """Runs the code of a capsule that passed `check`, each answer in a process of its own that may touch nothing else,
    and says what gives another result than was packed. `data`: the files it does not hold, by their names in it."""
    found: list[str] = []
    with zipfile.ZipFile(io.BytesIO(capsule)) as archive, tempfile.TemporaryDirectory() as folder:
        for number, run in enumerate(json.loads(archive.read(MANIFEST))["runs"], 1):
            progress.stage(f"Answer {number}")
            path = Path(folder) / f"{number}.parquet"
            if given := (data or {}).get(run["data"]):
                shutil.copyfile(given, path)
            else:
                path.write_bytes(archive.read(run["data"]))
            known = json.loads(archive.read(f"expected/{number}.json"))
            problem = _cleaned(executor, str(run["steps"]), path, progress)
            result = _ran(executor, str(run["code"]), path, int(run["rows"]), progress)
            if problem or result.status is not RunStatus.OK:
                found.append(f"Answer {number} does not run any more: {problem or _why(result)}")
            elif not alike(known, told(result.outputs)):
                found.append(f"Answer {number} (“{str(run['question'])[:80]}”) gives another result.")
    return found


def _cleaned(executor: Executor, steps: str, path: Path, progress: Progress) -> str:
    """Changes the table at the path by these steps; why it cannot, or ""."""
    if not steps:
        return ""
    result = _ran(executor, f"{steps}\nresult = df", path, EVERY_ROW, progress)
    if result.status is not RunStatus.OK:
        return _why(result)
    table = next(each for each in result.outputs if isinstance(each, Table))
    pq.write_table(pa.ipc.open_stream(table.arrow).read_all(), path)
    return ""


def _why(result: RunResult) -> str:
    return result.error.message if result.error else f"it ended as {result.status}"


def expected(turn: Turn) -> list[dict[str, Any]]:
    """What the code of a turn gives; the table of assumptions beside an analysis comes from elsewhere."""
    outputs = turn.answer.outputs if turn.answer else ()
    is_analysis = turn.analyst == exploration.ANALYST
    return told([each for each in outputs if not (is_analysis and each.name == "assumptions")])


def told(outputs: Sequence[Output]) -> list[dict[str, Any]]:
    """The tables and values of a result as plain JSON."""
    found: list[dict[str, Any]] = []
    for each in outputs:
        if each.name.startswith("_"):
            continue
        if isinstance(each, Table):
            rows = {"rows": export.rows(each), "total": each.total_rows}
            found.append({"name": each.name, "columns": list(each.columns), **rows})
        elif isinstance(each, Value):
            found.append({"name": each.name, "value": each.value})
    return found


def alike(expected: Any, found: Any) -> bool:
    """Whether two results are the same; numbers may differ in their ninth digit, as on another processor."""
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return abs(expected - found) <= 1e-9 * max(1.0, abs(expected))
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(alike, expected, found))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(alike(expected[key], found[key]) for key in expected)
    return bool(expected == found)


def _ran(executor: Executor, code: str, path: Path, rows: int, progress: Progress) -> RunResult:
    request = RunRequest(
        id=uuid4().hex,
        code=code,
        tables={TABLE_NAME: path},
        grant=Grant.QUERY if "sql(" in code else Grant.ANSWER,
        limits=Limits(rows=rows, code_bytes=CODE_BYTES, output_bytes=MOST_BYTES, wall_seconds=SECONDS),
        whole=rows == EVERY_ROW,
    )
    return stoppable(executor, request, progress)


def _packages() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _readme(title: str, questions: Sequence[str], tables: Sequence[str]) -> str:
    lines = "\n".join(f"{number}. {' '.join(question.split())}" for number, question in enumerate(questions, 1))
    lacking = ", ".join(f"“{' '.join(each.split())}”" for each in tables)
    held = "The fingerprint of the data" if tables else "The data"
    given = (
        f"""
The data are not in here. Have {lacking} given to you, downloaded as Parquet, and verify with
`python verify.py TABLE.parquet` or `python -m services capsule verify FILE.zip --data TABLE.parquet`.
"""
        if tables
        else ""
    )
    return f"""# {" ".join(title.split())}

{held}, the code, the environment and the results of:

{lines}
{given}
`python verify.py` looks whether anything was altered, runs run.py in a process of its own and compares what it gives
with what is in expected/. It needs what is in requirements.lock. It runs the code in here: look at run.py first when
the capsule comes from somebody you do not know. `python -m services capsule verify FILE.zip` runs it in a sandbox.
"""


def _bytes(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode()


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
