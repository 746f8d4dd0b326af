"""The container gets the whole product and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture import PRODUCT

PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", [*PRODUCT, "requirements.txt", ".streamlit"])
def test_what_the_product_needs_is_copied(name: str) -> None:
    copied = [line.split()[1] for line in read("Dockerfile") if line.startswith("COPY ")]
    kept = [line[1:].split("/")[0] for line in read(".dockerignore") if line.startswith("!")]
    assert name in copied
    assert name in kept


def test_secrets_stay_out() -> None:
    kept = [line for line in read(".dockerignore") if line.startswith("!.streamlit")]
    assert kept == ["!.streamlit/config.toml"]
    assert "*" in read(".dockerignore")


def test_it_does_not_run_as_root_and_keeps_its_data_in_the_volume() -> None:
    lines = read("Dockerfile")
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["app"]
    assert "VOLUME /data" in lines
    assert any("RED_PANDAS_HOME=/data" in line for line in lines)


def read(name: str) -> list[str]:
    return (PROJECT / name).read_text(encoding="utf-8").splitlines()
