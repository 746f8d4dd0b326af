"""Where files are kept: a local folder, or a bucket that speaks S3."""

from __future__ import annotations

from services.backends.storage.local import LocalStorage
from services.backends.storage.s3 import S3Storage
from services.backends.storage.s3_client import Place

__all__ = ["LocalStorage", "Place", "S3Storage"]
