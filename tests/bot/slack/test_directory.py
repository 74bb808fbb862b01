"""Who is who, from what Slack says of them."""

from bot.slack.directory import Person


def test_nobody_from_elsewhere_is_an_admin_here() -> None:
    """An admin of another workspace in a shared channel, or a guest, may not do what admins may."""
    user = {"id": "U1", "team_id": "T1", "is_admin": True, "is_owner": True}
    assert Person.from_user(user, "T1").is_admin
    assert not Person.from_user(user, "T2").is_admin
    assert not Person.from_user(user | {"is_restricted": True}, "T1").is_admin
