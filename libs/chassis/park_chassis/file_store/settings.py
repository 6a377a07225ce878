"""Settings of a service that keeps files of people."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from park_chassis.settings import ServiceSettings


class FileStoreSettings(ServiceSettings):
    """Where the files lie, and how large they may be."""

    evidence_store: Literal["folder", "s3"] = Field(
        "folder", description="Where evidence lies: in a folder, or in an S3 bucket."
    )
    evidence_dir: Path | None = Field(
        None,
        description="Folder of the evidence files (store `folder`), shared by all replicas; files are named by their SHA-256.",
    )
    evidence_s3_endpoint: str = Field("", description="Host and port of the S3 service (store `s3`).")
    evidence_s3_bucket: str = Field("", description="Bucket of the evidence; it must exist.")
    evidence_s3_access_key: str | None = Field(None, description="Access key of the bucket.")
    evidence_s3_secret_key: SecretStr | None = Field(None, description="Secret key of the bucket.")
    evidence_s3_region: str = Field("us-east-1", description="Region the requests are signed for.")
    evidence_s3_secure: bool = Field(True, description="Speak TLS to the S3 service.")
    evidence_max_bytes: int = Field(15_000_000, ge=1, description="Largest photo or signature taken, in bytes.")
    evidence_max_pixels: int = Field(60_000_000, ge=1, description="Largest photo taken, width x height.")
    evidence_max_document_bytes: int = Field(30_000_000, ge=1, description="Largest document taken, in bytes.")
    evidence_max_video_bytes: int = Field(200_000_000, ge=1, description="Largest video taken, in bytes.")
    evidence_max_video_s: int = Field(600, ge=1, description="Longest video taken, in seconds.")

    @model_validator(mode="after")
    def _store_is_known(self) -> Self:
        if self.evidence_store == "folder" and self.evidence_dir is None:
            raise ValueError("PARK_EVIDENCE_DIR is needed for the store 'folder'")
        if self.evidence_store == "s3" and not (self.evidence_s3_endpoint and self.evidence_s3_bucket):
            raise ValueError("PARK_EVIDENCE_S3_ENDPOINT and PARK_EVIDENCE_S3_BUCKET are needed for the store 's3'")
        return self
