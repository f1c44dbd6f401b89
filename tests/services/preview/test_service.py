"""Looking inside objects through the service: budgets, versions, models and their manifests, details, ends."""

import base64
import hashlib
import pickle
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from s3ml_tui.domain.errors import Cancelled, Denied, NotFound, NotSupported, S3mlError, ServerFault, Unreachable
from s3ml_tui.domain.ml.lineage import Pin
from s3ml_tui.domain.preview.content import Hex, Model, Parquet, Table, Text
from s3ml_tui.domain.storage.details import Details
from s3ml_tui.domain.storage.provenance import RUN, SHA256
from s3ml_tui.domain.storage.store import ObjectFacts
from s3ml_tui.domain.uri import ObjectKey
from s3ml_tui.services.preview.model_files import stored_sha256
from s3ml_tui.services.preview.process import PreviewProcess
from s3ml_tui.services.preview.service import Previews
from tests.doubles import MemoryStore
from tests.readers.files import numbers, parquet
from tests.readers.test_process import double
from tests.services.arranged import LAYOUT, manifest_record, now
from tests.services.memory import refusing, store_with

KEY = ObjectKey("acme", "dataset/raw/a.csv")
MODEL = LAYOUT.model(1).key("model.joblib")
MIB = 1024 * 1024


@pytest.fixture
def of() -> Iterator[Callable[..., Previews]]:
    """Makes services that end with the test."""
    made: list[Previews] = []

    def make(store: MemoryStore, process: PreviewProcess | None = None) -> Previews:
        made.append(Previews(store, process))
        return made[-1]

    yield make
    for previews in made:
        previews.close()


def test_any_version_can_be_previewed(of: Callable[..., Previews]) -> None:
    store = store_with(b"a,b\n1,2\n", b"plain")
    previews = of(store)
    old = next(iter(store.history(KEY))).versions[1].version_id
    found = previews.preview(KEY, old)
    assert isinstance(found.content, Table)
    assert found.content.rows == (("1", "2"),)
    assert found.version_id == old
    assert found.size == found.read_bytes == 8
    assert previews.preview(KEY).version_id != old


def test_at_most_a_mib_is_read_unless_asked_for(of: Callable[..., Previews]) -> None:
    store = store_with(b"id,name\n" + b"".join(b"%d,name\n" % at for at in range(400_000)))
    previews = of(store)
    found = previews.preview(KEY)
    assert isinstance(found.content, Table)
    assert found.content.total_rows is None
    assert found.read_bytes <= MIB
    more = previews.preview(KEY, budget=16 * MIB)
    assert isinstance(more.content, Table)
    assert more.content.total_rows == 400_000


def test_a_large_parquet_is_read_by_ranges(of: Callable[..., Previews]) -> None:
    key = ObjectKey("acme", "a.parquet")
    store = store_with(parquet(numbers(1_000_000), row_group_size=50_000), key=key)
    found = of(store).preview(key)
    assert isinstance(found.content, Parquet)
    assert found.content.rows == 1_000_000
    assert found.content.head.rows[0] == ("0", "n0")
    assert found.read_bytes <= MIB < found.size


def test_a_small_object_costs_two_requests(of: Callable[..., Previews]) -> None:
    store = store_with(b"a,b\n1,2\n")
    of(store).preview(KEY)
    assert [verb for verb, _ in store.requests] == ["facts", "read"]


def test_what_cannot_be_had_is_an_error_and_the_next_preview_works(of: Callable[..., Previews]) -> None:
    store = store_with(b"a,b\n1,2\n")
    previews = of(store)
    with pytest.raises(NotFound):
        previews.preview(ObjectKey("acme", "nothing"))
    store.before = refusing("read", Unreachable("Nobody answers"))
    with pytest.raises(Unreachable):
        previews.preview(KEY)
    store.before = lambda _verb, _address: None
    assert isinstance(previews.preview(KEY).content, Table)


def test_a_reader_that_dies_leaves_a_sentence_and_hex(of: Callable[..., Previews]) -> None:
    dying = PreviewProcess(double("r = hear()\nsay({'request': r['request'], 'need': [0, 8]})\nhear()\nsys.exit(3)"))
    found = of(store_with(b"a,b\n1,2\n"), dying).preview(KEY)
    assert isinstance(found.content, Hex)
    assert found.content.rows[0].text == "a,b.1,2."
    assert "ended while it read this" in found.notes[0]


