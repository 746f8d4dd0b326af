"""The rules of the house hold for every file, and each rule can fail."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests import architecture as rules
from tests.architecture import Source

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = rules.read(PROJECT)
WITH_TOOLS = SOURCES + rules.read(PROJECT, rules.BESIDE)
TEXT = {".py", ".md", ".toml", ".txt", ".in", ".sh", ".yml", ".yaml", ".ini", ".mako", ""}


def test_there_is_something_to_check() -> None:
    paths = {source.path for source in SOURCES}
    assert {"app.py", "services/domain.py", "services/backends/rows.py", "sandbox/messages.py"} <= paths


@pytest.mark.parametrize(
    "rule", [rules.imports, rules.guards, rules.catch_alls, rules.session_state, rules.environment]
)
def test_the_product_keeps_the_rule(rule: Callable[[Source], list[str]]) -> None:
    report(breach for source in SOURCES for breach in rule(source))


@pytest.mark.parametrize("rule", [rules.sizes, rules.words])
def test_the_product_and_its_tools_keep_the_rule(rule: Callable[[Source], list[str]]) -> None:
    report(breach for source in WITH_TOOLS for breach in rule(source))


def test_most_functions_are_short() -> None:
    report(rules.usual_size(WITH_TOOLS))


def test_no_file_names_a_path_of_one_machine() -> None:
    report(breach for path, text in written() for breach in rules.paths(path, text))


def test_no_prompt_names_a_forbidden_tool() -> None:
    prompts = sorted((PROJECT / "services").rglob("*.md"))
    found = [path.name for path in prompts if rules.FORBIDDEN_WORDS.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_every_layer_of_the_table_can_be_reached() -> None:
    modules = [*rules.SINGLE, *rules.FOLDERS]
    assert {rules.layer_of(module) for module in modules} == {*rules.MAY_IMPORT, "streamlit"}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("services/datasets.py", "import streamlit as st"),
        ("services/datasets.py", "from streamlit.runtime import get_instance"),
        ("services/datasets.py", "def late():\n    import components.figure"),
        ("services/datasets.py", "from services.backends.database import Database"),
        ("services/datasets.py", "from services.backends import rows"),
        ("services/datasets.py", "from sandbox import Sandbox"),
        ("services/datasets.py", "from services import wiring"),
        ("services/domain.py", "from services.protocols import Analyst"),
        ("services/domain.py", "from services import datasets"),
        ("services/errors.py", "from services.domain import Turn"),
        ("services/assistant/pipeline.py", "import services.backends.engine"),
        ("services/assistant/builtin/compose.py", "from sandbox.host import Sandbox"),
        ("services/assistant/llm_analyst.py", "from services.backends.chat_models import ChatModel"),
        ("services/datasets.py", "if TYPE_CHECKING:\n    from services.backends.engine import Engine"),
        ("services/access.py", "from services.workspace import Workspace"),
        ("services/code/steps/rows.py", "from services.domain import Profile"),
        ("services/routes/health.py", "from services.backends.database import Database"),
        ("services/backends/rows.py", "from services import datasets"),
        ("services/backends/rows.py", "from services.workspace import Workspace"),
        ("services/backends/readers/csv.py", "from sandbox import Sandbox"),
        ("services/__main__.py", "from services.backends.database import Database"),
        ("pages/data/datasets.py", "from services.workspace import open_workspace"),
        ("pages/data/datasets.py", "from services.backends.rows import Rows"),
        ("pages/data/datasets.py", "from services.wiring import backends"),
        ("pages/data/datasets.py", "import sandbox"),
        ("components/figure.py", "from services import datasets"),
        ("components/figure.py", "from services.assistant import pipeline"),
        ("components/figure.py", "from components import shell"),
        ("components/sign_in.py", "from services import datasets"),
        ("app.py", "from services import datasets"),
        ("sandbox/worker.py", "from services.errors import AppError"),
        ("sandbox/messages.py", "from sandbox.host import Sandbox"),
        ("elsewhere/thing.py", "import json"),
    ],
)
def test_a_forbidden_import_is_found(path: str, line: str) -> None:
    assert len(rules.imports(Source(path, line))) == 1


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("services/datasets.py", "from services.workspace import Workspace\nfrom sandbox.messages import Table"),
        ("services/workspace.py", "from services.backends.rows import Rows"),
        ("services/wiring.py", "from sandbox import Sandbox\nfrom services.backends.engine import Engine"),
        ("services/__main__.py", "from services import datasets, wiring"),
        ("components/shell.py", "from services import wiring\nfrom services.workspace import open_workspace"),
        ("pages/analyse/chat.py", "from components import shell\nfrom services.assistant import pipeline"),
        ("services/assistant/llm_analyst.py", "if TYPE_CHECKING:\n    from services.backends.engine import Engine"),
        ("sandbox/host.py", "import json\nfrom sandbox import policy"),
    ],
)
def test_an_allowed_import_passes(path: str, line: str) -> None:
    assert rules.imports(Source(path, line)) == []


LONG = "def long():\n" + "    step = 1\n" * 60


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (rules.sizes, "services/datasets.py", "a = 1\n" * 401),
        (rules.sizes, "pages/data/datasets.py", "a = 1\n" * 121),
        (rules.sizes, "services/datasets.py", LONG),
        (rules.sizes, "services/datasets.py", LONG.replace("def", "async def")),
        (rules.guards, "services/datasets.py", "def rename(ws, id, name): ..."),
        (rules.guards, "services/datasets.py", "@cache\ndef rename(ws: Workspace, id: str): ..."),
        (rules.guards, "services/datasets.py", "def rename(space: Workspace, id: str): ..."),
        (rules.guards, "services/assistant/pipeline.py", "async def ask(ws, question): ..."),
        (rules.guards, "services/reports/compose.py", "def compose(ws, /, name): ..."),
        (rules.catch_alls, "services/datasets.py", "try:\n    a()\nexcept Exception:\n    raise"),
        (rules.catch_alls, "sandbox/host.py", "try:\n    a()\nexcept:\n    raise"),
        (
            rules.catch_alls,
            "components/figure.py",
            "try:\n    a()\nexcept (OSError, builtins.BaseException) as e:\n    raise",
        ),
        (rules.catch_alls, "services/wiring.py", "with contextlib.suppress(Exception):\n    a()"),
        (rules.words, "services/datasets.py", "from langchain_experimental.utilities import PythonREPL"),
        (rules.words, "services/datasets.py", "agent(allow_dangerous_code=True)"),
        (rules.words, "services/datasets.py", "import x  # type: ignore"),
        (rules.session_state, "pages/data/datasets.py", "st.session_state['x'] = 1"),
        (rules.session_state, "components/figure.py", "from streamlit import session_state"),
        (rules.environment, "services/datasets.py", "os.environ['X'] = '1'"),
        (rules.environment, "services/datasets.py", "from os import environ"),
        (rules.environment, "app.py", "os.putenv('X', '1')"),
    ],
)
def test_a_planted_breach_is_found(rule: Callable[[Source], list[str]], path: str, text: str) -> None:
    assert len(rule(Source(path, text))) == 1


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (rules.guards, "services/datasets.py", "@requires(Action.ASK)\ndef rename(ws, id): ...\ndef _own(ws): ..."),
        (rules.guards, "services/assistant/pipeline.py", "def answer(ws, turn_id, progress): ..."),
        (rules.catch_alls, "services/jobs.py", "try:\n    a()\nexcept Exception:\n    raise"),
        (rules.catch_alls, "services/datasets.py", "try:\n    a()\nexcept (OSError, ValueError):\n    raise"),
        (rules.words, "services/datasets.py", "import x  # type: ignore[import-untyped]"),
        (rules.session_state, "components/session.py", "st.session_state['x'] = 1"),
        (rules.session_state, "components/figure.py", '"""Leaves session_state alone."""'),
        (rules.environment, "sandbox/launch.py", "os.environ.clear()"),
    ],
)
def test_what_is_allowed_passes(rule: Callable[[Source], list[str]], path: str, text: str) -> None:
    assert rule(Source(path, text)) == []


def test_too_many_long_functions_are_found() -> None:
    long = "def f():\n" + "    a = 1\n" * 30
    short = "def g():\n    a = 1\n"
    assert rules.usual_size([Source("a.py", long + short * 9)]) == []
    assert len(rules.usual_size([Source("a.py", long + short * 8)])) == 1


@pytest.mark.parametrize("text", ["see /" + "home/ann/data.csv", "open('/" + "work/main')", "../" + "shared/notes.md"])
def test_a_path_of_one_machine_is_found(text: str) -> None:
    assert len(rules.paths("docs/guide.md", text)) == 1


@pytest.mark.parametrize("text", ["../shared/corpora", "~/home/x", "https://example.org/work/x", "the home/ folder"])
def test_other_paths_pass(text: str) -> None:
    assert rules.paths("docs/guide.md", text) == []


def report(breaches: Iterable[str]) -> None:
    """Fails with every breach on a line of its own."""
    if found := list(breaches):
        pytest.fail("\n".join(["", *found]), pytrace=False)


def written() -> list[tuple[str, str]]:
    """Path and text of every text file that is kept, without the tests (attacks name such paths)."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    names = done.stdout.splitlines() or [path.relative_to(PROJECT).as_posix() for path in PROJECT.rglob("*.py")]
    kept = [name for name in names if not re.match(r"tests/|\.venv/", name) and Path(name).suffix in TEXT]
    paths = [(name, PROJECT / name) for name in kept]
    return [(name, path.read_text(encoding="utf-8", errors="replace")) for name, path in paths if path.is_file()]
