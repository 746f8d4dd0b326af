"""The documentation fails when it lags: settings, commands, pages, and links that lead nowhere."""

from __future__ import annotations

import argparse
import ast
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo

from services import __main__ as command_line
from services.assistant import export
from services.code.analyses import KINDS, AnalysisBase
from services.code.analyses.charts import TYPES
from services.domain import AlertKind
from services.settings import Settings

PROJECT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])
PAGES = sorted(path for path in (PROJECT / "pages").rglob("*.py") if path.parent.name != "pages")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)")


def text(path: str) -> str:
    return (PROJECT / path).read_text(encoding="utf-8")


def row(name: str, field: FieldInfo) -> str:
    """The line of docs/settings.md for a setting."""
    alias = field.validation_alias
    names = [str(choice) for choice in alias.choices] if isinstance(alias, AliasChoices) else []
    names = names or [f"RED_PANDAS_{name.upper()}"]
    return f"| {', '.join(f'`{each}`' for each in names)} | {shown(name, field)} | {field.description} |"


def shown(name: str, field: FieldInfo) -> str:
    """A default as the table shows it."""
    if name == "home":
        return "`~/.red-pandas`"
    default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    default = str(default).lower() if isinstance(default, bool) else default
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`" if default != "" else "empty"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_as_it_is(name: str) -> None:
    expected = row(name, Settings.model_fields[name])
    assert expected in text("docs/settings.md").splitlines(), f"docs/settings.md lacks this line:\n{expected}"


def test_no_setting_is_documented_that_is_not_there() -> None:
    documented = {line for line in text("docs/settings.md").splitlines() if line.startswith("| `")}
    assert documented == {row(name, field) for name, field in Settings.model_fields.items()}


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every command with its parser."""
    actions = command_line._parser()._actions
    return {
        name: parser
        for action in actions
        if isinstance(action, argparse._SubParsersAction)
        for name, parser in action.choices.items()
    }


def test_every_command_and_option_is_documented() -> None:
    document = text("docs/command-line.md")
    found = commands()
    assert {"ask", "batch"} <= found.keys()
    for name, parser in found.items():
        assert f"## {name}\n" in document
        options = [option for action in parser._actions for option in action.option_strings if option.startswith("--")]
        assert [option for option in options if option != "--help" and f"`{option}" not in document] == []


def test_every_field_of_the_json_is_documented() -> None:
    document = text("docs/command-line.md")
    assert [key for key in export.failed("") if f"| `{key}` |" not in document] == []


def titles() -> dict[str, str]:
    """Path of each page in the menu, with its title."""
    calls = [node for node in ast.walk(ast.parse(text("pages/frame.py"))) if isinstance(node, ast.Call)]
    pages = [call for call in calls if ast.unparse(call.func) == "st.Page"]
    named = [{word.arg: word.value for word in call.keywords} for call in pages]
    return {
        ast.literal_eval(call.args[0]): ast.literal_eval(words["title"])
        for call, words in zip(pages, named, strict=True)
    }


def test_every_page_is_in_the_menu_and_in_the_guide() -> None:
    assert sorted(titles()) == [path.relative_to(PROJECT / "pages").as_posix() for path in PAGES]
    guide = text("docs/guide.md")
    assert [title for title in titles().values() if f"\n## {title}\n" not in guide] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_links_and_pictures_are_there(document: Path) -> None:
    targets = [unquote(found) for found in LINK.findall(document.read_text(encoding="utf-8"))]
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_every_decision_has_its_four_parts_and_is_listed() -> None:
    listed = text("docs/decisions/README.md")
    for path in sorted((PROJECT / "docs/decisions").glob("0*.md")):
        headings = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert headings == ["Context", "Decision", "Alternatives", "Consequences"], path.name
        assert f"]({path.name})" in listed


def test_ci_runs_the_command_of_the_readme() -> None:
    assert "\nmake test " in text("README.md")
    assert "make test" in text(".ci/run").splitlines()


def section(heading: str) -> str:
    """What the guide says under a heading."""
    return text("docs/guide.md").split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


@pytest.mark.parametrize("name", TYPES)
def test_every_chart_is_in_the_guide(name: str) -> None:
    row = next(line for line in section("Explore").splitlines() if line.startswith(f"| {TYPES[name].group.lower()} |"))
    assert TYPES[name].title in [each.strip() for each in row.split("|")[2].split(",")]


@pytest.mark.parametrize("kind", AlertKind)
def test_every_alert_is_in_the_guide(kind: AlertKind) -> None:
    assert f"**{kind.value}**" in section("Profile")


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.GROUP != "Charts"])
def test_every_analysis_is_in_the_guide(kind: type[AnalysisBase]) -> None:
    headings = {"Models": "Model"}
    assert f"**{kind.TITLE}**" in section(headings.get(kind.GROUP, kind.GROUP))
