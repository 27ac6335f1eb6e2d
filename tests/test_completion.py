"""What the shells offer, and that they are never told of an error."""

from __future__ import annotations

from pathlib import Path

import pytest

WORD_BREAKS = " \t\n\"'@><=;|&(:"


@pytest.fixture
def offered(run, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """What a shell is given for a line, after the command's name."""

    def offer(line: str, shell: str = "bash") -> list[str]:
        monkeypatch.setenv("_DOCINDEX_COMPLETE", f"words_{shell}")
        ran = run(WORD_BREAKS, f"docindex {line}") if shell == "bash" else run(*line.split(" "))
        monkeypatch.delenv("_DOCINDEX_COMPLETE")
        assert (ran.code, ran.err) == (0, "")
        return [value.partition("\t")[0] for value in ran.out.splitlines()]

    return offer


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ti", ["timeline"]),
        ("show ", ["notes/b.md", "notes/c.txt", "press/a.txt"]),
        ("show notes/c", ["notes/c.txt"]),
        ("show nothing", []),
        ("show --index nowhere ", []),
        ("search --lang ", ["ar", "en", "fr"]),
        ("search --lang e", ["en"]),
        ("kwic --publisher Le", ["Le\\ Journal"]),
        ("timeline --collection ", ["Notes", "Press"]),
        ("search --subject o", ["otages"]),
        ("search co", ["collection:"]),
        ("kwic accord p", ["path:", "publisher:"]),
        ("search --sort ", ["date", "path", "score", "title"]),
        ("kwic --sort L", ["L1", "L2", "L3"]),
        ("timeline --by m", ["month"]),
        ("search --format j", ["json", "jsonl"]),
        ("search --facets year,su", ["year,subject"]),
        ("search --facets year,y", []),
        ("status --color a", ["always", "auto"]),
    ],
)
def test_a_shell_is_offered_what_the_index_holds(archive: Path, run, offered, line: str, expected: list[str]) -> None:
    run("build")
    assert sorted(offered(line)) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_is_offered_the_ids(archive: Path, run, offered, shell: str) -> None:
    run("build")
    assert offered("show press", shell) == ["press/a.txt"]


@pytest.mark.parametrize("harm", ["none", "empty", "damaged"])
def test_without_a_good_index_nothing_is_offered_and_nothing_said(archive: Path, run, offered, harm: str) -> None:
    if harm == "empty":
        (archive / ".docindex").mkdir()
    if harm == "damaged":
        run("build")
        for path in (archive / ".docindex").iterdir():
            path.write_bytes(b"x")
    assert offered("show ") == []
    assert offered("search --lang ") == []


def test_what_is_offered_for_a_flag_is_what_it_takes(archive: Path, run, offered) -> None:
    run("build")
    for command in ("search", "kwic", "timeline", "status", "build"):
        for flag in ("--sort", "--format", "--alike", "--by", "--color", "--hyperlink", "--facets"):
            for value in offered(f"{command} {flag} "):
                query = ["Belmokhtar"] if command in ("search", "kwic", "timeline") else []
                assert "try:" not in run(command, *query, flag, value).err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_scripts_of_earlier_versions_are_given_nothing_to_evaluate(
    archive: Path, run, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    run("build")
    monkeypatch.setenv("_DOCINDEX_COMPLETE", f"complete_{shell}")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "docindex show ")
    assert tuple(run()) == (0, "", "")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("search --publisher L", ["Le\\ Journal"]),
        ("search --publisher Le\\ J", ["Le\\ Journal"]),
        ("search --publisher 'Le J", ["Le Journal"]),
        ('search --publisher "L', ["Le Journal"]),
        ("search --publisher=L", ["Le\\ Journal"]),
        ("search --publisher='L", ["Le Journal"]),
        ("search --publisher 'Le'", []),
    ],
)
def test_bash_is_given_what_it_can_put_in_place_of_what_was_typed(
    archive: Path, run, offered, typed: str, expected: list[str]
) -> None:
    run("build")
    assert offered(typed) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_installed_for_the_shell_in_use(
    archive: Path, run, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    import shellingham

    monkeypatch.setattr(shellingham, "detect_shell", lambda: (shell, f"/bin/{shell}"))
    assert run("--install-completion").code == 0
    assert run("--install-completion").code == 0
    files = {"bash": ".bash_completions/docindex.sh", "zsh": ".zfunc/_docindex"}
    written = archive.parent / files.get(shell, ".config/fish/completions/docindex.fish")
    assert written.read_text() == run("--show-completion").out
    if shell != "fish":
        assert (archive.parent / f".{shell}rc").read_text().count("\n") == 2
