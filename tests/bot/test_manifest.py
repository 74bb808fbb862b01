"""The app manifest is one that Slack takes, and asks for what the bot uses."""

import json
from pathlib import Path

from jsonschema.validators import validator_for

from bot.inbox.intent import asks_for_help
from bot.reviews.home_tab import PROMPTS
from sandbox.web_api.scopes import SCOPES

BOT = Path(__file__).parents[2] / "bot"
MANIFEST = json.loads((BOT / "manifest.json").read_text(encoding="utf-8"))


def test_the_manifest_follows_slacks_schema(shared_data: Path) -> None:
    """Slack's own JSON schema finds nothing wrong with the manifest."""
    schema = json.loads((shared_data / "slack" / "manifest.schema.json").read_text())
    validator = validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(MANIFEST)] == []


def test_every_event_has_its_scope(shared_data: Path) -> None:
    """For each event that the bot listens to, the manifest asks for a scope that grants it."""
    events = json.loads((shared_data / "slack" / "events.json").read_text())
    granted = set(MANIFEST["oauth_config"]["scopes"]["bot"])
    for name in MANIFEST["settings"]["event_subscriptions"]["bot_events"]:
        # Slack's page of app_mention writes its scope with a dot.
        scopes = {scope.replace(".", ":") for scope in events[name]["scopes"]}
        assert not scopes or scopes & granted, f"{name} needs one of {sorted(scopes)}"


def test_no_scope_to_write_is_asked_in_vain() -> None:
    """Each scope that lets the bot write belongs to a method that its code calls."""
    code = "".join(path.read_text(encoding="utf-8") for path in BOT.rglob("*.py"))
    used = {scope for name, any_of in SCOPES.items() if f'"{name}"' in code for scope in any_of}
    asked = {name for name in MANIFEST["oauth_config"]["scopes"]["bot"] if name.endswith(":write")}
    assert asked <= used


def test_suggested_prompts_have_an_answer() -> None:
    """What is suggested, here and by the bot, is answered by the help, whatever is indexed."""
    suggested = MANIFEST["features"]["agent_view"]["suggested_prompts"]
    assert suggested == list(PROMPTS)
    assert all(asks_for_help(prompt["message"]) for prompt in suggested)
