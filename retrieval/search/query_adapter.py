"""What moves a question's vector towards what answers such questions. Moves no chunk's vector."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """A matrix, dimensions by dimensions, that is added to the identity.

    A residual linear adapter as in Search-Adaptor (Yoon et al., ACL 2024), on the question's side
    alone, so that what is indexed stays as it is.
    """

    residual: Floats

    @classmethod
    def from_bytes(cls, kept: bytes, dimensions: int) -> "Adapter":
        """One as `to_bytes` gives it. Raises ValueError where the size is another."""
        found = np.frombuffer(kept, dtype="<f2").reshape(dimensions, dimensions)
        return cls(found.astype(np.float32))

    def to_bytes(self) -> bytes:
        """The matrix row by row, in half precision."""
        return self.residual.astype("<f2").tobytes()

    def move(self, vector: Sequence[float]) -> list[float]:
        """The vector moved, as long as it was."""
        asked = np.asarray(vector, dtype=np.float64)
        moved = asked + asked @ self.residual
        length = float(np.linalg.norm(moved))
        if length == 0.0:
            return list(vector)
        return [float(x) for x in moved * (np.linalg.norm(asked) / length)]


def hash_matrix(kept: bytes) -> str:
    """The SHA-256 of an adapter's matrix as `to_bytes` gives it, by which it is known."""
    return hashlib.sha256(kept).hexdigest()
