"""Parquet, packed files, pictures, models, archives and our records; bombs among them."""

import bz2
import gzip
import io
import lzma
import pickle
import zipfile
import zlib
from collections.abc import Callable

import joblib
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression

from s3ml_tui.domain.preview.content import Hex, Image, Model, Parquet, Record, Table, Text
from s3ml_tui.readers.detect import look
from s3ml_tui.readers.source import Ranged
from tests.readers.files import PNG, counted, numbers, parquet, picture, read, request
from tests.services.arranged import manifest_record, result_record, start_record


def parquet_of(data: bytes, budget: int = 1 << 20) -> Parquet:
    content = read("a.parquet", data, budget=budget).content
    assert isinstance(content, Parquet), content
    return content


def test_parquet_tells_schema_row_groups_and_first_rows() -> None:
    content = parquet_of(parquet(numbers(1000), row_group_size=400))
    assert [(column.name, column.type) for column in content.schema] == [("id", "int64"), ("name", "string")]
    assert [group.rows for group in content.row_groups] == [400, 400, 200]
    assert content.rows == 1000
    assert content.head.rows[:2] == (("0", "n0"), ("1", "n1"))
    assert len(content.head.rows) == 50


def test_parquet_is_read_by_ranges() -> None:
    data, fetched = parquet(numbers(2_000_000), row_group_size=50_000), list[int]()
    reading = look(request("a.parquet", len(data)), Ranged(len(data), 1 << 20, counted(data, fetched)))
    assert isinstance(reading.content, Parquet)
    assert len(reading.content.head.columns) == 2
    assert len(data) > 8 << 20
    assert sum(fetched) <= 1 << 20


def test_parquet_columns_beyond_the_budget_are_left_out_and_said() -> None:
    table = numbers(300_000).append_column("large", pa.array([f"{at:0200}" for at in range(300_000)]))
    data = parquet(table, compression="none")
    reading = read("a.parquet", data)
    assert isinstance(reading.content, Parquet)
    assert len(reading.content.schema) == 3
    assert "large" not in [column.name for column in reading.content.head.columns]
    assert "large" in reading.notes[0]


def test_odd_parquet_values_are_shown() -> None:
    table = pa.table({
        "bytes": pa.array([b"\x00\xff", None]),
        "list": pa.array([[1, 2], []]),
        "time": pa.array([2**62, 0], type=pa.timestamp("ms")),
        "a.b": pa.array(["dotted", "name"]),
        "map": pa.array([[("k", 1)], None], type=pa.map_(pa.string(), pa.int64())),
    })  # fmt: skip
    content = parquet_of(parquet(table))
    assert content.head.rows[0][:2] == ("00ff", "[1, 2]")
    assert len(content.head.columns) >= 4


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (pa.string(), "é" * 10_000, "é" * 499 + "…"),
        (pa.large_string(), "short", "short"),
        (pa.string_view(), "x" * 600, "x" * 499 + "…"),
        (pa.binary(), b"\x01" * 10_000, "01" * 249 + "0…"),
        (pa.binary(3), b"abc", "616263"),
        (pa.dictionary(pa.int32(), pa.string()), "é" * 10_000, "é" * 499 + "…"),
        (pa.string(), "", ""),
    ],
)
def test_of_a_long_cell_the_beginning_is_shown(kind: pa.DataType, value: object, shown: str) -> None:
    other = b"zzz" if isinstance(value, bytes) else "z"
    content = parquet_of(parquet(pa.table({"a": pa.array([other, value, None], type=kind)})))
    assert [row[0] for row in content.head.rows][1:] == [shown, ""]


