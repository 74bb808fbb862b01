"""The command line: a mistake is one sentence that says what to do, with the right exit code."""

import json
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Houselore = Callable[..., "subprocess.CompletedProcess[str]"]


def test_help_is_quick_and_names_every_command(houselore: Houselore) -> None:
    """`--help` imports nothing heavy: it takes less than 0.8 s of processor time."""
    durations = []
    for _ in range(3):
        start = _processor_seconds()
        result = houselore("--help")
        durations.append(_processor_seconds() - start)
    assert result.returncode == 0
    for command in ("run", "worker", "ask", "index", "search", "reindex", "status", "migrate"):
        assert command in result.stdout
    assert min(durations) < 0.8


def _processor_seconds() -> float:
    """What the processes that we waited for have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize(
    ("arguments", "settings", "says"),
    [
        (["ask", "  "], {}, "The question is empty"),
        (["ask", "?!"], {}, "The question is empty"),
        (["ask", "x" * 20_000], {}, "20,000 characters: ask in 4,000 or fewer"),
        (["ask", "--json", "x" * 2_500, "y" * 2_500], {}, "5,001 characters: ask in 4,000"),
        (["ask", "x" * 2_500, "y" * 2_500, "--json"], {}, "5,001 characters: ask in 4,000"),
        (["search", ""], {}, "nothing to look for"),
        (["run", "--docs", "nowhere"], {}, "There is nothing at"),
        (["worker"], {}, "set SLACK_BOT_TOKEN"),
        (["status"], {"HOUSELORE_PROT": "1"}, "did you mean HOUSELORE_PORT"),
        (["status"], {"HOUSELORE_REDIS_URL": "localhost"}, "must start with redis://"),
        (["run"], {"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN is missing"),
        (["status"], {"HOUSELORE_DATA_DIR": "/proc/nowhere"}, "The data folder /proc/nowhere"),
        (["serch", "x"], {}, "Did you mean 'search'?"),
        (["index", ".", "--readers", "everybody"], {}, "everybody is no reader"),
        (["index", ".", "--readers", "public,"], {}, "A reader is empty"),
        (["index", ".", "--readers", "@ana"], {}, "no Slack to ask who @ana is"),
        (["search", "x", "--in", "#team"], {}, "Say who asks in #team"),
        (["search", "x", "--as", "@ana"], {}, "start `make run` beside"),
        (["search", "x", "-k", "0"], {}, "-k"),
    ],
)
def test_a_users_mistake(
    houselore: Houselore, arguments: list[str], settings: dict[str, str], says: str
) -> None:
    """Exit code 2, one sentence on stderr that says what to do, nothing on stdout."""
    result = houselore(*arguments, **settings)
    assert result.returncode == 2, result.stderr
    assert says in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_a_database_that_is_down(houselore: Houselore) -> None:
    """Exit code 1: the sentence says where nobody answers, and which setting to check."""
    result = houselore("status", HOUSELORE_DATABASE_URL="postgresql://127.0.0.1:1/x")
    assert result.returncode == 1
    assert "cannot be reached" in result.stderr
    assert "HOUSELORE_DATABASE_URL" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_database_that_is_not_migrated(houselore: Houselore, database_url: str) -> None:
    """A database of one's own is not changed by asking: it is said how to migrate it."""
    from houselore.migrations import downgrade

    downgrade(database_url, "base")
    result = houselore("status", HOUSELORE_DATABASE_URL=database_url)
    assert result.returncode == 1
    assert "run `houselore migrate`" in result.stderr
    assert houselore("migrate", HOUSELORE_DATABASE_URL=database_url).returncode == 0
    assert houselore("status", HOUSELORE_DATABASE_URL=database_url).returncode == 0


def test_a_wrong_slack_token(houselore: Houselore, database_url: str, redis_url: str) -> None:
    """Where Slack cannot be reached, the sentence says so; no token is shown."""
    result = houselore(
        "worker",
        SLACK_BOT_TOKEN="xoxb-very-secret",
        SLACK_APP_TOKEN="xapp-very-secret",
        HOUSELORE_SLACK_API_URL="http://127.0.0.1:1/",
        HOUSELORE_DATABASE_URL=database_url,
        HOUSELORE_REDIS_URL=redis_url,
        HOUSELORE_CHAT_URL="http://127.0.0.1:1/v1",
    )
    assert result.returncode == 1
    assert "Slack cannot be reached" in result.stderr
    assert "very-secret" not in result.stderr + result.stdout


