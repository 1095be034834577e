"""A repository: branches over git objects, forks, pull requests, and the pushes that set webhooks off."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ghapp.demo.github.checks import CheckRun, CheckSuite
from ghapp.demo.github.errors import Refused
from ghapp.demo.github.git import Commit, File, Objects, Person
from ghapp.demo.github.pull import Pull
from ghapp.demo.github.shapes import commit_json, push_json, simple_commit_json

if TYPE_CHECKING:
    from ghapp.demo.github.state import GitHub, Installation, User

Content = str | bytes | File
NO_COMMIT = "0" * 40


class Repository:
    def __init__(
        self,
        github: "GitHub",
        owner: "User",
        name: str,
        private: bool,
        default_branch: str,
        parent: "Repository | None" = None,
    ) -> None:
        self.github, self.owner, self.name, self.private = github, owner, name, private
        self.default_branch, self.parent = default_branch, parent
        self.id, self.node_id = github.identify("R", self)
        self.objects: Objects = parent.objects if parent else Objects()
        self.protected: set[str] = set()
        self.branches: dict[str, str] = dict(parent.branches) if parent else {}
        self.pulls: dict[int, Pull] = {}
        self.suites: list[CheckSuite] = []
        self.runs: list[CheckRun] = []
        self.roles: dict[str, str] = {"octo-dev": "write"}
        self.archived = False
        self.created_at = self.pushed_at = github.clock.now()

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"

    @property
    def installation(self) -> "Installation":
        """The App's installation that sees this repository; an error when there is none."""
        found = self.github.installation_of(self)
        if found is None:
            raise LookupError(f"the App is not installed on {self.full_name}")
        return found

    def collaborator(self, login: str, role: str) -> None:
        """Gives someone a role: admin, maintain, write, triage, read; none takes it away."""
        self.github.user(login)
        self.roles[login] = role

    def role(self, login: str) -> str:
        """What someone may do here: everybody may read what is public."""
        return "admin" if login == self.owner.login else self.roles.get(login, "none" if self.private else "read")

    # -- branches and commits --------------------------------------------------------------------------------------

    def head(self, branch: str | None = None) -> str:
        return self.branches[branch or self.default_branch]

    def resolve(self, ref: str) -> str | None:
        """The commit a branch, `refs/pull/N/head`, full or short SHA stands for."""
        ref = ref.removeprefix("refs/").removeprefix("heads/")
        if ref in self.branches or ref == "HEAD":
            return self.head(None if ref == "HEAD" else ref)
        if ref.startswith("pull/") and ref.endswith("/head") and ref[5:-5].isdigit():
            pull = self.pulls.get(int(ref[5:-5]))
            return pull.head_sha if pull else None
        if ref in self.objects.commits:
            return ref
        return next((sha for sha in self.objects.commits if len(ref) >= 7 and sha.startswith(ref)), None)

    def branch(self, name: str, at: str | None = None) -> str:
        """Makes a branch (at the default branch unless told) without a new commit."""
        sha = self.commit_at(at or self.default_branch).sha
        with self.github.lock:
            self._move(name, sha)
        return sha

    def commit(
        self,
        files: Mapping[str, Content] | None = None,
        *,
        branch: str | None = None,
        deletes: Iterable[str] = (),
        renames: Mapping[str, str] | None = None,
        message: str = "Change files",
        author: str = "octo-dev",
        onto: str | None = None,
    ) -> str:
        """Pushes one commit to a branch (made from the default branch when new) and gives its SHA.

        With `onto` the commit stands on that commit instead: a forced push.
        """
        with self.github.lock:
            branch = branch or self.default_branch
            parent = onto or self.branches.get(branch) or self.branches.get(self.default_branch)
            before = self.objects.files(parent) if parent else {}
            tree = self.objects.add_tree(self.objects.change(before, files or {}, deletes, renames))
            person = Person(author, f"{author}@users.noreply.github.com")
            parents = (parent,) if parent else ()
            sha = self.objects.add_commit(tree, parents, message, person, self.github.clock.now())
            self._move(branch, sha, author)
            return sha

    def force_push(self, branch: str, sha: str) -> None:
        with self.github.lock:
            self._move(branch, sha)

    def protect(self, name: str) -> None:
        """Nobody pushes to the branch but through pull requests."""
        self.protected.add(name)

    def delete_branch(self, name: str) -> None:
        """Takes the branch away; GitHub closes the pull requests that it was an end of."""
        with self.github.lock:
            del self.branches[name]
            for pull in self._pulls():
                if (pull.head_repo, pull.head_ref) == (self, name) or (pull.repository, pull.base_ref) == (self, name):
                    pull.close()

    def file(self, path: str, at: str | None = None) -> bytes:
        sha = self.commit_at(at or self.default_branch).sha
        return self.objects.blobs[self.objects.files(sha)[path].sha]

    def fork(self, login: str) -> "Repository":
        """A copy on another account, where the App is not installed; both share their objects."""
        owner = self.github.user(login)
        fork = Repository(self.github, owner, self.name, self.private, self.default_branch, self)
        self.github.repositories[fork.full_name] = fork
        return fork

    def delete(self) -> None:
        """Takes the repository away, such as a fork whose pull request is still open."""
        del self.github.repositories[self.full_name]

    def rename(self, name: str) -> None:
        """Gives it another name; whoever asks by the old one is sent there."""
        with self.github.lock:
            self.github.moved[self.full_name.lower()] = self.github.repositories.pop(self.full_name)
            self.name = name
            self.github.repositories[self.full_name] = self

    def archive(self) -> None:
        """From now on it can only be read."""
        self.archived = True

    def collect(self, sha: str) -> None:
        """Git forgets a commit that no branch leads to any more."""
        del self.objects.commits[sha]

    def _move(self, branch: str, after: str, sender: str = "octo-dev") -> None:
        before = self.branches.get(branch, NO_COMMIT)
        self.branches[branch] = after
        self.pushed_at = self.github.clock.now()
        user = self.github.user(sender, "Bot" if sender.endswith("[bot]") else "User")
        self.emit("push", None, push_json(self, branch, before, after), sender=user)
        if self.github.installation_of(self):
            self.suite(after).head_branch = branch
            self.emit("check_suite", "requested", {"check_suite": self.suite(after).json()}, sender=user)
        for pull in self._pulls():
            if pull.head_repo is self and pull.head_ref == branch and before != after:
                pull.synchronize(before, after, user)

    def _pulls(self) -> list[Pull]:
        """All open pull requests of the world: a branch may be an end of any."""
        everywhere = self.github.repositories.values()
        return [each for repository in everywhere for each in repository.pulls.values() if each.state == "open"]

    # -- pull requests and checks ----------------------------------------------------------------------------------

    def pull_request(
        self,
        head: str,
        base: str | None = None,
        *,
        title: str = "Change the pipeline",
        body: str | None = None,
        draft: bool = False,
        user: str = "octo-dev",
    ) -> Pull:
        """Opens a pull request from a branch here, or from a fork's as "login:branch"."""
        login, _, ref = head.rpartition(":")
        source = self.github.repositories[f"{login}/{self.name}"] if login else self
        with self.github.lock:
            number = max(self.pulls, default=0) + 1
            opener = self.github.user(user)
            pull = Pull(self, number, source, ref, base or self.default_branch, title, body, draft, opener)
            self.pulls[number] = pull
            pull.emit("opened", sender=opener)
        return pull

    def merge_group(self, pull: Pull) -> str:
        """The merge queue builds a pull request onto its base and asks for checks; gives the group's head SHA."""
        with self.github.lock:
            base = self.head(pull.base_ref)
            sha = pull.merged_onto(base, "merge-queue")
            ref = f"gh-readonly-queue/{pull.base_ref}/pr-{pull.number}-{base}"
            self.branches[ref] = sha
            group: dict[str, Any] = {
                "head_sha": sha,
                "head_ref": f"refs/heads/{ref}",
                "base_sha": base,
                "base_ref": f"refs/heads/{pull.base_ref}",
                "head_commit": simple_commit_json(self.objects.commits[sha]),
            }
            self.suite(sha).head_branch = ref
            self.emit("merge_group", "checks_requested", {"merge_group": group})
        return sha

    def suite(self, sha: str) -> CheckSuite:
        """The App's check suite of a commit; made when it is new."""
        found = next((each for each in self.suites if each.head_sha == sha), None)
        if found is None:
            found = CheckSuite(self, sha)
            self.suites.append(found)
        return found

    def check_runs(self, sha: str | None = None) -> list[CheckRun]:
        """Check runs as they were made, of one commit or of all."""
        return [run for run in self.runs if sha in (None, run.head_sha)]

    def rerequest(self, run: CheckRun, sender: str = "octo-dev") -> None:
        """Someone presses "Re-run"."""
        run.suite.reset()
        self.emit("check_run", "rerequested", {"check_run": run.event_json()}, sender=self.github.user(sender))

    def rerequest_suite(self, sha: str, sender: str = "octo-dev") -> None:
        suite = self.suite(sha)
        suite.reset()
        self.emit("check_suite", "rerequested", {"check_suite": suite.json()}, sender=self.github.user(sender))

    def request_action(self, run: CheckRun, identifier: str, sender: str = "octo-dev") -> None:
        """Someone presses one of the check run's own buttons."""
        payload = {"check_run": run.event_json(), "requested_action": {"identifier": identifier}}
        self.emit("check_run", "requested_action", payload, sender=self.github.user(sender))

    def emit(self, event: str, action: str | None, payload: dict[str, Any], sender: "User | None" = None) -> None:
        installation = self.github.installation_of(self)
        if installation:
            hooks = self.github.webhooks
            hooks.emit(event, action, payload, installation=installation, repository=self, sender=sender)

    def commit_at(self, ref: str) -> Commit:
        sha = self.resolve(ref)
        if sha is None:
            raise Refused(422, f"No commit found for SHA: {ref}")
        return self.objects.commits[sha]

    def commit_json(self, sha: str) -> dict[str, Any]:
        return commit_json(self, self.objects.commits[sha])
