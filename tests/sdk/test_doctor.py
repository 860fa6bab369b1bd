"""The doctor says in plain words what is wrong, and its exit code says whether anything is."""

from __future__ import annotations

import pytest

from deliberation import cli, doctor


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path):
    monkeypatch.delenv("INSPECTOR_URL", raising=False)
    monkeypatch.delenv("INSPECTOR_KEY", raising=False)
    monkeypatch.setenv("INSPECTOR_SPOOL", str(tmp_path))
    monkeypatch.setattr(doctor, "ARRIVAL_SECONDS", 0.0)


def ask(*arguments):
    return cli.main(["doctor", *arguments])


def test_it_works(server, capsys):
    assert ask("--url", server.url, "--key", server.key) == 0
    assert "The key may report: one run of 2 events accepted" in capsys.readouterr().out
    assert [event.KIND for event in server.events] == ["run.started", "run.ended"]


def test_it_reads_the_environment(server, monkeypatch):
    monkeypatch.setenv("INSPECTOR_URL", server.url + "/")
    monkeypatch.setenv("INSPECTOR_KEY", server.key)
    assert ask() == 0


def test_asked_twice_it_leaves_one_run(server):
    for _ in range(2):
        ask("--url", server.url, "--key", server.key)
    assert len({event.run for event in server.events}) == 1
    assert len(server.events) == 2


def test_a_scope_that_the_server_cannot_be_asked_for_is_not_claimed(server, capsys):
    ask("--url", server.url, "--key", server.key)
    assert "Whether the key has the scope `control` could not be told." in capsys.readouterr().out


def test_the_key_itself_is_never_shown(server, capsys):
    ask("--url", server.url, "--key", "a-long-secret-key")
    assert "a-long-secret-key" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [([], "No address"), (["--url", "http://127.0.0.1:9"], "No key")],
)
def test_what_is_missing_is_named(arguments, sentence, capsys):
    assert ask(*arguments) == 1
    assert sentence in capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "does not know this key"),
        (403, "lacks the scope `ingest`"),
        (404, "no inspector at this address"),
        (503, "too much to do"),
        (418, "not an answer an inspector gives"),
    ],
)
def test_each_refusal_is_explained(server, capsys, status, sentence):
    server.fail_next(status)
    assert ask("--url", server.url, "--key", server.key) == 1
    assert sentence in capsys.readouterr().out


def test_a_server_that_is_not_there_is_said_to_be_away(server, capsys):
    server.go_away()
    assert ask("--url", server.url, "--key", server.key) == 1
    assert "Is the server running?" in capsys.readouterr().out


def test_an_address_that_is_none_is_said_to_be_none(capsys):
    assert ask("--url", "localhost:8000", "--key", "k") == 1
    assert "not an http or https address" in capsys.readouterr().out
