"""`make target`: the recipe lines that run, prerequisites first."""

from __future__ import annotations

import pytest

from tests.pipeline.shell.conftest import Run

MAKEFILE = """\
# The image
GO ?= go
GO ?= another
FLAGS := -race
FLAGS += -v
IMAGE = $(REGISTRY)/app:$(TAG)
NOW != date

.PHONY: build test deploy
.DEFAULT_GOAL := test

build: $(wildcard *.go)
	@$(GO) build ./...

test: lint generated
	@echo testing; $(GO) test $(FLAGS) ./$(@) $< $^
	-go vet
\t
	cd infra && \\
	terraform validate
lint:
	golangci-lint run
generated: ;
inline: ; a
deploy: test
	docker push $(IMAGE)
	echo $$HOME $$(whoami) $(shell git rev-parse HEAD) $(NOW) $(patsubst %.c,%.o,x.c) ${MAKE}
	$(MAKE) -C sub all X=1
recursive:
	make recursive
ifeq ($(CI),true)
only-in-ci:
	a
WHERE = ci
else
only-in-ci:
	b
endif
define SCRIPT
not-a-target:
endef
%.o: %.c
	cc $<
two three: lint
	@:
	echo $(WHERE)
quiet::
	+ @- docker ps
"""


def test_prerequisites_run_before_the_target(run: Run) -> None:
    assert run("make test", {"Makefile": MAKEFILE}).lines == [
        "make test",
        "golangci-lint run",
        "echo testing",
        "go test -race -v ./test lint lint generated",
        "go vet",
        "cd infra",
        "terraform validate",
    ]


def test_every_line_has_a_shell_of_its_own(run: Run) -> None:
    ran = run("make -C app test; x", {"app/Makefile": MAKEFILE})

    assert ran["terraform"].directory == "app/infra"
    assert ran["terraform"].place.line == 20
    assert ran["terraform"].place.column == 2
    assert ran["golangci-lint"].directory == "app"
    assert ran["x"].directory == ""
    assert ran["golangci-lint"].calls[0].path == ".github/workflows/ci.yml"
    assert ran["make"].followed


def test_a_failing_line_fails_the_call_unless_it_is_tolerated(run: Run) -> None:
    ran = run("make test || true", {"Makefile": MAKEFILE})

    assert ran.masks("golangci-lint") == ["or"]
    assert ran.masks("echo") == ["or", "no-errexit"]
    assert ran.masks("go") == ["or"]
    assert [str(mask) for mask in ran.commands[4].masks] == ["or", "tolerated"]
    assert ran.masks("cd") == ["or"]


def test_what_the_makefile_does_not_define_comes_from_the_environment(run: Run) -> None:
    ran = run("make deploy", {"Makefile": MAKEFILE, "sub/Makefile": "all:\n\techo $(X)\n"}, {"REGISTRY": "ghcr.io"})

    assert "docker push ghcr.io/app:$TAG" in ran.lines
    assert "git rev-parse HEAD" in ran.lines
    assert "whoami" in ran.lines
    assert "echo $HOME $(whoami) $(git rev-parse HEAD) $NOW $MAKE_EXPRESSION make" in ran.lines
    assert ran.lines[-2:] == ["make -C sub all X=1", "echo 1"]


def test_the_variables_of_the_call_win(run: Run) -> None:
    ran = run("V=2; make GO=go1.24 FLAGS=$V lint test X=$UNKNOWN", {"Makefile": MAKEFILE})

    assert "go1.24 test 2 ./test lint lint generated" in ran.lines
    assert ran.lines.count("golangci-lint run") == 1


def test_a_value_of_the_call_that_is_not_known_hides_that_of_the_makefile(run: Run) -> None:
    files = {"Makefile": "APP ?= web\ngo:\n\techo $(APP)\n"}

    assert run("make go", files).lines[-1] == "echo web"
    assert run("make go APP=$UNKNOWN", files).lines[-1] == "echo $APP"
    assert run("export APP=api; make go APP=$UNKNOWN", files).lines[-1] == "echo $APP"


def test_the_environment_wins_over_what_is_only_set_if_nothing_else_is(run: Run) -> None:
    files = {"Makefile": "APP ?= web\nTAG = 1\ngo:\n\techo $(APP):$(TAG)\n"}

    assert run("export APP=api TAG=2; make go", files).lines[-1] == "echo api:1"
    assert run("APP=api make go", files).lines[-1] == "echo api:1"
    assert run("APP=api; make go", files).lines[-1] == "echo web:1"


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("make", "terraform validate"),
        ("make -j4 lint", "golangci-lint run"),
        ("make -j 4 lint", "golangci-lint run"),
        ("make -f Makefile lint", "golangci-lint run"),
        ("make -fMakefile lint", "golangci-lint run"),
        ("make --file=Makefile lint", "golangci-lint run"),
        ("make -C . lint", "golangci-lint run"),
        ("make three", "echo $WHERE"),
        ("make -n lint", "make -n lint"),
        ("make quiet", "docker ps"),
        ("make recursive", "make recursive"),
        ("make build", "?"),
        ("make only-in-ci", "?"),
        ("make inline", "?"),
        ("make x.o", "?"),
        ("make no-such-target", "?"),
        ("make $TARGET", "?"),
        ("make -C $WHERE lint", "?"),
        ("make -C", "?"),
        ("make -C .. lint", "?"),
        ("cd $WHERE; make lint", "?"),
        ("make -f other.mk lint", "?"),
    ],
)
def test_a_call_runs_its_goal_or_leaves_a_gap(run: Run, text: str, last: str) -> None:
    lines = [line for line in run(text, {"Makefile": MAKEFILE}).lines if line != "?"]

    assert (run(text, {"Makefile": MAKEFILE}).lines[-1] if last == "?" else lines[-1]) == last


def test_lenient_calls_tolerate_everything(run: Run) -> None:
    assert run("make -i lint", {"Makefile": MAKEFILE}).masks("golangci-lint") == ["tolerated"]


def test_the_shell_of_the_recipes_can_be_set(run: Run) -> None:
    command = run("make", {"GNUmakefile": ".SHELLFLAGS := -eu -o pipefail -c\nall:\n\ta | b\n"})["a"]

    assert (command.errexit, command.pipefail, command.masks) == (True, True, ())


def test_a_target_of_an_included_file_is_a_gap(run: Run) -> None:
    assert run("make all", {"Makefile": "include x.mk\nall: other\n\ta\n"}).lines == ["make all", "?", "a"]
    assert run("make all", {"Makefile": "all: file.txt\n\ta\n"}).lines == ["make all", "a"]


def test_a_makefile_without_targets_is_a_gap(run: Run) -> None:
    assert run("make", {"makefile": "X = 1\n\techo\n%.o:\n\tcc\n"}).lines == ["make", "?"]


def test_a_chain_of_targets_ends_somewhere(run: Run) -> None:
    chain = "".join(f"t{at}: t{at + 1}\n\ta{at}\n" for at in range(100))

    assert run("make t0", {"Makefile": chain}).reasons[0].endswith("too many targets to follow them all.")


def test_targets_that_need_each_other_end(run: Run) -> None:
    assert run("make a", {"Makefile": "a: b\n\tx\nb: a\n\ty\n"}).lines == ["make a", "y", "x"]


def test_variables_do_not_grow_without_bound(run: Run) -> None:
    doubling = "A = xx\n" + "A += $(A)$(A)\n" * 40 + "B = $(B)\nC = " + "x" * 5000 + "\nall:\n\ta $(A) $(B) $(C)\n"

    assert len(run("make", {"Makefile": doubling}).lines[-1]) < 20_000
