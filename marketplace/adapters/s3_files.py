"""Papers in a private bucket that speaks S3; nobody is ever given an address in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config as Settings
from botocore.exceptions import BotoCoreError, ClientError

from marketplace.config import Config, Misconfigured
from marketplace.kernel.errors import Busy, Invalid, Missing
from marketplace.ports.storage import Stored, checked_key, is_key

_GONE = frozenset({"NoSuchKey", "404"})
_THERE = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class S3Files:
    """The `Storage` port on a bucket."""

    per_answer = 1000  # keys that are listed at once, as many as the service gives

    def __init__(self, client: Any, bucket: str, prefix: str = "") -> None:
        self.client, self.bucket, self.prefix = client, bucket, prefix

    @classmethod
    def configured(cls, config: Config) -> S3Files:
        """As the settings name it. Raises Misconfigured with everything that is missing."""
        if problems := _problems(config):
            raise Misconfigured(problems)
        secret = config.s3_secret
        if config.s3_secret_file:
            secret = Path(config.s3_secret_file).read_text("utf-8").strip()
        client = boto3.client(
            "s3",
            endpoint_url=config.s3_endpoint or None,
            region_name=config.s3_region or None,
            aws_access_key_id=config.s3_key_id or None,
            aws_secret_access_key=secret or None,
            config=Settings(
                connect_timeout=config.s3_timeout_seconds,
                read_timeout=config.s3_timeout_seconds,
                retries={"mode": "standard", "max_attempts": 3},
            ),
        )
        return cls(client, config.s3_bucket, config.s3_prefix)

    def put(self, key: str, data: bytes) -> None:
        """Written only where nothing is yet; the service compares the sum of what arrived. When an
        answer was lost and the call was made again, what it wrote stands there already."""
        try:
            self._put(key, data)
        except Invalid as fault:
            if fault.code != "file_exists" or self.get(key) != data:
                raise

    def _put(self, key: str, data: bytes) -> None:
        name = self._name(key)
        with _told(key):
            self.client.put_object(
                Bucket=self.bucket,
                Key=name,
                Body=data,
                IfNoneMatch="*",
                ChecksumAlgorithm="SHA256",
                ContentType="application/octet-stream",
            )

    def get(self, key: str) -> bytes:
        name = self._name(key)
        with _told(key):
            found: bytes = self.client.get_object(Bucket=self.bucket, Key=name)["Body"].read()
            return found

    def drop(self, key: str) -> None:
        name = self._name(key)
        with _told(key):
            self.client.delete_object(Bucket=self.bucket, Key=name)

    def listed(self) -> Iterator[Stored]:
        pages = self.client.get_paginator("list_objects_v2")
        asked = {"Bucket": self.bucket, "Prefix": self.prefix, "MaxKeys": self.per_answer}
        with _told(self.prefix):
            for found in pages.paginate(**asked):
                for one in found.get("Contents", ()):
                    key = one["Key"].removeprefix(self.prefix)
                    if is_key(key):
                        yield Stored(key, one["LastModified"].astimezone(UTC))

    def tidy(self, before: datetime) -> int:
        """The service keeps what came whole, or nothing."""
        return 0

    def _name(self, key: str) -> str:
        return f"{self.prefix}{checked_key(key)}"


@contextmanager
def _told(key: str) -> Iterator[None]:
    """What the service says, in the port's own words."""
    try:
        yield
    except ClientError as fault:
        code = str(fault.response.get("Error", {}).get("Code", ""))
        if code in _GONE:
            raise Missing(key=key) from fault
        if code in _THERE:
            raise Invalid("file_exists", key=key) from fault
        raise Busy("storage_down") from fault
    except BotoCoreError as fault:  # no line, no answer in time, a broken answer
        raise Busy("storage_down") from fault


def _problems(config: Config) -> tuple[str, ...]:
    problems = []
    if not config.s3_bucket:
        problems.append("MARKETPLACE_S3_BUCKET is missing: papers are kept in a bucket")
    if config.s3_prefix:
        try:
            checked_key(config.s3_prefix.removesuffix("/"))
        except Invalid:
            problems.append(f"MARKETPLACE_S3_PREFIX cannot begin a key: {config.s3_prefix!r}")
    where = urlsplit(config.s3_endpoint)
    open_line = where.scheme == "http" and where.hostname in _HERE
    if config.s3_endpoint and where.scheme != "https" and not open_line:
        problems.append("MARKETPLACE_S3_ENDPOINT is neither https nor on this machine")
    if config.s3_secret_file and not Path(config.s3_secret_file).is_file():
        problems.append(f"MARKETPLACE_S3_SECRET_FILE is no file: {config.s3_secret_file!r}")
    if bool(config.s3_key_id) != bool(config.s3_secret or config.s3_secret_file):
        problems.append("MARKETPLACE_S3_KEY_ID and its secret belong together")
    return tuple(problems)
