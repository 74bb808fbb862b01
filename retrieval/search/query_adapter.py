"""A learned linear adapter that transforms a query's vector before the dense search."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """A residual linear adapter: a (dimensions, dimensions) matrix added to the identity.

    As in Search-Adaptor (Yoon et al., ACL 2024), but for queries only, so that indexed vectors
    stay valid.
    """

    residual: Floats

    @classmethod
    def from_bytes(cls, kept: bytes, dimensions: int) -> "Adapter":
        """Read what `to_bytes` wrote. Raises ValueError if the size is wrong."""
        found = np.frombuffer(kept, dtype="<f2").reshape(dimensions, dimensions)
        return cls(found.astype(np.float32))

    def to_bytes(self) -> bytes:
        """Return the matrix row by row, in half precision."""
        return self.residual.astype("<f2").tobytes()

    def move(self, vector: Sequence[float]) -> list[float]:
        """Transform a query's vector, keeping its length."""
        asked = np.asarray(vector, dtype=np.float64)
        moved = asked + asked @ self.residual
        length = float(np.linalg.norm(moved))
        if length == 0.0:
            return list(vector)
        return [float(x) for x in moved * (np.linalg.norm(asked) / length)]


def hash_matrix(kept: bytes) -> str:
    """Return the SHA-256 of the bytes from `to_bytes`, which identifies an adapter."""
    return hashlib.sha256(kept).hexdigest()