def test_a_reader_that_hangs_leaves_a_sentence(of: Callable[..., Previews]) -> None:
    hanging = PreviewProcess(double("hear()\nwhile True: pass"), time_s=0.3)
    assert "longer than 0.3 s" in of(store_with(b"a"), hanging).preview(KEY).notes[0]


def test_wishes_beyond_the_object_or_the_budget_are_not_sent(of: Callable[..., Previews]) -> None:
    program = (
        "r = hear()\n"
        "say({'request': 1, 'need': [5000, 10]}); assert hear() == b''\n"
        "say({'request': 1, 'need': [0, 10**9]}); assert hear() == b'a' * 100\n"
        "say({'request': 1, 'need': [0, 100]}); assert 'refused' in hear()\n"
        "say({'request': 1, 'reading': reading('done')}); hear()"
    )
    store = store_with(b"a" * 100)
    found = of(store, PreviewProcess(double(program))).preview(KEY, budget=150)
    assert isinstance(found.content, Text), found
    assert found.content.lines == ("done",)
    assert [verb for verb, _ in store.requests] == ["facts", "read"]


def test_a_preview_waits_for_its_turn_or_is_cancelled(of: Callable[..., Previews]) -> None:
    reading, goes_on = threading.Event(), threading.Event()

    def hold(verb: str, _address: str) -> None:
        if verb == "read":
            reading.set()
            assert goes_on.wait(20)

    store = store_with(b"a,b\n1,2\n")
    store.before = hold
    previews, found = of(store), list[object]()
    first = threading.Thread(target=lambda: found.append(previews.preview(KEY).content))
    first.start()
    assert reading.wait(20)
    with pytest.raises(Cancelled):
        previews.preview(KEY, cancelled=lambda: True)
    goes_on.set()
    first.join(20)
    assert isinstance(found[0], Table)


def test_closing_ends_a_preview_that_goes_on(of: Callable[..., Previews]) -> None:
    reading, ended = threading.Event(), list[S3mlError]()
    hanging = PreviewProcess(double("r = hear()\nsay({'request': 1, 'need': [0, 1]})\nhear()\nwhile True: pass"))
    store = store_with(b"a")
    store.after = lambda verb, _address: reading.set() if verb == "read" else None
    previews = of(store, hanging)

    def preview() -> None:
        try:
            previews.preview(KEY)
        except S3mlError as error:
            ended.append(error)

    thread = threading.Thread(target=preview)
    thread.start()
    assert reading.wait(20)
    previews.close()
    thread.join(20)
    assert isinstance(ended[0], Cancelled)
    assert hanging.pid is None
    with pytest.raises(Cancelled):
        previews.preview(KEY)


# models --------------------------------------------------------------------------------------------------------


def model_store(body: bytes, pin: Pin | None) -> MemoryStore:
    store = MemoryStore("bucket")
    store.write(MODEL, body)
    if pin is not None:
        store.write(LAYOUT.model_manifest(1), manifest_record(1, files={"model.joblib": pin}).to_bytes())
    return store


def test_a_model_is_shown_with_what_its_manifest_says(of: Callable[..., Previews]) -> None:
    body = pickle.dumps({"a": 1})
    pin = Pin(MODEL.uri, None, "etag", hashlib.sha256(body).hexdigest(), len(body))
    found = of(model_store(body, pin)).preview(MODEL)
    assert isinstance(found.content, Model)
    said = dict(found.content.details)
    assert said["sha256, as the manifest has it"] == pin.sha256
    assert said["model"] == "models/v1"
    assert said["estimator"] == "sklearn.svm.SVC"
    assert not [note for note in found.notes if "manifest" in note]


