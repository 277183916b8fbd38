"""The storage port: one contract, run against files and against a server that speaks S3."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from marketplace.adapters.files import LocalFiles
from marketplace.adapters.s3_files import S3Files
from marketplace.config import Config, Misconfigured
from marketplace.extension import tools
from marketplace.kernel.errors import Busy, Invalid, Missing
from marketplace.ports.storage import Storage

EVERY_BYTE = bytes(range(256)) * 2000


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """The address of an S3 server of our own."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(service: str, tmp_path: Path) -> Config:
    """Settings for a bucket that is there."""
    config = Config(
        data=tmp_path, storage="s3", s3_bucket=f"papers-{tmp_path.name}".replace("_", "-").lower(),
        s3_prefix="trains/", s3_endpoint=service, s3_region="us-east-1", s3_key_id="key",
        s3_secret="secret", s3_timeout_seconds=5,
    )  # fmt: skip
    S3Files.configured(config).client.create_bucket(Bucket=config.s3_bucket)
    return config


@pytest.fixture(params=["files", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "files":
        return LocalFiles.configured(Config(data=tmp_path))
    return S3Files.configured(request.getfixturevalue("bucket"))


def test_bytes_come_back_as_they_were_put(storage: Storage) -> None:
    for key, data in {"a/b": EVERY_BYTE, "a/empty": b"", "c": b"\r\n"}.items():
        storage.put(key, data)
        assert storage.get(key) == data


def test_nothing_is_ever_written_over(storage: Storage) -> None:
    storage.put("a/b", b"first")
    with pytest.raises(Invalid, match="file_exists"):
        storage.put("a/b", b"second")
    assert storage.get("a/b") == b"first"


def test_the_same_bytes_again_are_no_fault_for_an_answer_may_be_lost(storage: Storage) -> None:
    storage.put("a/b", EVERY_BYTE)
    storage.put("a/b", EVERY_BYTE)
    assert storage.get("a/b") == EVERY_BYTE


def test_what_is_not_there_is_missing_and_may_be_dropped(storage: Storage) -> None:
    with pytest.raises(Missing):
        storage.get("a/b")
    storage.drop("a/b")


def test_a_dropped_key_is_free_again(storage: Storage) -> None:
    storage.put("a/b", b"first")
    storage.drop("a/b")
    with pytest.raises(Missing):
        storage.get("a/b")
    storage.put("a/b", b"second")
    assert storage.get("a/b") == b"second"


@pytest.mark.parametrize(
    "key", ["", "/a", "a/", "a//b", "../a", "a/../b", "A", "a b", "ａ", "a\0", "a.b", "a" * 201]
)
@pytest.mark.parametrize("verb", ["put", "get", "drop"])
def test_a_key_that_is_none_leads_nowhere(storage: Storage, key: str, verb: str) -> None:
    with pytest.raises(Invalid, match="file_key"):
        storage.put(key, b"") if verb == "put" else getattr(storage, verb)(key)


def test_of_many_that_write_one_key_one_has_written(storage: Storage) -> None:
    won: list[int] = []

    def write(number: int) -> None:
        try:
            storage.put("a/race", f"{number}".encode() * 1000)
            won.append(number)
        except Invalid:
            pass

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert storage.get("a/race") in {f"{number}".encode() * 1000 for number in won}


def test_the_bucket_is_chosen_by_its_name_in_the_settings(bucket: Config) -> None:
    made = tools(bucket).storage
    made.put("a/b", b"x")
    assert isinstance(made, S3Files)
    found = made.client.list_objects_v2(Bucket=bucket.s3_bucket)["Contents"]
    assert [one["Key"] for one in found] == ["trains/a/b"]


def test_a_service_that_is_not_there_asks_to_try_again(bucket: Config) -> None:
    """P32: nothing is believed kept that is not."""
    gone = replace(bucket, s3_endpoint="http://127.0.0.1:9", s3_timeout_seconds=1)
    with pytest.raises(Busy, match="storage_down"):
        S3Files.configured(gone).put("a/b", b"x")


def test_a_bucket_that_is_not_there_is_no_missing_file(bucket: Config) -> None:
    with pytest.raises(Busy, match="storage_down"):
        S3Files.configured(replace(bucket, s3_bucket="another-bucket")).get("a/b")


def test_settings_that_cannot_work_are_told_all_at_once(tmp_path: Path) -> None:
    wrong = Config(
        data=tmp_path, s3_prefix="../", s3_endpoint="http://files.example", s3_key_id="key",
        s3_secret_file=str(tmp_path / "none"),
    )  # fmt: skip
    with pytest.raises(Misconfigured) as refusal:
        S3Files.configured(wrong)
    told = str(refusal.value)
    for name in ("S3_BUCKET", "S3_PREFIX", "S3_ENDPOINT", "S3_SECRET_FILE"):
        assert name in told
    with pytest.raises(Misconfigured, match="belong together"):
        S3Files.configured(Config(data=tmp_path, s3_bucket="b", s3_key_id="key"))


def test_the_secret_may_stand_in_a_file_and_is_never_shown(bucket: Config, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("secret\n", "utf-8")
    storage = S3Files.configured(replace(bucket, s3_secret="", s3_secret_file=str(path)))
    storage.put("a/b", b"x")
    assert storage.get("a/b") == b"x"
    assert "'secret'" not in repr(bucket)


def test_everything_that_lies_there_is_listed_with_its_time(storage: Storage) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    assert list(storage.listed()) == []
    keys = {"a/b", "a/c-preview", "c", *(f"many/{n}" for n in range(30))}
    for key in sorted(keys):
        storage.put(key, b"x")
    storage.drop("c")
    found = list(storage.listed())
    assert {one.key for one in found} == keys - {"c"}
    assert len(found) == len(keys) - 1
    assert all(before <= one.at <= datetime.now(UTC) + timedelta(seconds=2) for one in found)


def test_a_bucket_lists_more_than_one_answer_holds_and_what_is_ours_alone(bucket: Config) -> None:
    storage = S3Files.configured(bucket)
    storage.per_answer = 2
    for n in range(5):
        storage.put(f"photos/{n}", b"")
    for foreign in ("elsewhere/a", "trains/Not A Key.txt"):
        storage.client.put_object(Bucket=bucket.s3_bucket, Key=foreign, Body=b"x")
    assert {one.key for one in storage.listed()} == {f"photos/{n}" for n in range(5)}
    gone = replace(bucket, s3_endpoint="http://127.0.0.1:9", s3_timeout_seconds=1)
    with pytest.raises(Busy, match="storage_down"):
        list(S3Files.configured(gone).listed())


def test_what_a_killed_writer_left_half_written_goes_and_what_is_being_written_stays(
    tmp_path: Path,
) -> None:
    storage = LocalFiles(tmp_path)
    storage.put("a/b", b"x")
    old, new = (tmp_path / "a" / f"{name}.{'0123' * 8}.partial" for name in ("old", "new"))
    foreign = tmp_path / "copy-of-a-night.partial"  # another program's
    yesterday = datetime.now(UTC) - timedelta(days=1)
    for path in (old, new, foreign):
        path.write_bytes(b"half")
        if path != new:
            os.utime(path, (yesterday.timestamp() - 1, yesterday.timestamp() - 1))
    assert [one.key for one in storage.listed()] == ["a/b"]
    assert storage.tidy(yesterday) == 1
    assert (old.exists(), new.exists(), storage.get("a/b")) == (False, True, b"x")
    assert foreign.exists()