def test_parquet_without_rows_and_torn_parquet() -> None:
    assert parquet_of(parquet(numbers(0))).head.rows == ()
    data = parquet(numbers(1000))
    for torn in (data[:-20], data[:50], data[: len(data) // 2] + b"PAR1", b"PAR1" + b"\xff" * 20 + b"PAR1"):
        reading = read("a.parquet", torn)
        assert isinstance(reading.content, Hex)
        assert "Parquet" in reading.notes[0]


def zstd(data: bytes) -> bytes:
    return bytes(pa.compress(data, codec="zstd", asbytes=True))


PACKERS = [
    ("gz", "gzip", gzip.compress),
    ("bz2", "bzip2", bz2.compress),
    ("xz", "xz", lzma.compress),
    ("zst", "zstd", zstd),
]
packers = pytest.mark.parametrize(("extension", "codec", "pack"), PACKERS)


@packers
def test_packed_files_are_unpacked(extension: str, codec: str, pack: Callable[[bytes], bytes]) -> None:
    reading = read(f"a.csv.{extension}", pack(b"a,b\n1,2\n"))
    assert reading.packed == (codec,)
    assert isinstance(reading.content, Table)
    assert reading.content.rows == (("1", "2"),)
    assert reading.content.total_rows == 1


@packers
def test_a_bomb_is_unpacked_no_further_than_4_mib(extension: str, codec: str, pack: Callable[[bytes], bytes]) -> None:
    reading = read(f"a.txt.{extension}", pack(b"x" * 50_000_000))
    assert isinstance(reading.content, Text)
    assert reading.content.is_truncated
    assert "Only the first 4 MiB were unpacked" in reading.notes[0]


@packers
def test_torn_packed_files_show_what_came_out(extension: str, codec: str, pack: Callable[[bytes], bytes]) -> None:
    whole = pack(b"".join(b"%d,%d\n" % (at, at * at % 9973) for at in range(100_000)))
    reading = read(f"a.csv.{extension}", whole[: len(whole) * 2 // 3])
    assert reading.notes
    assert isinstance(reading.content, Table | Hex)
    damaged = read(f"a.csv.{extension}", whole[:20] + b"\xa5" * 200 + whole[220:])
    assert damaged.notes


def test_a_large_packed_file_is_read_in_part() -> None:
    import random

    chance = random.Random(1)
    data = gzip.compress(b"id,x\n" + b"".join(b"%d,%d\n" % (at, chance.getrandbits(60)) for at in range(300_000)))
    assert len(data) > 2 << 20
    reading = read("a.csv.gz", data)
    assert isinstance(reading.content, Table)
    assert reading.content.total_rows is None


def test_bombs_in_bombs_end_after_two_layers() -> None:
    data = b"\0" * 30_000_000
    for _ in range(4):
        data = gzip.compress(data)
    reading = read("a.gz", data)
    assert reading.packed == ("gzip", "gzip")
    assert "no more is unpacked" in reading.notes[0]


def test_gzip_of_many_members_and_of_nothing() -> None:
    reading = read("a.txt.gz", gzip.compress(b"one\n") + gzip.compress(b"two\n"))
    assert isinstance(reading.content, Text)
    assert reading.content.lines == ("one", "two")
    assert read("a.txt.gz", gzip.compress(b"")).notes == ("Nothing came out of it.",)


@pytest.mark.parametrize(
    ("data", "format_name", "size"),
    [
        (PNG, "PNG", (640, 480)),
        (picture("GIF", (32, 16)), "GIF", (32, 16)),
        (picture("JPEG", (640, 480)), "JPEG", (640, 480)),
        (picture("BMP", (7, 5)), "BMP", (7, 5)),
        (picture("TIFF", (64, 32)), "TIFF", (64, 32)),
        (picture("WEBP", (33, 17)), "WebP", (33, 17)),
        (b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + b"\x63\0\0" + b"\x31\0\0", "WebP", (100, 50)),
    ],
)
def test_pictures_tell_format_and_size(data: bytes, format_name: str, size: tuple[int, int]) -> None:
    content = read("a.picture", data).content
    assert isinstance(content, Image)
    assert content.format == format_name
    assert (content.width, content.height) == size
    assert isinstance(read("a.png", data[:9]).content, Hex | Text)


def test_a_picture_tells_its_channels_and_bits() -> None:
    details = [read("a", picture(form, (9, 9), "L")).content for form in ("PNG", "JPEG", "BMP")]
    assert [one.details for one in details if isinstance(one, Image)] == [
        (("bits a channel", "8"), ("colours", "grey")), (("channels", "1"),), (("bits a pixel", "8"),),
    ]  # fmt: skip


def test_a_picture_whose_directory_is_at_its_end_is_known_and_not_read_whole() -> None:
    body = picture("TIFF", (2000, 1000))
    moved = body[:4] + (len(body) + 6_000_000).to_bytes(4, "little") + body[8:] + b"\0" * 6_000_000
    moved += body[int.from_bytes(body[4:8], "little") :][:400]
    fetched: list[int] = []
    content = look(request("a.tiff", len(moved)), Ranged(len(moved), 1 << 20, counted(moved, fetched))).content
    assert isinstance(content, Image)
    assert (content.width, content.height) == (2000, 1000)
    assert sum(fetched) < 200_000


class Trap:
    """An object that leaves a trace when it is loaded."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit('loaded')",)


def test_a_model_is_never_loaded() -> None:
    for extension in ("pkl", "joblib"):
        reading = read(f"model.{extension}", pickle.dumps(Trap()))
        assert isinstance(reading.content, Model)
        assert ("names it would import", "builtins.exec") in reading.content.details
        assert "not loaded" in reading.notes[0]


class Named:
    """A class that a pickle names."""


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_of_any_protocol_is_known(protocol: int) -> None:
    """Protocols 0 and 1 begin with no mark, and 0 is text."""
    data = pickle.dumps([Named(), "a", 1.5, {"b": None}], protocol)
    reading = read("model.pkl", data)
    assert isinstance(reading.content, Model), reading
    details = dict(reading.content.details)
    assert details["protocol"] == str(protocol)
    assert f"{__name__}.Named" in details["names it would import"]
    assert "not loaded" in reading.notes[0]
    large = read("model.pkl", pickle.dumps(["a" * 50] * 10_000 + list(range(50_000)), protocol))
    assert isinstance(large.content, Model)


@pytest.mark.parametrize("protocol", [0, 1])
def test_what_only_looks_like_an_old_pickle_is_none(protocol: int) -> None:
    data = pickle.dumps([Named(), "a"], protocol)
    assert not isinstance(read("notes.txt", data).content, Model)
    for other in (data[:-1], b"hello, it is me\n", b"a,b\n1,2\n", b"."):
        reading = read("notes.pkl", other)
        assert not isinstance(reading.content, Model)
        assert reading.notes[0] == "Its name ends in .pkl, but it is not a pickle."


@pytest.mark.parametrize("compress", [0, 3, ("gzip", 3), ("xz", 1)])
def test_joblib_models_tell_what_they_would_import(compress: object) -> None:
    buffer = io.BytesIO()
    joblib.dump(LogisticRegression().fit([[0.0], [1.0]], [0, 1]), buffer, compress=compress)
    content = read("models/v1/model.joblib", buffer.getvalue()).content
    assert isinstance(content, Model)
    assert content.format == "joblib"
    assert "sklearn.linear_model._logistic.LogisticRegression" in dict(content.details)["names it would import"]


def test_skops_models_and_archives_tell_what_is_in_them() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "schema.json", '{"__class__": "SVC", "__module__": "sklearn.svm", "_skops_version": "0.13", "protocol": 2}'
        )
        archive.writestr("1.npy", b"\0" * 100)
    content = read("model.skops", buffer.getvalue()).content
    assert isinstance(content, Model)
    assert ("class", "sklearn.svm.SVC") in content.details
    listed = read("a.zip", buffer.getvalue()).content
    assert isinstance(listed, Table)
    assert [row[:2] for row in listed.rows][1] == ("1.npy", "100")
    torn = read("a.zip", buffer.getvalue()[:-30])
    assert isinstance(torn.content, Hex)
    assert "torn" in torn.notes[0]


def test_bare_zlib_is_unpacked_only_where_the_name_says_model() -> None:
    assert isinstance(read("a.joblib", zlib.compress(pickle.dumps([1, 2, 3]))).content, Model)
    assert read("a.bin", zlib.compress(b"some text" * 100)).packed == ()


@pytest.mark.parametrize(
    ("key", "data", "title"),
    [
        ("ws/.s3ml/runs/r1/result.json", result_record().to_bytes(), "Run 20251123-1402-k3f9"),
        ("ws/.s3ml/runs/r1/spec.json", start_record().to_bytes(), "Run 20251123-1402-k3f9, as it was started"),
        ("ws/models/v3/MANIFEST.json", manifest_record(3).to_bytes(), "Model models/v3"),
        (
            ".s3ml/aliases/champion/000002.json",
            b'{"format": 1, "alias": "champion", "model": "models/v2", "moved": "2026-01-02T03:04:05Z", "by": "ann"}',
            "Alias champion moves to models/v2",
        ),
        (
            "models/v3/_claim.json",
            b'{"format": 1, "claimant": "r1", "claimed": "2026-01-02T03:04:05Z"}',
            "The claim on a model's number",
        ),
    ],
)
def test_our_records_are_rendered_as_rows(key: str, data: bytes, title: str) -> None:
    content = read(key, data).content
    assert isinstance(content, Record), content
    assert content.title == title
    assert all(len({len(row) for row in section.rows}) == 1 for section in content.sections)


def test_a_damaged_record_is_json_like_any_other() -> None:
    assert type(read("ws/models/v3/MANIFEST.json", b'{"format": 1}').content).__name__ == "Json"
    assert type(read("ws/models/v3/MANIFEST.json", b'{"format": 99}').content).__name__ == "Json"