def test_a_model_that_is_not_its_manifests_is_said(of: Callable[..., Previews]) -> None:
    body = pickle.dumps({"a": 1})
    wrong_size = Pin(MODEL.uri, None, "etag", "0" * 64, 5)
    assert "Do not load it" in of(model_store(body, wrong_size)).preview(MODEL).notes[-1]
    other_version = Pin(MODEL.uri, "v-old", "etag", hashlib.sha256(body).hexdigest(), len(body))
    assert "another version" in of(model_store(body, other_version)).preview(MODEL).notes[-1]
    assert "no manifest" in of(model_store(body, None)).preview(MODEL).notes[-1]


def test_the_sha256_of_a_model_is_that_of_its_bytes_or_what_is_said_of_them(of: Callable[..., Previews]) -> None:
    small, large = pickle.dumps({"a": 1}), pickle.dumps(bytes(3 * MIB))
    said = dict(of(model_store(small, None)).preview(MODEL).content.details)  # type: ignore[union-attr] # a Model
    assert said["sha256, of its bytes"] == hashlib.sha256(small).hexdigest()
    store = model_store(large, None)
    found = of(store).preview(MODEL)
    assert isinstance(found.content, Model)
    assert not [name for name, _ in found.content.details if "sha256" in name]
    store.write(MODEL, large, metadata={SHA256: "9f3c"})
    model = of(store).preview(MODEL).content
    assert isinstance(model, Model)
    assert dict(model.details)["sha256, as it was uploaded"] == "9f3c"
    pin = Pin(MODEL.uri, None, "etag", "0" * 64, len(small))
    assert "the sha256 differs" in of(model_store(small, pin)).preview(MODEL).notes[-1]


def test_only_a_whole_sha256_counts_as_the_models() -> None:
    facts = ObjectFacts(MODEL, None, 3, "etag", now())
    digest = hashlib.sha256(b"one").digest()
    kept = base64.b64encode(digest).decode()
    assert stored_sha256(replace(facts, checksums={"SHA256": kept})) == digest.hex()
    assert stored_sha256(replace(facts, checksums={"SHA256": kept + "-3"})) == ""
    assert stored_sha256(facts) == ""


# details -------------------------------------------------------------------------------------------------------


def described() -> MemoryStore:
    store = store_with(b"one", b"a" * 1500)
    store.describe(
        KEY, tags={"team": "ml", "\x1b[31m": "x"}, headers={"CacheControl": "no-store"}, storage_class="GLACIER"
    )
    return store


def test_details_come_in_order(of: Callable[..., Previews]) -> None:
    details = of(described()).details(KEY)
    names = [name for name, _ in details.rows()]
    assert names[:6] == ["address", "version", "size", "modified", "ETag", "storage class"]
    said = dict(details.rows())
    assert said["size"] == "1.5 kB (1,500 bytes)"
    assert said["cache control"] == "no-store"
    assert said["tag team"] == "ml"
    assert said["metadata s3ml-op"]
    assert details.missing == {}


def test_what_is_known_besides_is_said_in_words(of: Callable[..., Previews]) -> None:
    store = described()
    store.write(KEY, b"x", metadata={RUN: "r1"}, operation="op1")
    store.describe(
        KEY,
        states={
            "BucketKeyEnabled": "True",
            "ReplicationStatus": "COMPLETED",
            "Expiration": 'expiry-date="Fri, 23 Dec 2033 00:00:00 GMT", rule-id="old ones"',
            "MissingMeta": "2",
            "ObjectLockMode": "GOVERNANCE",
            "ObjectLockRetainUntilDate": "2099-01-01 00:00:00+00:00",
        },
    )
    said = dict(of(store).details(KEY).rows())
    assert (said["written"], said["operation"]) == ("by run r1", "op1")
    assert said["replication"] == "completed"
    assert said["expires"] == "Fri, 23 Dec 2033 00:00:00 GMT by the rule old ones"
    assert said["metadata"] == "2 more, which no header can hold"
    assert (said["lock"], said["retained until"]) == ("GOVERNANCE", "2099-01-01 00:00:00+00:00")


