"""Signed links to the reader page, for documents that have no address of their own."""

import hashlib
import hmac
from collections.abc import Set


class SourceLinks:
    """Makes and checks links that open one passage of one document.

    A link is a capability: whoever was shown the citation can open it, nobody can guess another.
    It names a document and a chunk, and holds for no other, and only as long as the document's
    readers are those it had then.
    """

    def __init__(self, base_url: str, secret: bytes) -> None:
        if len(secret) < 16:
            raise ValueError("the secret that signs source links needs at least 16 bytes")
        self.base_url = base_url.rstrip("/")
        self._secret = secret

    def link(self, document_id: int, chunk_id: int, readers: Set[str]) -> str:
        """The address of the reader page at this chunk of a document with these readers."""
        key = self._sign(document_id, chunk_id, readers)
        return f"{self.base_url}/documents/{document_id}?chunk={chunk_id}&key={key}#cited"

    def verify(self, document_id: int, chunk_id: int, readers: Set[str], key: str) -> bool:
        """Whether `key` was made by `link` for exactly this document, chunk and readers."""
        expected = self._sign(document_id, chunk_id, readers)
        return hmac.compare_digest(expected.encode(), key.encode())

    def _sign(self, document_id: int, chunk_id: int, readers: Set[str]) -> str:
        message = f"{document_id}:{chunk_id}:{','.join(sorted(readers))}".encode()
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()[:32]
