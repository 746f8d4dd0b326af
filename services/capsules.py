"""Capsules: answers with their data, code, environment and results in one file that proves itself.

Whatever is altered in it is found: every byte stands under a fingerprint, and the code gives the results again.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
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
def pack(ws: Workspace, turns: Sequence[Turn], title: str, target: Path, progress: Progress = QUIET) -> None:
    """Writes the capsule of these answers. Raises: NotFound; BadInput, when none has code, or one gives another result
    than it did; Stopped."""
    needed = notebooks.program(ws, turns, title)
    shown = [turn for turn in turns if notebooks.coded(turn)]
    names = [f"data/{number}.parquet" for number in range(1, len(needed.version_ids) + 1)]
    files = {name: _data(ws, each) for name, each in zip(names, needed.version_ids, strict=True)}
    if sum(map(len, files.values())) > MOST_BYTES:
        raise BadInput("The tables are too large for a capsule.", "Take the notebook instead, and the data beside it.")
    runs: list[dict[str, JsonValue]] = []
    for number, (turn, part) in enumerate(zip(shown, needed.program.parts, strict=True), 1):
        table = needed.program.tables[part.table]
        files[f"expected/{number}.json"] = _bytes(expected(turn))
        steps = "\n".join(code for _, code in table.steps)
        runs.append(
            {
                "question": part.question,
                "data": names[table.input],
                "steps": steps,
                "code": part.code,
                "rows": part.rows,
            }
        )
    files["run.py"] = programs.run(needed.program, names).encode()
    files["verify.py"] = VERIFY.read_bytes()
    files["requirements.lock"] = "".join(f"{name}=={each}\n" for name, each in _packages().items()).encode()
    files["README.md"] = _readme(title, [turn.question for turn in shown]).encode()
    written = sealed(files, {"title": title, "python": platform.python_version(), "runs": runs})
    if problems := check(written) or rerun(ws.backends.sandbox, written, progress):
        raise BadInput(f"The answers cannot be packed: {problems[0]}", "Bring the report up to date first.")
    target.write_bytes(written)


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


def rerun(executor: Executor, capsule: bytes, progress: Progress = QUIET) -> list[str]:
    """Runs the code of a capsule that passed `check`, each answer in a process of its own that may touch nothing else,
    and says what gives another result than was packed."""
    found: list[str] = []
    with zipfile.ZipFile(io.BytesIO(capsule)) as archive, tempfile.TemporaryDirectory() as folder:
        for number, run in enumerate(json.loads(archive.read(MANIFEST))["runs"], 1):
            progress.stage(f"Answer {number}")
            path = Path(folder) / f"{number}.parquet"
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


def _data(ws: Workspace, version_id: str) -> bytes:
    with changes.local(ws, version_id) as path:
        return path.read_bytes()


def _packages() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _readme(title: str, questions: Sequence[str]) -> str:
    lines = "\n".join(f"{number}. {' '.join(question.split())}" for number, question in enumerate(questions, 1))
    return f"""# {" ".join(title.split())}

The data, the code, the environment and the results of:

{lines}

`python verify.py` looks whether anything was altered, runs run.py in a process of its own and compares what it gives
with what is in expected/. It needs what is in requirements.lock. It runs the code in here: look at run.py first when
the capsule comes from somebody you do not know. `python -m services capsule verify FILE.zip` runs it in a sandbox.
"""


def _bytes(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode()


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