@pytest.mark.parametrize(
    ("storage_class", "states", "words"),
    [
        ("GLACIER", {}, "archived: its bytes cannot be read until it is restored"),
        ("DEEP_ARCHIVE", {"Restore": 'ongoing-request="true"'}, "being restored: its bytes cannot be read yet"),
        (
            "GLACIER",
            {"Restore": 'ongoing-request="false", expiry-date="Tue, 24 Nov 2026 09:56:00 GMT"'},
            "restored, can be read until Tue, 24 Nov 2026 09:56:00 GMT",
        ),
        (
            "INTELLIGENT_TIERING",
            {"ArchiveStatus": "ARCHIVE_ACCESS"},
            "archived (ARCHIVE_ACCESS): its bytes cannot be read until it is restored",
        ),
        ("GLACIER_IR", {}, ""),
        ("STANDARD", {}, ""),
    ],
)
def test_an_archived_object_says_whether_it_can_be_read(
    of: Callable[..., Previews], storage_class: str, states: dict[str, str], words: str
) -> None:
    store = described()
    store.describe(KEY, storage_class=storage_class, states=states)
    details = of(store).details(KEY)
    assert (details.archive, dict(details.rows()).get("archive", "")) == (words, words)


def test_a_lock_that_head_does_not_tell_is_asked_for_once_a_bucket(of: Callable[..., Previews]) -> None:
    store = described()
    previews = of(store)
    assert dict(previews.details(KEY).rows())["lock"] == "none"
    previews.details(KEY)
    assert sum(verb == "lock" for verb, _ in store.requests) == 1
    store.keeps_locks = True
    assert dict(of(store).details(KEY).rows())["lock"] == "none"
    store.before = refusing("lock", Denied("no", action="s3:GetObjectRetention"))
    said = dict(of(store).details(KEY).rows())
    assert "lock" not in said
    assert said["lock and retention"] == "needs s3:GetObjectRetention"
    store.before = refusing("lock", ServerFault("it failed"))
    assert dict(of(store).details(KEY).rows())["lock and retention"] == "could not be seen: the server failed"


def test_details_of_an_old_version(of: Callable[..., Previews]) -> None:
    store = described()
    old = next(iter(store.history(KEY))).versions[1].version_id
    details = of(store).details(KEY, old)
    assert details.size == 3
    assert dict(details.rows())["tags"] == "none"


def test_tags_that_are_denied_are_named_and_the_rest_is_there(of: Callable[..., Previews]) -> None:
    store = described()
    store.before = refusing("tags", Denied("no", action="s3:GetObjectTagging"))
    said = dict(of(store).details(KEY).rows())
    assert said["tags"] == "2; needs s3:GetObjectTagging"
    assert said["size"]
    store.before = refusing("tags", NotSupported("no tags"))
    assert dict(of(store).details(KEY).rows())["tags"] == "2; this server has none"


def test_facts_that_are_denied_fall_back_on_the_history(of: Callable[..., Previews]) -> None:
    store = described()
    store.before = refusing("facts", Denied("no", action="s3:GetObject"))
    details = of(store).details(KEY)
    assert isinstance(details, Details)
    assert details.facts is None
    assert details.size == 1500
    assert "needs s3:GetObject" in dict(details.rows()).values()
    with pytest.raises(NotFound):
        of(store).details(KEY, "no-such-version")


def test_when_nothing_may_be_seen_it_is_denied(of: Callable[..., Previews]) -> None:
    store = described()

    def refuse(verb: str, _address: str) -> None:
        raise Denied("no", action=f"s3:{verb}")

    store.before = refuse
    with pytest.raises(Denied) as denied:
        of(store).details(KEY)
    assert denied.value.action == "s3:facts"


def test_a_deleted_object_has_no_details(of: Callable[..., Previews]) -> None:
    store = described()
    store.delete(KEY)
    with pytest.raises(NotFound):
        of(store).details(KEY)
    store.before = refusing("facts", Denied("no", action="s3:GetObject"))
    with pytest.raises(NotFound):
        of(store).details(KEY)


# bytes ---------------------------------------------------------------------------------------------------------


def test_all_bytes_come_in_order(of: Callable[..., Previews]) -> None:
    body = bytes(range(256)) * 70_000
    chunks = list(of(store_with(body)).chunks(KEY))
    assert b"".join(chunks) == body
    assert len(chunks) == 3
    with pytest.raises(Cancelled):
        list(of(store_with(body)).chunks(KEY, cancelled=lambda: True))
