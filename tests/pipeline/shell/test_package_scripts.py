"""`npm run x` and its kin: the scripts of package.json."""

from __future__ import annotations

import pytest

from tests.pipeline.shell.conftest import Run

PACKAGE = """{
  "name": "app",
  "scripts": {
    "pretest": "lint",
    "test": "jest --ci && echo \\"ok\\"",
    "posttest": "report",
    "build": "tsc -p .\\n  && cp \\u0061 b",
    "all": "npm run build && npm test",
    "start": "node server.js"
  },
  "dependencies": {"test": "1"}
}
"""
FILES = {"package.json": PACKAGE, "web/package.json": '{"scripts":{"build":"vite build"}}', "broken/package.json": "{"}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("npm test", ["lint", "jest --ci", "echo ok", "report"]),
        ("npm t", ["lint", "jest --ci", "echo ok", "report"]),
        ("npm run test", ["lint", "jest --ci", "echo ok", "report"]),
        ("yarn test", ["lint", "jest --ci", "echo ok", "report"]),
        ("pnpm test", ["lint", "jest --ci", "echo ok", "report"]),
        ("npm run build", ["tsc -p .", "?"]),
        ("bun run build", ["tsc -p .", "?"]),
        ("npm --prefix web run build", ["vite build"]),
        ("cd web && npm run build -- --mode $MODE", ["npm run build -- --mode prod", "vite build --mode prod"]),
        ("yarn --cwd web build", ["vite build"]),
        ("pnpm -C web build --mode x", ["vite build --mode x"]),
        ("npm start", ["node server.js", "?"]),
        ("yarn eslint .", []),
        ("cd lib; yarn eslint .", ["yarn eslint ."]),
        ("npm ci", []),
        ("npm run", []),
        ("npm", []),
        ("yarn install", []),
        ("bun test", []),
        ("npm exec x", []),
        ("npm run missing", ["?"]),
        ("npm run $X", ["?"]),
        ("npm --prefix $X run build", ["?"]),
        ("npm run build -w web", ["?"]),
        ("pnpm -r build", ["?"]),
        ("yarn workspace web build", ["?"]),
        ("npm --prefix broken run build", ["?"]),
        ("npm --prefix .. run build", ["?"]),
        ("npm --prefix none run build", ["?"]),
    ],
)
def test_a_package_script_runs_where_it_is_called(run: Run, text: str, lines: list[str]) -> None:
    assert run(text, FILES, {"MODE": "prod"}).lines[1:] == lines


def test_places_in_a_package_script_are_exact(run: Run) -> None:
    ran = run("npm test; npm run all", FILES)

    assert ran["jest"].path == "package.json"
    assert ran["jest"].place.line == 5
    assert ran["jest"].place.column == 14
    assert len(ran["tsc"].calls) == 2
    assert ran.masks("jest") == []


def test_a_package_of_scripts_that_are_no_map_has_none(run: Run) -> None:
    assert run("npm test", {"package.json": '{"scripts": []}'}).lines == ["npm test", "?"]
    assert run("npm test", {"package.json": "[]"}).lines == ["npm test", "?"]
    assert run("npm test", {"package.json": "[" * 100_000}).lines == ["npm test", "?"]
