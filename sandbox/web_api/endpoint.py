"""The Web API endpoint: read the request, check token, scopes and limits, call the method."""

import json
import time
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.errors import Refusal
from sandbox.server_state import Site
from sandbox.web_api import arguments
from sandbox.web_api.methods import METHODS
from sandbox.web_api.methods.call import Call
from sandbox.web_api.scopes import SCOPES

_FORM = "application/x-www-form-urlencoded"
_SECRET = ("token", "client_secret")


async def web_api(request: Request) -> Response:
    """Handle POST or GET /api/<method>."""
    site: Site = request.app.state.site
    method = request.path_params["method"]
    given: dict[str, Any] = {}
    headers: dict[str, str] = {}
    record: dict[str, Any] = {"at": time.time(), "method": method}
    try:
        given = await _body(request)
        answer = {"ok": True, **_call(site, method, given, request.headers)}
        status = 200
    except Refusal as refusal:
        answer, status, headers = _refused(refusal)
    record["arguments"] = {name: value for name, value in given.items() if name not in _SECRET}
    record["ok"] = answer["ok"]
    if not answer["ok"]:
        record["error"] = answer["error"]
    site.calls.append(record)
    headers |= _scopes(site, method)
    return JSONResponse(answer, status_code=status, headers=headers)


def _call(site: Site, method: str, given: dict[str, Any], headers: Any) -> dict[str, Any]:
    if method not in METHODS:
        raise Refusal("unknown_method", req_method=method)
    _authenticate(site, method, _token(given, headers))
    _authorize(site, method)
    site.reached_at(headers.get("host", ""))
    site.faults.check(method)
    if site.rates is not None:
        site.rates.check(method, str(given.get("channel", "")))
    return METHODS[method](Call(site, method, arguments.read(method, given)))


async def _body(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = dict(request.query_params)
    if request.method == "GET":
        return given
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    raw = await request.body()
    if not raw:
        return given
    if kind == "application/json":
        try:
            body = json.loads(raw)
        except ValueError as error:
            raise Refusal("invalid_json") from error
        if not isinstance(body, dict):
            raise Refusal("json_not_object")
        return given | body
    if kind == _FORM:
        try:
            return given | dict(parse_qsl(raw.decode(), keep_blank_values=True))
        except UnicodeDecodeError as error:
            raise Refusal("invalid_charset") from error
    if not kind:
        raise Refusal("missing_post_type")
    raise Refusal("invalid_post_type")


def _token(given: dict[str, Any], headers: Any) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else str(given.get("token") or "")


def _authenticate(site: Site, method: str, token: str) -> None:
    if not token:
        raise Refusal("not_authed")
    if token not in (site.app.bot_token, site.app.app_token):
        raise Refusal("invalid_auth")
    if not site.workspace.installed:
        raise Refusal("account_inactive")
    wants_app = method == "apps.connections.open"
    if wants_app != (token == site.app.app_token) and method != "auth.test":
        raise Refusal("not_allowed_token_type")


def _authorize(site: Site, method: str) -> None:
    needed = SCOPES[method]
    if needed and not site.app.scopes.intersection(needed):
        provided = ",".join(sorted(site.app.scopes))
        raise Refusal("missing_scope", needed=",".join(needed), provided=provided)


def _refused(refusal: Refusal) -> tuple[dict[str, Any], int, dict[str, str]]:
    extra = dict(refusal.extra)
    after = extra.pop("retry_after", None)
    headers = {} if after is None else {"Retry-After": str(after)}
    return {"ok": False, "error": refusal.error, **extra}, refusal.status, headers


def _scopes(site: Site, method: str) -> dict[str, str]:
    return {
        "X-OAuth-Scopes": ",".join(sorted(site.app.scopes)),
        "X-Accepted-OAuth-Scopes": ",".join(SCOPES.get(method, ())),
    }
