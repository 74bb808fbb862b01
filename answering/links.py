"""Signed links to the reader page, for documents that have no address of their own."""

import hashlib
import hmac


class SourceLinks:
    """Makes and checks links that open one passage of one document.

    A link is a capability: whoever was shown the citation can open it, nobody can guess another.
    It names a document and a chunk, and holds for no other.
    """

    def __init__(self, base_url: str, secret: bytes) -> None:
        if len(secret) < 16:
            raise ValueError("the secret that signs source links needs at least 16 bytes")
        self._base_url = base_url.rstrip("/")
        self._secret = secret

    def link(self, document_id: int, chunk_id: int) -> str:
        """The address of the reader page at this chunk."""
        key = self._sign(document_id, chunk_id)
        return f"{self._base_url}/documents/{document_id}?chunk={chunk_id}&key={key}#cited"

    def verify(self, document_id: int, chunk_id: int, key: str) -> bool:
        """Whether `key` was made by `link` for exactly this document and chunk."""
        return hmac.compare_digest(self._sign(document_id, chunk_id).encode(), key.encode())

    def _sign(self, document_id: int, chunk_id: int) -> str:
        message = f"{document_id}:{chunk_id}".encode()
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()[:32]
