"""The front door of the shell: what a step runs, and a loose script as a pipeline."""

from __future__ import annotations

from ghapp.pipeline.command import Command, Gap, Guard, Mask, Script, Spent
from ghapp.pipeline.model import Job, Pipeline, Runner, RunnerKind, Step, StepKind
from ghapp.pipeline.rule import Platform
from ghapp.pipeline.shell.calls import Calls
from ghapp.pipeline.shell.evaluate import Shell
from ghapp.pipeline.shell.grammar import parse
from ghapp.pipeline.shell.shells import SHELLS, first_line
from ghapp.pipeline.shell.state import Frame, State
from ghapp.pipeline.shell.tape import MAX_TAPES, Listener, Tape, tapes_of
from ghapp.pipeline.source import Source, Text
from ghapp.pipeline.tree import Tree
from ghapp.pipeline.yaml import Node

_READ = frozenset({*SHELLS, "unknown"})


def follow(step: Step, tree: Tree) -> tuple[Command | Gap, ...]:
    """The commands that a run step executes, in order, those of called scripts, targets and functions included.

    A Gap stands where something runs that cannot be read. Never raises for what the files contain.
    """
    text = step.text
    if text is None or not text.value.strip():
        return ()
    if step.shell not in _READ:
        whole = text.place(0, len(text.value))
        return (Gap(whole, f"This is not a POSIX shell but {step.shell}: what it does is not read."),)
    kept = tapes_of(step, text)
    for tape in kept:
        if tape.fits(step, tree):
            trail = tape.play(step)
            break
    else:
        trail = _perform(step, text, tree, kept)
    _note_commands(trail)
    return tuple(trail)


def _perform(step: Step, text: Text, tree: Tree, kept: list[Tape]) -> list[Command | Gap]:
    """What the step's script does. A tape of it goes into `kept`, unless a budget has cut it short."""
    trail: list[Command | Gap] = []
    calls, budget = Calls(tree), step.job.pipeline.budget
    budget.level, before = 0, budget.statements
    shell = Shell(step, Script(text, step.shell), State(step.directory, step.errexit, step.pipefail), trail, calls)
    frame = Frame(masks=(Mask.TOLERATED,) if step.tolerated else ())
    step.scope = answers = Listener(step.scope)
    try:
        shell.perform(parse(text.value), frame)
        calls.finish(shell, frame)
        if step.job.pipeline.platform is Platform.SHELL:
            _library(shell, frame)
        if len(kept) < MAX_TAPES and not calls.refused:
            kept.append(Tape(answers, calls.files, before - budget.statements, tuple(trail)))
    except Spent:
        trail.append(Gap(text.place(0, len(text.value)), "There is more shell in this file than is followed."))
    finally:
        step.scope = answers.scope
    return trail


def _library(shell: Shell, frame: Frame) -> None:
    """The functions that a loose script does not call itself: others do, after we do not know what."""
    own = shell.script
    for name, (function, script) in shell.state.functions.items():
        if script is own and name not in shell.called:
            shell.gap(
                function.start, function.end, f"`{name}` is called from elsewhere: what has run before is not known."
            )
            guard = Guard("function", f"{name}()", function.start, function.end)
            shell.state.ended = ""
            shell.apart(lambda name=name, guard=guard: shell.call(name, None, frame.guarded(guard)))


def _note_commands(trail: list[Command | Gap]) -> None:
    scripts: dict[int, tuple[Script, list[Command]]] = {}
    for item in trail:
        if isinstance(item, Command):
            scripts.setdefault(id(item.script), (item.script, []))[1].append(item)
    for script, commands in scripts.values():
        script.commands = tuple(commands)


def script(source: Source, tree: Tree) -> Pipeline:
    """A shell file that stands for itself, as a pipeline of one job with one step.

    Its first line decides the shell. Functions that it does not call itself are walked at the end, each behind a gap.
    """
    return Pipeline(Platform.SHELL, source, tree, build=lambda pipeline: (_job(pipeline, source, tree),))


def _job(pipeline: Pipeline, source: Source, tree: Tree) -> Job:
    node = Node("scalar", source, 0, len(source.text), "", source.text, None)
    key = Node("scalar", source, 0, len(source.text.partition("\n")[0]), "", "", None)
    shell, options = first_line(source.text)

    def build(job: Job) -> tuple[Step, ...]:
        return (
            Step(
                job,
                0,
                StepKind.RUN,
                node,
                _Nothing(),
                text=Text.of_file(source),
                shell=shell,
                errexit=options.get("e", False),
                pipefail=options.get("pipefail", False),
                parse=lambda step: follow(step, tree),
            ),
        )

    name = source.path.rpartition("/")[2]
    return Job(pipeline, name, key, node, name=name, runner=Runner(RunnerKind.UNKNOWN), build=build)


class _Nothing:
    """The scope of a script of which it is not known who calls it."""

    def variable(self, name: str) -> str | None:
        return None

    def expression(self, raw: str) -> str | None:
        return None

    constant = expression
