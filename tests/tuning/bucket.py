"""An S3 bucket kept in memory, as AWS documents its API: signed requests, whole objects, lists."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import quote
from xml.sax.saxutils import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.serving import serving

KEY_ID, SECRET, REGION = "AKIAHOUSELORE", "the/right+secret", "eu-central-1"


@dataclass
class Bucket:
    """The bucket `models`: its objects by key, and what was asked of it."""

    objects: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    loses: str = ""
    """Objects that end so are answered with a failure when they are written."""
    held: asyncio.Event | None = None
    """Where there is one, whoever reads waits for it."""
    url: str = ""

    def environment(self, secret: str = SECRET) -> dict[str, str]:
        """The variables by which an S3 client finds it."""
        return {
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ALLOW_HTTP": "true",
        }

    async def answer(self, request: Request) -> Response:
        """One request, if it is signed with the right secret."""
        body = await request.body()
        if _signature(request, body) != _signed_with(request):
            return _refused(403, "SignatureDoesNotMatch")
        key, query = request.path_params.get("key", ""), dict(request.query_params)
        self.asked.append((request.method, key))
        if self.held is not None and request.method in ("GET", "HEAD"):
            await self.held.wait()
        match request.method:
            case "GET" if not key:
                return self._list(query.get("prefix", ""))
            case "GET" | "HEAD" if key in self.objects:
                return _object(self.objects[key], request.headers.get("range"))
            case "PUT" | "POST" if self.loses and key.endswith(self.loses):
                return _refused(503, "SlowDown")
            case "PUT" | "POST":
                return self._write(request.method, key, query, body)
        return _refused(404, "NoSuchKey")

    def _write(self, method: str, key: str, query: Mapping[str, str], body: bytes) -> Response:
        if "uploads" in query:
            self.parts[key] = {}
            return _xml(f"<InitiateMultipartUploadResult><UploadId>{escape(key)}</UploadId>")
        if "partNumber" in query:
            self.parts[key][int(query["partNumber"])] = body
        elif method == "POST":
            self.objects[key] = b"".join(part for _, part in sorted(self.parts.pop(key).items()))
            tag = _about(self.objects[key])["ETag"]
            return _xml(f"<CompleteMultipartUploadResult><ETag>{escape(tag)}</ETag>")
        else:
            self.objects[key] = body
        return Response(headers={"ETag": _about(body)["ETag"]})

    def _list(self, prefix: str) -> Response:
        found = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(content)}</Size>"
            f"<ETag>{escape(_about(content)['ETag'])}</ETag>"
            "<LastModified>2026-11-29T12:00:00.000Z</LastModified></Contents>"
            for key, content in sorted(self.objects.items())
            if key.startswith(prefix)
        )
        return _xml(f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}")


@asynccontextmanager
async def bucket() -> AsyncIterator[Bucket]:
    """Serve a bucket on a port of this machine."""
    opened = Bucket()
    methods = ["GET", "HEAD", "PUT", "POST"]
    routes = [
        Route("/models", opened.answer, methods=methods),
        Route("/models/{key:path}", opened.answer, methods=methods),
    ]
    async with serving(Starlette(routes=routes)) as url:
        opened.url = url
        yield opened


def _object(content: bytes, wanted: str | None) -> Response:
    """All of an object, or the bytes that `wanted` names from the first to the last."""
    if wanted is None:
        return Response(content, headers=_about(content))
    first, _, last = wanted.removeprefix("bytes=").partition("-")
    piece = content[int(first) : int(last) + 1]
    place = {"Content-Range": f"bytes {first}-{last}/{len(content)}"}
    return Response(piece, 206, headers={**_about(content), **place})


def _about(content: bytes) -> dict[str, str]:
    return {
        "ETag": f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"',
        "Last-Modified": "Sun, 29 Nov 2026 12:00:00 GMT",
    }


def _xml(opened: str) -> Response:
    """A document whose last tag is left open, closed."""
    root = opened[1 : opened.index(">")]
    return Response(f"{opened}</{root}>", media_type="application/xml")


def _refused(status: int, code: str) -> Response:
    text = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>"
    return Response(text, status, media_type="application/xml")


def _signed_with(request: Request) -> str:
    return request.headers.get("authorization", "").rpartition("Signature=")[2]


def _signature(request: Request, body: bytes) -> str:
    """What the request is to be signed with: AWS Signature Version 4."""
    headers = request.headers
    if headers.get("x-amz-content-sha256") != hashlib.sha256(body).hexdigest():
        return "the body is not what was signed"
    scope = headers["authorization"].partition("Credential=")[2].partition(",")[0]
    day, region, service, kind = scope.split("/")[1:]
    names = headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(request.query_params.items())
    )
    asked = "\n".join(
        [
            request.method,
            request.scope["raw_path"].decode(),
            query,
            *(f"{name}:{headers[name].strip()}" for name in names.split(";")),
            *("", names, headers["x-amz-content-sha256"]),
        ]
    )
    digest = hashlib.sha256(asked.encode()).hexdigest()
    text = "\n".join(
        ["AWS4-HMAC-SHA256", headers["x-amz-date"], f"{day}/{region}/{service}/{kind}", digest]
    )
    key = f"AWS4{SECRET}".encode()
    for part in (day, region, service, kind, text):
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()
