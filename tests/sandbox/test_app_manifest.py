"""Manifests: what the sandbox takes from them."""

import pytest

from sandbox.app_manifest import PERMISSIVE, read_manifest
from sandbox.errors import ManifestError


def test_what_is_left_out_is_not_allowed() -> None:
    """A manifest with a name alone makes an app that may do nothing and hears nothing."""
    app = read_manifest({"display_information": {"name": "Bare"}})
    assert (app.bot_name, app.scopes, app.events) == ("Bare", frozenset(), frozenset())
    assert not (app.interactivity or app.home_tab or app.agent or app.commands)


def test_ids_and_tokens_stay() -> None:
    """They come from the name: the same app has the same ones at each start, another others."""
    first = read_manifest({"display_information": {"name": "One"}})
    again = read_manifest({"display_information": {"name": "One"}})
    other = read_manifest({"display_information": {"name": "Two"}})
    assert (first.bot_token, first.bot_user_id) == (again.bot_token, again.bot_user_id)
    assert first.bot_token != other.bot_token
    assert first.bot_user_id.startswith("U") and first.app_token.startswith("xapp-")


def test_without_a_name() -> None:
    """An app without a name is refused."""
    with pytest.raises(ManifestError, match="name"):
        read_manifest({"features": {}})


def test_the_default_app_may_all() -> None:
    """Without a manifest the app has the scopes of every method there is."""
    from sandbox.web_api.scopes import SCOPES

    assert all(not scopes or PERMISSIVE.scopes & set(scopes) for scopes in SCOPES.values())
