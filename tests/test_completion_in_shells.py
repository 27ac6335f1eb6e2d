"""Completion in real shells on pseudo-terminals: no value of a document is ever evaluated."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import docindex

COMMANDS = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"], "fish": ["fish", "-N", "-i"]}
PAYLOADS = (
    "$(touch\tX) `touch\tX` ;touch\tX; |touch\tX| &touch\tX& >X <(touch\tX) =(touch\tX) ${(e):-$(touch\tX)} "
    "$[$(touch\tX)] $((X=1)) !touch\tX (touch\tX) {touch,X} ~X *x[a]? #c %d ^touch^X "
    "' \" \\ éאב $'\\x60touch\tX\\x60' -x"
).split(" ")
FORMS = ("{}", "\\'{}\\'", "'{}'", '"{}"')
NAMES = [
    f"v{number:03} {form.format(payload)}".replace("\t", " ")
    for number, (payload, form) in enumerate((payload, form) for form in FORMS for payload in PAYLOADS)
]
SECONDS = 20


class Shell:
    """An interactive shell that runs a `docindex` which completes, and only notes what it is
    called with.
    """

    def __init__(self, name: str, folder: Path) -> None:
        if not shutil.which(name):
            pytest.skip(f"{name} is not installed: its completion is NOT tested here")
        tools, self._log = folder.parent / "bin", folder.parent / "called"
        tools.mkdir(exist_ok=True)
        self._log.write_bytes(b"")
        program = tools / "docindex"
        program.write_text(
            f'#!/bin/sh\n[ -n "$_DOCINDEX_COMPLETE" ] && exec {sys.executable} -m docindex "$@"\n'
            f"printf '%s\\0' \"$@\" >> {self._log}\nprintf '\\n' >> {self._log}\n"
        )
        program.chmod(0o755)
        (folder / "docindex").write_text("#!/bin/sh\ntouch X\n")
        (folder / "docindex").chmod(0o755)
        environment = {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "PYTHONPATH": str(Path(docindex.__file__).parents[1]),
            "HOME": str(folder.parent),
            "TERM": "xterm",
            "LC_ALL": "C.UTF-8",
        }
        script = folder.parent / "script"
        asked = {**environment, "_DOCINDEX_COMPLETE": f"source_{name}"}
        script.write_bytes(subprocess.run(["docindex"], env=asked, capture_output=True, check=True).stdout)
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            os.execvpe(COMMANDS[name][0], COMMANDS[name], environment)  # noqa: S606
        self._read(1)
        if name == "zsh":
            self.type("autoload -Uz compinit; compinit -D -u; LISTMAX=500\r")
        self.type(f"source {script}; docindex ready\r")
        self.called(1)

    def type(self, text: str) -> None:
        os.write(self._terminal, text.encode())

    def called(self, count: int) -> list[list[str]]:
        """The arguments of all calls, as soon as there are so many."""
        end = time.monotonic() + SECONDS
        while self._log.read_bytes().count(b"\0\n") < count and time.monotonic() < end:
            self._read(0.02)
        return [call.decode().split("\0") for call in self._log.read_bytes().split(b"\0\n")[:-1]]

    def end(self) -> None:
        os.kill(self._pid, 9)
        os.close(self._terminal)
        os.waitpid(self._pid, 0)

    def _read(self, seconds: float) -> str:
        found = b""
        while select.select([self._terminal], [], [], seconds)[0]:
            try:
                found += os.read(self._terminal, 65536)
            except OSError:
                break
        return found.decode(errors="replace")


@pytest.fixture
def collection(tmp_path: Path, run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, indexed, of documents whose names are hostile; and a mailbox and a publisher
    that are.
    """
    folder = tmp_path / "strangers"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [*NAMES, "m\\'$(touch X)\\'"]:
        (folder / f"{name}.txt").write_text(f"Text of {name[:4]}.")
    (folder / "b.mbox").write_text(
        "".join(
            f"From a@example.org Thu Jan  1 00:00:00 2015\nMessage-ID: <{part}>\nSubject: s\n\nText.\n\n"
            for part in ("$(touch X)@a", "\\'`touch X`\\'@a")
        )
    )
    (folder / "l.md").write_text("---\npublisher: 'L\\''$(touch X)\\'''\n---\n\nText.\n")
    assert run("build", ".").code == 0
    return folder


@pytest.fixture(params=COMMANDS)
def shell(request: pytest.FixtureRequest, collection: Path):  # type: ignore[no-untyped-def]
    found = Shell(request.param, collection)
    yield found
    found.end()


def test_a_hostile_name_is_completed_as_it_is_and_not_evaluated(shell: Shell, collection: Path) -> None:
    shell.type("docindex show m\t\r")
    assert shell.called(2)[-1] == ["show", "m\\'$(touch X)\\'.txt"]
    shell.type("docindex show 'm\t\r")
    assert shell.called(3)[-1] == ["show", "m\\'$(touch X)\\'.txt"]
    shell.type('docindex show "m\t\r')
    assert shell.called(4)[-1] == ["show", "m\\'$(touch X)\\'.txt"]
    shell.type("docindex search --publisher L\t\r")
    assert shell.called(5)[-1] == ["search", "--publisher", "L\\'$(touch X)\\'"]
    assert not (collection / "X").exists()


def test_a_list_of_hostile_values_is_shown_and_not_evaluated(shell: Shell, collection: Path) -> None:
    for number, line in enumerate(("show b", "show v00"), 2):
        shell.type(f"docindex {line}\t\t\t")
        shell.type("\x15docindex done\r")
        assert shell.called(number)[-1] == ["done"]
    assert not (collection / "X").exists()


def test_a_program_that_the_folder_holds_is_not_run(shell: Shell, collection: Path) -> None:
    shell.type("./docindex show m\t\t\x15docindex done\r")
    assert shell.called(2)[-1] == ["done"]
    assert not (collection / "X").exists()


@pytest.mark.slow
def test_no_hostile_name_of_a_hundred_is_evaluated(shell: Shell, collection: Path) -> None:
    for number, name in enumerate(NAMES):
        shell.type(f"docindex show {name[:4]}\t\r")
        assert shell.called(number + 2)[-1] == ["show", f"{name}.txt"]
    assert len(NAMES) == 100
    assert not (collection / "X").exists()
