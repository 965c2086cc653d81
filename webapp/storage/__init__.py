"""Where originals are kept: a local folder, S3, Google Cloud Storage or Azure."""

from webapp.storage.blobs import Blob, BlobStore, StorageUnavailableError

__all__ = ["Blob", "BlobStore", "StorageUnavailableError"]