def test_an_unforeseen_error_is_written_to_a_file(
    houselore: Houselore, tmp_path: Path, database_url: str
) -> None:
    """No traceback on the terminal: its file is named, and holds it."""
    (tmp_path / "data" / "link.key").mkdir(parents=True)  # where a file is wanted
    result = houselore("search", "lunch", HOUSELORE_DATABASE_URL=database_url)
    assert result.returncode == 1
    log = tmp_path / "data" / "logs" / "errors.log"
    assert f"the details are in {log}" in result.stderr
    assert "Traceback" not in result.stderr
    assert "IsADirectoryError" in log.read_text()


def test_a_missing_table_is_said_with_the_command_that_makes_it(
    houselore: Houselore, database_url: str
) -> None:
    """What the driver says becomes a sentence."""
    import psycopg

    with psycopg.connect(database_url) as connection:
        connection.execute("drop table feedback")
    result = houselore("status", HOUSELORE_DATABASE_URL=database_url)
    assert result.returncode == 1
    assert "lacks Houselore's tables. Run `houselore migrate`." in result.stderr


def test_nothing_but_broken_files_is_a_failure(
    houselore: Houselore, tmp_path: Path, database_url: str
) -> None:
    """A file that cannot be read is named; when there is no other, the exit code is 1."""
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    result = houselore("index", "broken.pdf", HOUSELORE_DATABASE_URL=database_url)
    assert result.returncode == 1
    assert "broken.pdf" in result.stderr


def test_index_search_and_status(houselore: Houselore, tmp_path: Path, database_url: str) -> None:
    """A folder is indexed, what is broken in it is named, and the rest is found."""
    folder = tmp_path / "handbook"
    folder.mkdir()
    (folder / "leave.md").write_text("# Leave\n\nEveryone has thirty days of leave a year.\n")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    settings = {"HOUSELORE_DATABASE_URL": database_url}

    indexed = houselore("index", str(folder), "--url-prefix", "https://wiki.example/", **settings)
    assert indexed.returncode == 0
    assert "1 added" in indexed.stderr
    assert "broken.pdf" in indexed.stderr

    found = houselore("search", "days of leave", "--json", "-k", "1", **settings)
    assert found.returncode == 0, found.stderr
    (result,) = json.loads(found.stdout)["results"]
    assert set(result) == {"chunk", "document", "title", "url", "score", "text"}
    assert result["url"].startswith("https://wiki.example/leave.md")
    assert "thirty days" in result["text"]

    for words in (["-k", "1", "days", "of", "leave", "--json"], ["--json", "days of", "leave"]):
        assert houselore("search", *words, **settings).stdout == found.stdout

    status = json.loads(houselore("status", "--json", **settings).stdout)
    assert (status["documents"], status["sources"], status["chunks"]) == (1, 1, 1)

    nowhere = houselore("index", str(tmp_path / "nowhere"), **settings)
    assert nowhere.returncode == 2
    assert "nowhere" in nowhere.stderr


def test_reindexing_nothing_says_how_to_begin(houselore: Houselore, database_url: str) -> None:
    """Where no source was ever indexed, exit code 2 and the command that does it."""
    result = houselore("reindex", HOUSELORE_DATABASE_URL=database_url)
    assert result.returncode == 2
    assert "houselore index PATH" in result.stderr


def test_a_broken_world_is_the_users_mistake(
    houselore: Houselore,
    tmp_path: Path,
    database_url: str,
    redis_url: str,
    free_ports: Callable[[int], int],
) -> None:
    """The sandbox's own sentence about its file is passed on, with exit code 2."""
    world = tmp_path / "world.json"
    world.write_text("{bad")
    result = houselore(
        *("run", "--port", str(free_ports(2)), "--world", str(world)),
        HOUSELORE_DATABASE_URL=database_url,
        HOUSELORE_REDIS_URL=redis_url,
        HOUSELORE_CHAT_URL="http://127.0.0.1:1/v1",
    )
    assert result.returncode == 2
    assert "world.json is not JSON" in result.stderr


def test_asking_an_empty_index_says_how_to_fill_it(
    houselore: Houselore, database_url: str, redis_url: str
) -> None:
    """Exit code 2: it is the user who can mend it."""
    result = houselore(
        "ask",
        "What is this?",
        HOUSELORE_DATABASE_URL=database_url,
        HOUSELORE_REDIS_URL=redis_url,
        HOUSELORE_CHAT_URL="http://127.0.0.1:1/v1",
    )
    assert result.returncode == 2
    assert "houselore index" in result.stderr
