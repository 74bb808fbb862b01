"""Ask the Hugging Face hub about a file: its size, its hash, and the URL of its bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from answering.errors import PullFailed
from answering.model.hub_file import HubFile
from answering.model.receipt import can_verify

_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file's current state on the hub; send `headers` with each request for its bytes."""

    url: str
    headers: dict[str, str]
    size: int  # bytes
    etag: str
    commit: str


def ask_hub(file: HubFile, endpoint: str | None = None) -> RemoteFile:
    """Ask the hub at `endpoint` about a file. Raises PullFailed.

    The hub's library reads HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE. The token is sent to the hub
    only, never to the storage that a large file is redirected to.
    """
    from huggingface_hub import get_hf_file_metadata, get_token, hf_hub_url

    address = hf_hub_url(file.repo_id, file.path, revision=file.revision, endpoint=endpoint)
    with _explained(file, address):
        found = get_hf_file_metadata(address, timeout=_TIMEOUT_S, endpoint=endpoint)
    if not found.size or found.etag is None or not can_verify(found.etag):
        raise PullFailed(
            f"{_host(address)} tells no size or no hash of {file}, so that what it sends could not "
            "be checked: is HF_ENDPOINT a copy of the hub?"
        )
    token = get_token() if _host(found.location) == _host(address) else None
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    commit = found.commit_hash or file.revision
    return RemoteFile(found.location, headers, found.size, found.etag, commit)


@contextmanager
def _explained(file: HubFile, address: str) -> Iterator[None]:
    """Turn each of the library's errors into a PullFailed with a sentence."""
    import httpx2
    from huggingface_hub import errors

    try:
        yield
    except errors.GatedRepoError:
        raise PullFailed(
            f"{file.repo_id} is gated: accept its terms on its page, and set HF_TOKEN to a token "
            "of that account."
        ) from None
    except errors.RepositoryNotFoundError:
        raise PullFailed(
            f"The hub has no {file.repo_id}, or it is private: check the name; for a private one "
            "set HF_TOKEN."
        ) from None
    except errors.RevisionNotFoundError:
        raise PullFailed(f"{file.repo_id} has no revision {file.revision}.") from None
    except errors.EntryNotFoundError:
        raise PullFailed(
            f"{file.repo_id} has no file {file.path} at {file.revision}: its page lists its files."
        ) from None
    except errors.OfflineModeIsEnabled:
        raise PullFailed(f"{file} is not pulled while HF_HUB_OFFLINE is set.") from None
    except errors.HfHubHTTPError as error:
        status = error.response.status_code
        advice = "check HF_TOKEN" if status in (401, 403) else "try again later"
        raise PullFailed(f"{_host(address)} answers {status} for {file}: {advice}.") from None
    except (httpx2.HTTPError, OSError) as error:
        raise PullFailed(
            f"{_host(address)} cannot be reached ({type(error).__name__}): check the network, a "
            "proxy in HTTPS_PROXY, or HF_ENDPOINT."
        ) from error


def _host(url: str) -> str:
    return urlsplit(url).netloc
