"""Frames made by an attacker: each rule of the gate has one that needs it."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from sandbox import arrow_gate, gate, outcome, wire
from sandbox.messages import Limits, RunRequest, RunStatus
from sandbox.watch import Ended

REQUEST = RunRequest(id="1", code="result = 1")


def frame(header: dict[str, Any], *blobs: bytes) -> bytearray:
    return bytearray(b"".join(bytes(piece) for piece in wire.pack(header, blobs)))


def told(kind: str, blob: bytes, **about: Any) -> bytearray:
    return frame({"status": "ok", "outputs": [{"kind": kind, "name": "x", **about}]}, blob)


def judge(data: bytearray) -> Any:
    return outcome.result(REQUEST, Ended(data, "", 0, "", 0.0), 0.1)


def stream(table: pa.Table, options: pa.ipc.IpcWriteOptions | None = None) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def test_honest_table_passes() -> None:
    result = judge(told("table", stream(pa.table({"a": [1, 2]})), total_rows=5))
    assert result.status is RunStatus.OK
    assert (result.outputs[0].rows, result.outputs[0].total_rows) == (2, 5)


@pytest.mark.parametrize("lie", [0, -5, 1 << 50, 1.5, True, "9", [1]])
def test_memory_needed_must_be_a_number(lie: object) -> None:
    error = {"type": "MemoryError", "message": "too large"}
    assert judge(frame({"status": "memory", "error": error, "needs_mb": lie})).status is RunStatus.FAILED
    assert judge(frame({"status": "memory", "error": error, "needs_mb": 900})).needs_mb == 900


def compressed() -> bytes:
    return stream(pa.table({"a": ["x" * 1000] * 50_000}), pa.ipc.IpcWriteOptions(compression="zstd"))


def extension() -> bytes:
    """A type that pandas registers with Arrow."""
    return stream(pa.Table.from_pandas(pd.DataFrame({"a": pd.period_range("2024", periods=2, freq="M")})))


def broken_extension() -> bytes:
    """A registered type whose settings are none: its reader runs as soon as the schema is read, and raises."""
    tags = {b"ARROW:extension:name": b"pandas.period", b"ARROW:extension:metadata": b"{}"}
    return stream(pa.table([[1]], schema=pa.schema([pa.field("a", pa.int64(), metadata=tags)])))


def picture(*chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of these parts."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def sides(pixels: int) -> tuple[bytes, bytes]:
    return b"IHDR", struct.pack(">IIBBBBB", pixels, pixels, 8, 0, 0, 0, 0)


IDAT, IEND = (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")


def wrong_offsets() -> bytes:
    """Text offsets that point far outside the data."""
    good = stream(pa.table({"a": pa.array(["ab", "cd"], pa.large_string())}))
    return good.replace(struct.pack("<3q", 0, 2, 4), struct.pack("<3q", 0, 1 << 40, 1 << 41))


def bad_text() -> bytes:
    buffers = [None, pa.py_buffer(struct.pack("<2i", 0, 2)), pa.py_buffer(b"\xff\xfe")]
    return stream(pa.table({"a": pa.Array.from_buffers(pa.string(), 1, buffers)}))


ATTACKS: dict[str, Callable[[], bytes]] = {
    "compressed": compressed,
    "dictionary": lambda: stream(pa.table({"a": pa.array(["x"]).dictionary_encode()})),
    "extension": extension,
    "broken extension": broken_extension,
    "offsets": wrong_offsets,
    "text": bad_text,
    "nulls": lambda: stream(pa.table({"a": pa.nulls(200_000_000)})),
    "columns": lambda: stream(pa.table({f"c{n}": [1] for n in range(3_000)})),
    "nested": lambda: stream(pa.table({"a": [[1, 2]]})),
    "twins": lambda: stream(pa.table([[1], [2]], names=["a", "a"])),
    "cut": lambda: stream(pa.table({"a": list(range(1000))}))[:-600],
    "noise": lambda: b"\xff\xff\xff\xff\x10\x00\x00\x00" + b"\xaa" * 64,
    "empty": lambda: b"",
    "binary": lambda: stream(pa.table({"a": [b"x"]})),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_hostile_table_is_refused(name: str) -> None:
    result = judge(told("table", ATTACKS[name](), total_rows=10**9))
    assert result.status is RunStatus.FAILED
    assert result.error.type == "BadResult"
    assert result.outputs == ()


def test_flipped_bytes_never_crash_the_reader() -> None:
    good = bytearray(stream(pa.table({"a": [1, 2, None], "s": ["x", "yy", None]})))
    for place in range(len(good)):
        bad = bytes(good[:place]) + bytes([good[place] ^ 0xFF]) + bytes(good[place + 1 :])
        try:
            arrow_gate.check(memoryview(bad), 100, 10).to_pylist()
        except arrow_gate.BadArrow:
            continue


def test_metadata_does_not_come_through() -> None:
    table = pa.table({"a": [1]}).replace_schema_metadata({"pandas": '{"index_columns": ["__reduce__"]}'})
    output = judge(told("table", stream(table), total_rows=1)).outputs[0]
    assert pa.ipc.open_stream(output.arrow).schema.metadata is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x01",
        b"\xff\xff\xff\xff{}",
        frame({"status": "stopped"}),
        frame({"status": "ok"}),
        frame({"status": "ok", "outputs": [1]}, b""),
        frame({"status": "ok", "outputs": [{"kind": "pickle"}]}, b"x"),
        frame({"status": "ok", "outputs": [{"kind": ["table"]}]}, b"x"),
        frame({"status": ["ok"], "outputs": []}),
        frame({"status": "failed", "error": "text"}),
        frame({"status": "ok", "outputs": []}, b"left over"),
        told("value", b"NaN"),
        told("value", b"[" * 100_000),
        told("value", json.dumps(1).encode()) + b"more",
        told("image", b"<svg onload=alert(1)>"),
        told("image", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 100_000, 100_000)),
        told("image", picture(sides(10), sides(30_000), IDAT, IEND)),
        told("image", picture(sides(10), (b"acTL", b"\0" * 8), IDAT, IEND)),
        told("image", picture(sides(10), (b"zTXt", b"k\0\0"), IDAT, IEND)),
        told("image", picture(sides(10), IDAT)),
        told("image", picture(sides(10), IDAT, IEND)[:-3]),
        told("image", picture(sides(4_001), IDAT, IEND)),
        frame({"status": "ok", "outputs": [], "sampled": [5, 1]}),
        told("table", stream(pa.table({"a": [1]})), total_rows="many"),
        told("table", stream(pa.table({"a": [1]})), total_rows=True),
        told("figure", b"[]"),
    ],
    ids=range(26),
)
def test_hostile_frame_is_a_failed_run(data: bytes) -> None:
    result = judge(bytearray(data))
    assert result.status is RunStatus.FAILED
    assert result.outputs == ()


def test_an_honest_picture_passes() -> None:
    result = judge(told("image", picture(sides(1), (b"tEXt", b"Software\0x"), (b"pHYs", b"\0" * 9), IDAT, IEND)))
    assert result.status is RunStatus.OK, result.error


def test_too_many_outputs() -> None:
    about = [{"kind": "text", "name": ""}] * 101
    assert judge(frame({"status": "ok", "outputs": about}, *[b"x"] * 101)).status is RunStatus.FAILED


def test_text_is_cleaned_of_what_cannot_be_seen() -> None:
    result = judge(told("text", "a\x1b[31mb\u202ec\x00\u200bd\n\te".encode()))
    assert result.outputs[0].text == "abcd\n\te"


def test_error_is_text_of_bounded_length() -> None:
    error = gate.error({"type": "E" * 500, "message": "m" * 9_000, "line": -3, "hint": {"a": 1}})
    assert (len(error.type), len(error.message), error.line) == (100, 2_000, None)


def test_rows_beyond_the_limit_are_refused() -> None:
    data = memoryview(stream(pa.table({"a": list(range(11))})))
    with pytest.raises(arrow_gate.BadArrow):
        arrow_gate.check(data, Limits().rows * 0 + 10, 5)


def test_text_and_numbers_can_be_stored() -> None:
    """Half a character, or a number beyond all numbers, would break whoever writes the result down."""
    assert gate.clean("a\ud800b") == "ab"
    for text in (b"1e999", b"[-1e999]"):
        with pytest.raises(gate.Unsafe):
            outputs([{"kind": "value"}], [text])


def outputs(told: list[dict[str, Any]], blobs: list[bytes]) -> tuple[Any, ...]:
    frame = wire.Frame({"outputs": told}, tuple(map(memoryview, blobs)))
    return gate.outputs(frame, Limits())


@pytest.mark.long
def test_values_do_not_swell() -> None:
    blob = b"[" + b"[]," * 266_000 + b"[]]"
    with pytest.raises(gate.Unsafe, match="too large"):
        outputs([{"kind": "value"}] * 90, [blob] * 90)


def streamed(table: pa.Table | pa.RecordBatch, times: int = 1, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for _ in range(times):
            writer.write(table)
    return sink.getvalue().to_pybytes()


def test_columns_without_bytes_do_not_swell() -> None:
    data = streamed(pa.table({str(place): pa.nulls(25_000) for place in range(2_000)}), times=4)
    with pytest.raises(gate.Unsafe, match="too many"):
        outputs([{"kind": "table", "total_rows": 100_000}], [data])


def test_compression_of_an_old_version_is_refused() -> None:
    packed = struct.pack("<q", 1 << 24) + pa.compress(bytes(1 << 24), "zstd", asbytes=True)
    filler = (-len(packed)) % 8 + 8
    packed += struct.pack("<II", 0x184D2A50, filler - 8) + bytes(filler - 8)
    array = pa.Array.from_buffers(pa.int64(), len(packed) // 8, [None, pa.py_buffer(packed)])
    batch = pa.record_batch([array], names=["a"])
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(metadata_version=pa.ipc.MetadataVersion.V4)
    with pa.ipc.new_stream(sink, batch.schema, options=options) as writer:
        writer.write_batch(batch, custom_metadata={"ARROW:experimental_compression": "zstd"})
    read = pa.ipc.open_stream(sink.getvalue()).read_all()
    assert read.column(0).chunk(0).buffers()[1].size == 1 << 24, "the library unpacks it, so that this test can fail"
    with pytest.raises(arrow_gate.BadArrow, match="uncompressed"):
        arrow_gate.check(memoryview(sink.getvalue()), 1_000_000, 10)


@pytest.mark.parametrize(
    "column",
    [pa.array([1], pa.timestamp("us", tz="Mars/Phobos")), pa.array([1 << 30], pa.int32()).view(pa.date32())],
)
def test_times_that_cannot_be_shown_are_refused(column: pa.Array) -> None:
    with pytest.raises(arrow_gate.BadArrow):
        arrow_gate.check(memoryview(streamed(pa.table({"a": column}))), 10, 10)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "+05:30"])
def test_times_with_a_zone_pass(zone: str) -> None:
    data = streamed(pa.table({"a": pa.array([1], pa.timestamp("us", tz=zone)), "b": pa.array([1], pa.date32())}))
    assert arrow_gate.check(memoryview(data), 10, 10).num_rows == 1
