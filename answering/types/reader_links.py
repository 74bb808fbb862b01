"""Signed links to the reader page, for documents without a URL."""

import hashlib
import hmac
from collections.abc import Set


class SourceLinks:
    """Makes and verifies links that open one passage of one document.

    A link is a capability: whoever sees the citation can open it, and nobody can guess another.
    It is valid for one document and chunk, as long as the document's readers stay the same.
    """

    def __init__(self, base_url: str, secret: bytes) -> None:
        if len(secret) < 16:
            raise ValueError("the secret that signs source links needs at least 16 bytes")
        self.base_url = base_url.rstrip("/")
        self._secret = secret

    def link(self, document_id: int, chunk_id: int, readers: Set[str]) -> str:
        """Return the URL of the reader page at this chunk of a document with these readers."""
        key = self._sign(document_id, chunk_id, readers)
        return f"{self.base_url}/documents/{document_id}?chunk={chunk_id}&key={key}#cited"

    def verify(self, document_id: int, chunk_id: int, readers: Set[str], key: str) -> bool:
        """Return whether `link` made `key` for exactly this document, chunk and readers."""
        expected = self._sign(document_id, chunk_id, readers)
        return hmac.compare_digest(expected.encode(), key.encode())

    def _sign(self, document_id: int, chunk_id: int, readers: Set[str]) -> str:
        message = f"{document_id}:{chunk_id}:{','.join(sorted(readers))}".encode()
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()[:32]
