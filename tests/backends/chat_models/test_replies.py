"""Reading what a model sent, however it was wrapped."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel, field_validator

from services.backends.chat_models import replies


class Reply(BaseModel):
    reading: str = ""
    kind: str = "analyse"
    code: str = ""

    @field_validator("code")
    @classmethod
    def _some(cls, code: str) -> str:
        if not code:
            raise ValueError("the code is missing")
        return code


CODE = 'table = {"a": 1}\nresult = table'
OBJECT = json.dumps({"reading": "r", "kind": "analyse", "code": CODE})


@pytest.mark.parametrize(
    "text",
    [
        OBJECT,
        f"  {OBJECT}\n",
        f"Here you are:\n```json\n{OBJECT}\n```\nAnything else?",
        f"```\n{OBJECT}\n```",
        f"<think>maybe {{1}} or\n```python\nwrong\n```\n</think>\n{OBJECT}",
        f"no opening tag, {{}} </think>{OBJECT}",
        OBJECT.replace("\\n", "\n"),
        OBJECT[:-1] + ', "confidence": 3}',
        'A set {1, 2} first. {"note": "not this"} ' + OBJECT,
        '{"reading": "r", "kind": "analyse", "code": ""}\n```python\n' + CODE + "\n```",
        '{"reading": "r"}\n\n```py\n' + CODE,
    ],
)
def test_the_record_is_found(text: str) -> None:
    assert replies.read(text, Reply) == Reply(reading="r", code=CODE)


@pytest.mark.parametrize(
    "text", [f"Sure!\n```python\n{CODE}\n```", f"```\n{CODE}\n```", f"Sure: ```python\n{CODE}\n```"]
)
def test_a_code_block_alone_is_enough(text: str) -> None:
    assert replies.read(text, Reply) == Reply(code=CODE)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the reply was empty"),
        (" \n\t", "the reply was empty"),
        ("<think>never ends", "the reply was empty"),
        ("I cannot help with that.", "the reply holds no JSON object"),
        (OBJECT[:40], "the reply holds no JSON object"),
        ("[1, 2]", "the reply holds no JSON object"),
        ("{" * 100_000, "the reply holds no JSON object"),
        ('{"a":' * 50_000, "the reply holds no JSON object"),
        ('{"code": ""}', "code: the code is missing"),
        ('{"code": 7}', "code: Input should be a valid string"),
    ],
)
def test_anything_else_is_unusable_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(replies.Unusable, match=f"^{reason}$"):
        replies.read(text, Reply)


def test_what_no_database_can_hold_is_taken_out() -> None:
    found = replies.read('{"reading": "a\\ud800b\x00", "code": "x"}', Reply)
    assert found.reading == "a\ufffdb"
    assert replies.clean("\ud83d" + "\ude00") == "\U0001f600"


def test_the_schema_is_strict() -> None:
    schema = replies.schema(Reply)
    assert schema["required"] == ["reading", "kind", "code"]
    assert schema["additionalProperties"] is False
    assert "default" not in json.dumps(schema)
