"""`make bench` runs what can be run and says what is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import bench


def test_only_files_with_a_main_are_benchmarks(tmp_path: Path) -> None:
    (tmp_path / "questions.py").write_text('if __name__ == "__main__":\n    main()\n')
    (tmp_path / "tables.py").write_text("ROWS = 10\n")
    assert bench.benchmarks(tmp_path) == ["questions"]


def test_an_unknown_name_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["no-such-benchmark"]) == 2
    assert "There is no benchmark no-such-benchmark. There are: " in capsys.readouterr().out


def test_missing_collections_are_said_and_failures_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    (folder / "good.py").write_text('if __name__ == "__main__":\n    pass\n')
    (folder / "bad.py").write_text('if __name__ == "__main__":\n    raise SystemExit(3)\n')
    monkeypatch.setattr(bench, "PROJECT", tmp_path)
    monkeypatch.setenv("CORPORA", str(tmp_path / "nowhere"))
    assert bench.main([]) == 1
    printed = capsys.readouterr().out
    assert "The test collections are not at" in printed
    assert "Failed: bad" in printed
    assert bench.main(["good"]) == 0
