"""What a command does beyond running a program: calls of what can be read, and gaps where it cannot.

What is followed, what is unknown (a Gap stands behind the command: it may have done anything to the job's machine), and
what is an ordinary command, known by its name:

| command | here |
|---|---|
| a function, `./x.sh`, `bash x.sh`, `source x.sh`, `bash -c '…'`, `bash <<EOF`, `eval '…'`, `trap '…' ERR` | followed |
| `make target`, `npm run x`, `npm test`, `yarn x`, `pnpm x`, `bun run x` | followed |
| a script that is not in the repository or not at hand; `curl … | bash`, `bash <(…)` | unknown |
| a program in a variable whose value is not known; `eval "$X"`, `eval "$(…)"` except of ssh-agent | unknown |
| scripts of the repository in other languages: `python x.py`, `node x.js`, `go run ./x`, `cargo run` | unknown |
| other runners: just, task, rake, tox, nox, invoke, gulp, grunt, nx, turbo, lerna, mage, earthly, npm workspaces | unknown |
| build and test tools by their own configuration: gradle, mvn, pytest, go test, docker build, terraform, pre-commit | ordinary |
| `docker run`, `ssh`, `kubectl exec`: elsewhere than on the job's machine | ordinary |
| `python -c '…'`, `python -m x`, `node -e '…'`, `npx x`; programs of /usr/bin, node_modules/.bin, a virtualenv | ordinary |
"""

from __future__ import annotations

import re
from dataclasses import replace

from ghapp.pipeline.command import Command, Guard, Mask, Script
from ghapp.pipeline.expansion import bind
from ghapp.pipeline.shell import make, npm
from ghapp.pipeline.shell.builtins import BUILTINS, options_of
from ghapp.pipeline.shell.embedded import part_of, quoted
from ghapp.pipeline.shell.evaluate import Shell
from ghapp.pipeline.shell.grammar import parse
from ghapp.pipeline.shell.paths import INSTALLED, joined, locate
from ghapp.pipeline.shell.state import Frame, State
from ghapp.pipeline.source import Source, Text
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.word import PartKind, Word

MAX_DEPTH = 4
"""How many files deep calls are followed."""

MAX_FILES = 40
"""How many files are followed from one pipeline."""

MAX_FILE = 200_000
"""Longer files, in characters, are not followed."""

_MAX_EMBEDDED = 12  # how many shells deep, `bash -c` included
SHELLS = frozenset({"bash", "sh", "dash", "ash", "zsh", "ksh"})
_RUNNERS = frozenset(
    ["just", "task", "rake", "tox", "nox", "invoke", "inv", "gulp", "grunt", "nx", "turbo", "lerna", "mage", "earthly", "doit", "dagger", "wireit", "moon", "bazel"]
) - {"bazel"}
_INTERPRETERS = re.compile(
    r"(?:python|ruby|perl|php|pypy)[\d.]*|node|deno|tsx|ts-node|bun|Rscript|pwsh|powershell|groovy|lua"
)
_SUBCOMMANDS = {"go": ("run",), "cargo": ("run", "xtask", "make"), "dotnet": ("run",), "deno": ("task", "run")}
_THROUGH = frozenset({"poetry", "pipenv", "pdm", "uv", "rye", "hatch"})
_ENVIRONMENT = re.compile(
    r"(?:/|^)(?:activate|\.?env|[\w.-]*\.env|nvm\.sh|\.\w*rc|\.\w*profile|profile|sdkman-init\.sh|env\.sh)$|BASH_ENV"
)
SHEBANG = re.compile(r"#!\s*(?:\S*/)?(?:env\s+(?:-S\s+)?)?(?:\S*/)?([\w.-]+)([^\n]*)")


