"""The command line: `ghapp check | policy | rules | explain | serve | demo | replay | ignores`.

Other programs call it: keep it stable. Each command imports what it needs when it runs, so that `ghapp check` starts
at once and loads no server.
"""

from __future__ import annotations

import sys
from difflib import get_close_matches
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ghapp.pipeline.rule import Rule

SEVERITIES = ("failure", "warning", "notice")  # pipeline.Severity, which --help need not load
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="ghapp")
def main() -> None:
    """Finds CI pipelines that parse and lint cleanly and still do the wrong thing.

    \b
    ghapp check                  check the repository that one stands in
    ghapp rules                  list what ghapp knows
    ghapp demo                   see it review pull requests, without GitHub
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@main.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--base", metavar="REV", help="Report only what is new against this git revision.")
@click.option(
    "--format", "form", type=click.Choice(("text", "json", "sarif", "github")), default="text", show_default=True
)
@click.option("--config", type=_FILE, metavar="FILE", help="The policy, instead of .github/ghapp.yml.")
@click.option("--org", type=_FILE, metavar="FILE", help="The organisation's policy, below the repository's own.")
@click.option("--as", "stands_at", metavar="PATH", help="Check one loose file as if it stood at PATH in a repository.")
@click.option("--tree", type=_FILE, metavar="FILE", help="With --as: the paths of that repository, one a line.")
@click.option("--fix", is_flag=True, help="Apply the fixes that are proven to work.")
@click.option(
    "--fail-on", type=click.Choice(SEVERITIES), default="failure", show_default=True, help="Exit with 1 from here on."
)
@click.pass_context
def check(
    context: click.Context,
    paths: tuple[Path, ...],
    base: str | None,
    form: str,
    config: Path | None,
    org: Path | None,
    stands_at: str | None,
    tree: Path | None,
    fix: bool,
    fail_on: str,
) -> None:
    """Check the CI files of a repository.

    PATH is the repository's root, a folder or files in it; without any, the current folder. Nothing is executed.

    \b
    Examples:
      ghapp check
      ghapp check .github/workflows/deploy.yml --fix
      ghapp check --base origin/main --fail-on warning
      ghapp check --format sarif > ghapp.sarif
      ghapp check draft.yml --as .circleci/config.yml --tree paths.txt

    Exit status: 0 nothing at or above --fail-on, 1 findings, 2 something could not be read or checked.
    """
    from ghapp.cli.check import run
    from ghapp.cli.subject import loose, repository

    if stands_at is None and tree is not None:
        raise click.UsageError("--tree needs --as: it says which repository the loose file would stand in.")
    if stands_at is not None and (len(paths) != 1 or not paths[0].is_file() or base is not None):
        raise click.UsageError("--as takes exactly one file, and no --base.")
    if stands_at is not None:
        subject = loose(paths[0], stands_at, tree, (config, org))
    else:
        subject = repository(paths or (Path(),), base, (config, org))
    context.exit(run(subject, form=form, fix=fix, fail_on=fail_on))


@main.command()
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def rules(form: str) -> None:
    """List what ghapp knows to fail."""
    from ghapp.rules import catalogue

    if form == "json":
        import json

        click.echo(json.dumps([_card(rule) for rule in catalogue()], indent=2))
        return
    width = max((len(rule.id) for rule in catalogue()), default=0)
    for rule in catalogue():
        click.echo(f"{rule.id:{width}}  {rule.severity.value:7}  {'fix' if rule.fix else '   '}  {rule.title}")


def _card(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.value,
        "sources": list(rule.sources),
        "platforms": [platform.value for platform in rule.platforms],
        "has_fix": rule.fix is not None,
    }


@main.command()
@click.argument("rule_id", metavar="RULE")
def explain(rule_id: str) -> None:
    """Print the page of a rule: what fails, why, and what to do.

    \b
    Example:
      ghapp explain terraform-validate-without-init
    """
    from ghapp.rules import catalogue, rule

    found = rule(rule_id)
    if found is None:
        near = get_close_matches(rule_id, [each.id for each in catalogue()], cutoff=0.4)
        hint = f" Did you mean {' or '.join(near)}?" if near else " `ghapp rules` lists them all."
        raise click.UsageError(f"There is no rule {rule_id!r}.{hint}")
    platforms = ", ".join(platform.value for platform in found.platforms)
    entry = f"; entry {', '.join(found.sources)}" if found.sources else ""
    click.echo(f"{found.id} ({found.severity.value}; {platforms}{entry})\n")
    click.echo((found.page or "").strip())


@main.command()
@click.argument("file", metavar="[FILE]", required=False, type=_FILE)
@click.option("--org", type=_FILE, metavar="FILE", help="The organisation's policy, below the repository's own.")
@click.pass_context
def policy(context: click.Context, file: Path | None, org: Path | None) -> None:
    """Check a policy for mistakes, and show which file decides what.

    FILE is a repository's policy; without it, .github/ghapp.yml of the current folder, if there is one.

    \b
    Examples:
      ghapp policy
      ghapp policy --org ../.github/.github/ghapp.yml

    Exit status: 0 it can be followed, 2 it cannot.
    """
    from ghapp.cli.policy import run

    context.exit(run(file, org))


@main.command()
def serve() -> None:
    """Receive webhooks and answer on pull requests: production.

    The settings come from the environment: see docs/install.md.
    """
    from ghapp import app

    app.serve()


@main.command()
@click.option("--once", is_flag=True, help="Run it through and exit.")
@click.pass_context
def demo(context: click.Context, once: bool) -> None:
    """Show the whole thing on this machine, without GitHub."""
    from ghapp import demo as stage

    context.exit(stage.run(once=once))


@main.command()
@click.argument("guid")
@click.pass_context
def replay(context: click.Context, guid: str) -> None:
    """Take up a failed delivery again. GUID is what its check run names."""
    from ghapp import app

    context.exit(app.replay(guid))


@main.command()
@click.argument("repository", metavar="[OWNER/NAME]", required=False, default="")
@click.option("--remove", metavar="FINGERPRINT", multiple=True, help="Report this finding again. May be repeated.")
@click.pass_context
def ignores(context: click.Context, repository: str, remove: tuple[str, ...]) -> None:
    """List what people had ignored by a reply on a pull request, with their reasons.

    \b
    Examples:
      ghapp ignores
      ghapp ignores acme/shop --remove 0123456789abcdef
    """
    from ghapp.cli.ignores import run

    if remove and not repository:
        raise click.UsageError("--remove needs the repository: ghapp ignores OWNER/NAME --remove FINGERPRINT.")
    context.exit(run(repository, remove))
