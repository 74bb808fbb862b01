"""Admins name experts, whose labels are told apart from those of who asked and of others."""

import pytest
from psycopg import AsyncConnection

from bot.admin.experts import labels_with_roles
from database.database import Database
from tests.bot.rated_answers import holds, told
from tests.bot.running_bot import House
from tests.bot.slack_client import ADMIN, MEMBER, OTHER, Scene

EXPERTS = "select person, named_by from experts order by person"


async def test_an_admin_names_lists_and_dismisses(
    house: House, scene: Scene, database: Database
) -> None:
    """By mention or by name; saying it twice changes nothing, and says so."""
    await scene.command("/houselore", "experts", ADMIN)
    await told(scene, "There are no experts yet", person=ADMIN)
    await scene.command("/houselore", f"expert <@{OTHER}>", ADMIN)
    await told(scene, "is an expert now", person=ADMIN)
    await scene.command("/houselore", "expert jonas", ADMIN)
    await holds(database, EXPERTS, [(MEMBER, ADMIN), (OTHER, ADMIN)])
    await scene.command("/houselore", f"expert <@{OTHER}>", ADMIN)
    await told(scene, "is an expert already", person=ADMIN)
    await scene.command("/houselore", f"expert remove <@{OTHER}>", ADMIN)
    await told(scene, "is no expert any more", person=ADMIN)
    await scene.command("/houselore", f"expert remove <@{OTHER}>", ADMIN)
    await told(scene, "is no expert.", person=ADMIN)
    await scene.command("/houselore", "experts", ADMIN)
    await told(scene, f'data-user="{MEMBER}"', person=ADMIN)
    await holds(database, EXPERTS, [(MEMBER, ADMIN)])


@pytest.mark.parametrize("text", ["experts", f"expert <@{MEMBER}>", f"expert remove <@{OTHER}>"])
async def test_nobody_else_does(house: House, scene: Scene, database: Database, text: str) -> None:
    """Members neither see nor name experts."""
    await scene.command("/houselore", text, MEMBER)
    await told(scene, "Only admins")
    await holds(database, EXPERTS, [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("expert", "Whom do you mean?"),
        ("expert remove", "Whom do you mean?"),
        ("expert jonsa", "did you mean"),
        ("expert <@U0NOBODY>", "Nobody here is"),
        ("expert @houselore", "I am no expert"),
    ],
)
async def test_who_is_nobody_is_no_expert(
    house: House, scene: Scene, database: Database, text: str, said: str
) -> None:
    """A name that is nobody's, and the bot's own, are refused in words."""
    await scene.command("/houselore", text, ADMIN)
    await told(scene, said, person=ADMIN)
    await holds(database, EXPERTS, [])


async def test_labels_know_who_gave_them(
    services_house: House, database: Database, owner: AsyncConnection
) -> None:
    """Asker, expert and reader; an expert who asked is an expert; what is not current is absent."""
    answers = (
        "insert into answers (workspace, channel, ts, person, question, readers, messages, "
        "evidence, text, citations, abstained, model, generation, prompt_version, timings_ms) "
        "values (%s, 'C1', '1.1', %s, 'q', '{public}', '[]', '[]', 't', '[]', false, 'm', 1, '1', "
        "'{}')"
    )
    labels = (
        "insert into feedback (workspace, answer_id, person, label, surface, is_current) "
        "select a.workspace, a.id, x.person, x.label, 'button', x.is_current from answers a, "
        "(values ('U1', 'good', true), ('U2', 'bad', true), ('U3', 'good', true), "
        "('U3', 'bad', false), ('U4', 'none', true)) as x (person, label, is_current)"
    )
    await owner.execute(answers, ["home", "U1"])
    await owner.execute(answers, ["elsewhere", "U1"])
    await owner.execute(labels)
    await owner.execute(
        "insert into experts (workspace, person, named_by) "
        "values ('home', 'U2', 'U9'), ('elsewhere', 'U1', 'U9'), ('elsewhere', 'U3', 'U9')"
    )
    found = await labels_with_roles(services_house.services)
    assert {(one.person, one.label, one.role) for one in found} == {
        ("U1", "good", "asker"),
        ("U2", "bad", "expert"),
        ("U3", "good", "reader"),
    }
    await owner.execute("insert into experts values ('home', 'U1', 'U9')")
    found = await labels_with_roles(services_house.services)
    assert [one.role for one in found] == ["expert", "expert", "reader"]