class Calls:
    """Answers each command of a step: changes the shell, runs what the command calls, or leaves a gap."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def __call__(self, shell: Shell, command: Command, frame: Frame) -> None:
        words = command.words
        first = words[0].literal
        if first is None:
            self._variable_program(shell, command, frame)
        elif first in shell.state.functions:
            if first not in shell.running:
                command.followed = True
                shell.call(first, tuple(settled(shell, word) for word in words[1:]), frame)
        elif first in BUILTINS:
            BUILTINS[first](shell, command)
        elif (handler := _HANDLERS.get(first.rpartition("/")[2])) is not None:
            handler(self, shell, command, frame)
        elif "/" in first:
            self._program_path(shell, command, frame)
        else:
            self._program(shell, command)

    # what runs in a shell of its own, or in this one

    def perform(
        self, shell: Shell, command: Command, frame: Frame, text: Text, state: State, kind: str = "bash"
    ) -> None:
        """Runs a text in a new process that `command` starts; its failures are the command's failure."""
        if shell.depth >= _MAX_EMBEDDED:
            self.unknown(shell, command, "Scripts are nested too deep to be followed.")
            return
        command.followed = True
        calls = shell.calls if text.source is shell.script.text.source else (*shell.calls, command.place)
        inner = Shell(shell.step, Script(text, kind), state, shell.trail, self, calls=calls, depth=shell.depth + 1)
        inner.perform(parse(text.value), self.around(command, frame))
        self.traps(inner, frame)

    def around(self, command: Command, frame: Frame) -> Frame:
        return Frame(command.masks, command.guards, command.redirections, substituted=frame.substituted)

    def traps(self, shell: Shell, frame: Frame) -> None:
        """What `trap` has kept for the end of a process."""
        for command, word, signals in shell.traps:
            text = quoted(command.script.text, word)
            if text is None:
                continue
            guard = Guard("trap", signals, word.start, word.end)
            shell.state.ended = ""
            inner = Shell(shell.step, Script(text, "bash"), shell.state, shell.trail, self, calls=command.calls)
            inner.depth = shell.depth + 1
            inner.perform(parse(text.value), frame.guarded(guard))

    def unknown(self, shell: Shell, command: Command, reason: str) -> None:
        shell.gap(command.start, command.end, reason)

    def child(self, shell: Shell, command: Command, *, every: bool = False) -> State:
        """The state in which a called program starts: what is exported, and what stands before its name."""
        state, scope = shell.state, shell.step.scope
        seen = {
            name: value
            for name, value in state.variables.items()
            if every or name in state.exported or scope.variable(name) is not None
        }
        child = replace(State(state.directory, errexit=False, pipefail=False), variables=seen, exported=frozenset(seen))
        if every:
            child.functions = state.functions
        for assignment in command.assignments:
            child.assign(assignment.name, assignment.value)
        return child

    # files

    def read(self, shell: Shell, command: Command, path: str | None) -> Source | None:
        """The text of a file that is called, within the budget; else None, and the gap has been left."""
        budget = shell.step.job.pipeline.budget
        if path is None:
            reason = "Which file this runs cannot be told."
        elif self.tree.paths is not None and path not in self.tree.paths:
            reason = f"`{path}` is not in the repository: it is made or downloaded while the job runs."
        elif len(shell.calls) >= MAX_DEPTH:
            reason = f"Calls are followed {MAX_DEPTH} files deep; this is one more."
        elif not budget.open(path, MAX_FILES):
            reason = f"{MAX_FILES} files have been followed from here already."
        elif (source := self.tree.source(path)) is None:
            reason = f"The text of `{path}` is not at hand."
        elif len(source.text) > MAX_FILE:
            reason = f"`{path}` is too long to be followed."
        else:
            return source
        self.unknown(shell, command, reason)
        return None

    def file(
        self,
        shell: Shell,
        command: Command,
        frame: Frame,
        path: str | None,
        arguments: tuple[Word, ...],
        flags: dict[str, bool] | None,
    ) -> None:
        """Runs a script file. `flags`: the options of the shell that was named; None: the file's first line decides."""
        source = self.read(shell, command, path)
        if source is None:
            return
        if flags is None:
            shebang = SHEBANG.match(source.text)
            if shebang is not None and shebang[1] not in SHELLS:
                self.unknown(shell, command, f"`{source.path}` is not a shell script: what it does is not read.")
                return
            flags = flags_of(shebang[2]) if shebang is not None else {}
        state = self.child(shell, command)
        state.errexit, state.pipefail = flags.get("e", False), flags.get("pipefail", False)
        state.positional(tuple(settled(shell, word) for word in arguments))
        self.perform(shell, command, frame, Text.of_file(source), state)

    def _program_path(self, shell: Shell, command: Command, frame: Frame) -> None:
        """`./x.sh`, `/usr/bin/docker`, `"$DIR/deploy"`."""
        word = command.words[0]
        if INSTALLED.search(word.literal or word.raw.strip('"')):
            return
        self.file(shell, command, frame, locate(command, word), command.words[1:], None)

    def _variable_program(self, shell: Shell, command: Command, frame: Frame) -> None:
        word = command.words[0]
        if command.name is not None:
            self._program_path(shell, command, frame)
            return
        text = command.literal(word)
        if text and any(part.kind is PartKind.EXPRESSION for part in word.parts):
            begin, end = shell.script.text.offset(word.start), shell.script.text.offset(word.end)
            arguments = shell.script.text.value[word.end : command.end]
            segments = [(0, begin, end - begin)]
            inner = Text(text + arguments, shell.script.text.source, segments, exact=False)
            self.perform(shell, command, frame, inner, self._same(shell))
        else:
            self.unknown(shell, command, "Which program this runs stands in a variable whose value is not known.")

    def _same(self, shell: Shell) -> State:
        return shell.state

    def _program(self, shell: Shell, command: Command) -> None:
        """An ordinary program, or one that does what we cannot read."""
        name = command.name or ""
        if name in _RUNNERS:
            self.unknown(shell, command, f"What `{name}` runs is not read.")
        elif name in _SUBCOMMANDS and any(command.is_a(name, each) for each in _SUBCOMMANDS[name]):
            self.unknown(shell, command, f"`{name}` runs a program of the repository: what it does is not read.")
        elif name in _THROUGH and len(command.words) > 2 and command.words[1].raw == "run":
            self._interpreter(shell, command, command.words[2:])
        elif _INTERPRETERS.fullmatch(name):
            self._interpreter(shell, command, command.words)

    def _interpreter(self, shell: Shell, command: Command, words: tuple[Word, ...]) -> None:
        """`python x.py` and `python - <<EOF` do what we cannot read; `python -m x` and `-c` are taken for harmless."""
        program = words[0].raw.rpartition("/")[2]
        named = next((word for word in words[1:] if not word.raw.startswith("-") or word.raw == "-"), None)
        flags = {word.raw for word in words[1:] if word.raw.startswith("-") and word.raw != "-"}
        if flags & {"-c", "-m", "-e", "-p", "--eval", "--print", "--version", "-V", "-Command", "-r"}:
            return
        script = named is not None or any(item.body is not None for item in command.redirections)
        if (_INTERPRETERS.fullmatch(program) and script) or program.endswith((".py", ".rb", ".js")):
            self.unknown(shell, command, f"What this `{program}` program does is not read.")

    # shells

    def _shell(self, shell: Shell, command: Command, frame: Frame) -> None:
        """`bash [options] file …`, `bash -c '…'`, `bash <<EOF`, `… | bash`."""
        options, at = options_of(command.words[1:])
        operands = command.words[at + 1 :]
        if "c" in options and operands:
            text = quoted(shell.script.text, operands[0])
            if text is None:
                self.unknown(shell, command, "The script behind `-c` cannot be read.")
                return
            state = self.child(shell, command, every=True)
            state.errexit, state.pipefail = options.get("e", False), options.get("pipefail", False)
            state.positional(operands[2:])
            self.perform(shell, command, frame, text, state)
        elif operands and "s" not in options:
            if "n" not in options:
                self.file(shell, command, frame, locate(command, operands[0]), operands[1:], options)
        else:
            self._input(shell, command, frame, options)

    def _input(self, shell: Shell, command: Command, frame: Frame, options: dict[str, bool]) -> None:
        """A shell that reads its script from its input."""
        for item in command.redirections:
            if item.body is not None:
                state = self.child(shell, command, every=True)
                state.errexit, state.pipefail = options.get("e", False), options.get("pipefail", False)
                text = part_of(shell.script.text, item.start, item.start + len(item.body))
                self.perform(shell, command, frame, text, state)
                return
            if item.operator == "<" and item.target is not None:
                self.file(shell, command, frame, locate(command, item.target), (), options)
                return
        if command.piped_from is not None or command.redirections:
            self.unknown(shell, command, "This runs a script that is only known while the job runs.")

    def _source(self, shell: Shell, command: Command, frame: Frame) -> None:
        """`source x.sh` and `. x.sh`: in this very shell."""
        if len(command.words) < 2:
            return
        word = command.words[1]
        path = locate(command, word)
        here = path is not None and (self.tree.paths is None or path in self.tree.paths)
        if not here and _ENVIRONMENT.search(word.raw.strip("\"'")):
            return
        source = self.read(shell, command, path)
        if source is None:
            return
        command.followed = True
        state = shell.state
        inner = Shell(
            shell.step,
            Script(Text.of_file(source), "bash"),
            state,
            shell.trail,
            self,
            calls=(*shell.calls, command.place),
            depth=shell.depth + 1,
        )
        if len(command.words) > 2:
            state.positional(command.words[2:])
        inner.running, inner.function, inner.next = shell.running, shell.function, shell.next
        inner.perform(parse(source.text), frame)
        shell.traps.extend(inner.traps)
        shell.state = inner.state
        if state.ended == "return":
            state.ended = ""

    def _eval(self, shell: Shell, command: Command, frame: Frame) -> None:
        words = command.words[1:]
        if len(words) == 1 and words[0].raw.lstrip('"').startswith("$(ssh-agent"):
            return
        value = command.variables.get(words[0].parts[0].text) if len(words) == 1 and words[0].parts else None
        text = quoted(shell.script.text, words[0]) if len(words) == 1 and words[0].literal is not None else None
        if text is None and value is not None and value.literal is not None:
            text = Text(value.literal, shell.script.text.source, _at(shell.script.text, words[0]), exact=False)
        if text is None:
            self.unknown(shell, command, "What `eval` runs here cannot be told.")
        else:
            self.perform(shell, command, frame, text, shell.state)

    # targets and package scripts

    def _make(self, shell: Shell, command: Command, frame: Frame) -> None:
        call = make.Call.of(command)
        if call is None or shell.state.directory is None:
            self.unknown(shell, command, "What this `make` runs cannot be told.")
            return
        if call.dry:
            return
        directory = joined(shell.state.directory, call.directory)
        path = None if directory is None else self._first(directory, call.files)
        source = self.read(shell, command, path)
        if source is None or directory is None:
            return
        for item in make.recipes(source, call):
            if isinstance(item, str):
                self.unknown(shell, command, item)
                continue
            state = self.child(shell, command)
            state.directory = directory
            state.errexit, state.pipefail = item.errexit, item.pipefail
            inside = replace(command, masks=(*command.masks, Mask.TOLERATED)) if item.tolerated else command
            self.perform(shell, inside, frame, item.text, state, "make")
        command.followed = True

    def _npm(self, shell: Shell, command: Command, frame: Frame) -> None:
        call = npm.Call.of(command)
        if call is None:
            return
        if call.reason or shell.state.directory is None:
            self.unknown(shell, command, call.reason or "Where this runs cannot be told.")
            return
        directory = joined(shell.state.directory, call.directory)
        path = None if directory is None else self._first(directory, ("package.json",))
        if call.bare and (self.tree.paths is None or path not in self.tree.paths):
            return
        source = self.read(shell, command, path)
        if source is None:
            return
        found = npm.scripts(source, call)
        if isinstance(found, str):
            self.unknown(shell, command, found)
            return
        for text in found:
            state = self.child(shell, command)
            state.directory = directory
            self.perform(shell, command, frame, text, state, "sh")

    def _first(self, directory: str, names: tuple[str, ...]) -> str | None:
        """The first of the files that the directory has; the first name when the repository's paths are not known."""
        paths = [joined(directory, name) for name in names]
        there = [path for path in paths if path is not None and path in (self.tree.paths or ())]
        return there[0] if there else paths[0]


def flags_of(words: str) -> dict[str, bool]:
    """The options on a script's first line: `#!/bin/bash -eu`."""
    letters = re.findall(r"(?<=-)[a-z]+", words)
    found = {letter: True for group in letters for letter in group}
    return {**found, "pipefail": True} if "pipefail" in words else found


def settled(shell: Shell, word: Word) -> Word:
    """An argument as the called script gets it: with the caller's variables filled in."""
    return bind(word, shell.state.variables) or word


def _at(text: Text, word: Word) -> list[tuple[int, int, int]]:
    begin = text.offset(word.start)
    return [(0, begin, text.offset(word.end) - begin)]


_HANDLERS = {
    **dict.fromkeys(SHELLS, Calls._shell),
    **dict.fromkeys(("make", "gmake"), Calls._make),
    **dict.fromkeys(("npm", "yarn", "pnpm", "bun"), Calls._npm),
    "source": Calls._source,
    ".": Calls._source,
    "eval": Calls._eval,
}
