"""Files in an S3 bucket (AWS, MinIO, Ceph, and the object stores of Chinese clouds speak the protocol)."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, ParamSpec, TypeVar

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from park_chassis.errors import Transient
from park_chassis.file_store.settings import FileStoreSettings
from park_chassis.file_store.stores import CHUNK, path_of

_MISSING = frozenset({"NoSuchKey", "NoSuchObject", "ResourceNotFound"})
P = ParamSpec("P")
R = TypeVar("R")


class S3Store:
    """One bucket, which must exist. An object is there whole or not at all, so a crash leaves nothing half."""

    def __init__(self, settings: FileStoreSettings, room: str = "") -> None:
        self._room = f"{room}/" if room else ""
        secret = settings.evidence_s3_secret_key
        self._bucket = settings.evidence_s3_bucket
        self._client = Minio(
            settings.evidence_s3_endpoint,
            access_key=settings.evidence_s3_access_key,
            secret_key=secret.get_secret_value() if secret else None,
            region=settings.evidence_s3_region,
            secure=settings.evidence_s3_secure,
            http_client=urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=5, read=60),
                retries=urllib3.Retry(total=3, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504]),
            ),
        )

    def put(self, key: str, file: BinaryIO, size: int, media_type: str) -> None:
        """Write an object once."""
        try:
            self.size(key)
        except FileNotFoundError:
            file.seek(0)
            self._ask(
                self._client.put_object, self._bucket, self._path(key), file, length=size, content_type=media_type
            )

    def size(self, key: str) -> int:
        """Return how many bytes an object has."""
        return int(self._ask(self._client.stat_object, self._bucket, self._path(key)).size or 0)

    def read(self, key: str, start: int, length: int | None) -> Iterator[bytes]:
        """Return a part of an object in pieces."""
        answer = self._ask(self._client.get_object, self._bucket, self._path(key), offset=start, length=length or 0)
        try:
            yield from answer.stream(CHUNK)
        except urllib3.exceptions.HTTPError as error:
            raise Transient(f"S3: {error}") from error
        finally:
            answer.close()
            answer.release_conn()

    def drop(self, key: str) -> None:
        """Remove an object."""
        self._ask(self._client.remove_object, self._bucket, self._path(key))

    def _path(self, key: str) -> str:
        return self._room + path_of(key)

    def _ask(self, call: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
        try:
            return call(*args, **named)
        except S3Error as error:
            if error.code in _MISSING:
                raise FileNotFoundError(str(args[1])) from error
            raise Transient(f"S3 {self._bucket}: {error.code} {error.message}") from error
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            raise Transient(f"S3 {self._bucket}: {error!r}") from error
