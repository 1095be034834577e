"""Which operands and option values of well-known commands are paths that must be there when the command runs.

Sources: each program's own reference, read 2026-11 (`--help` and manual pages, docs.docker.com, kubernetes.io, helm.sh,
docs.pytest.org, pkg.go.dev/cmd/go, developer.hashicorp.com, docs.aws.amazon.com/cli, grafana.com/docs/k6).
"""

from __future__ import annotations

from dataclasses import dataclass

# command | its operands | its options
#
# Operands: `file*` every one; `file` the first; `_ file*` all but the first; `path+` all but the last; `!` none, and
# options count only in front of the first. Options: `-f:file` has a path for its value, `-n:` some other value, `-q`
# none; behind one that is not listed the next word is passed over, for it may be its value. `=x`: the options of x.
_TABLE = """
actionlint | file* | -config-file:file -format: -ignore: -shellcheck: -pyflakes: -color -no-color -oneline -verbose
ansible-lint | path* | -c:file --config-file:file -x: --exclude: -f: -q -p --strict --offline -v
ansible-playbook | file* | -i: --inventory: -e: --extra-vars: -l: --limit: -t: --tags: -u: -b --check --diff
    --syntax-check -v -vv -vvv
artillery run | file | --config:file -o: --output: -e: --environment: -t: --target:
aws cloudformation deploy | | --template-file:file
bats | path* | -r -t --tap -p
black | path* | --config:file -l: --line-length: -t: --include: --exclude: --extend-exclude: --check --diff -q -v
buildah bud | directory | =docker build
cd | directory | -P -L
cfn-lint | file* | -t:file --template:file -r: --regions: -i: --ignore-checks: -f: --format:
checkov | | -d:directory --directory:directory -f: --file: --config-file:file
chmod | _ path* | -R -v -f -c --recursive
conftest test | path* | -p:directory --policy:directory -n: --namespace: -o: --output: --all-namespaces
cp | path+ | -r -R -a -f -v -p -n -u -i -L -rf -Rf -fr -rv -av -rp -pr -fv -vf -vr -T --recursive --force --verbose
docker build | directory | -f:file --file:file -t: --tag: --build-arg: --target: --platform: --cache-from: --cache-to:
    --label: --secret: --ssh: --network: --progress: -o: --output: --builder: --build-context: --iidfile:
    --metadata-file: --annotation: --provenance: --sbom: --add-host: --load --push --no-cache --pull --rm -q --quiet
docker buildx build | directory | =docker build
docker image build | directory | =docker build
docker compose | ! | -f:file --file:file --env-file:file -p: --project-name: --profile: --ansi: --progress:
docker-compose | ! | =docker compose
eslint | path* | --ext: -c: --config: --ignore-path: -f: --format: -o: --output-file: --max-warnings: --fix --quiet
flake8 | path* | --config:file --max-line-length: --max-complexity: --ignore: --extend-ignore: --select: --exclude:
    --format: --count --statistics --show-source
gcloud builds submit | | --config:file
go build | package* | -o: -ldflags: -gcflags: -tags: -mod: -p: -v -race -a -x -trimpath
go run | package | -ldflags: -tags: -mod: -race
go test | package* | -run: -skip: -timeout: -count: -coverprofile: -covermode: -coverpkg: -tags: -o: -bench:
    -benchtime: -p: -parallel: -ldflags: -v -race -short -cover -json -benchmem -failfast
go vet | package* | -tags: -vettool: -v
hadolint | file* | -c:file --config:file -f: --format: --ignore: -t: --failure-threshold: --trusted-registry: --no-fail
helm install | _ chart | =helm
helm lint | chart | =helm
helm package | chart | =helm
helm template | _ chart | =helm
helm upgrade | _ chart | =helm
jmeter | | -t:file
k6 run | file | -o: --out: -e: --env: --vus: -u: --duration: -d: -i: --iterations: -s: --stage: --tag:
    --summary-export: -q --quiet --no-color
kubeconform | path* | -schema-location: -kubernetes-version: -skip: -output: -n: -summary -strict -verbose
    -ignore-missing-schemas
kubectl apply | | =kubectl
kubectl create | | =kubectl
kubectl delete | | =kubectl
kubectl diff | | =kubectl
kubectl replace | | =kubectl
kustomize build | directory | --enable-helm --load-restrictor:
locust | ! | -f:file --locustfile:file
make | | -C:directory --directory:directory -f:file --file:file --makefile:file
mv | path+ | -f -v -n -u -i -fv -vf --force --verbose
mypy | path* | --config-file:file -p: -m: --python-version: --cache-dir: --strict --ignore-missing-imports --pretty
newman run | file | -e:file --environment:file -g:file --globals:file -d:file --iteration-data:file -r: --reporters:
    -n: --bail --insecure -k
node | program | --require: -r: --import: --loader: --trace-warnings --enable-source-maps
npm ci | | --prefix:directory
npm run | | --prefix:directory
npm test | | --prefix:directory
packer build | path | -var-file:file -var: -only: -except: -on-error: -parallel-builds: -force -color
packer validate | path | =packer build
perl | program | -w -T
php | program | -n -q
pip install | local* | -r:file --requirement:file -c:file --constraint:file -e:local --editable:local -t: --target: -i:
    --index-url: --extra-index-url: -f: --find-links: -U --upgrade -q --quiet --user --no-cache-dir --no-deps --pre -v
pnpm | ! | -C:directory --dir:directory
podman build | directory | =docker build
psql | | -f:file --file:file
pushd | directory |
pytest | path* | -c:file --config-file:file -k: -m: -n: --numprocesses: -p: --rootdir: --junitxml: --junit-xml:
    --cov-config: --cov-report: --maxfail: --timeout: --durations: -o: -W: --tb: --dist: --reruns: --ignore:
    --deselect: --html: -v -vv -vvv -s -x -q -ra -rA -rs --verbose --no-cov --exitfirst --no-header --lf --sw
python | program | -u -B -O -E -s -I -W: -X:
ruby | program | -w -W
ruff check | path* | --config:file --select: --ignore: --exclude: --line-length: --target-version: --output-format:
    -o: --fix --diff --no-cache -q -n
ruff format | path* | =ruff check
sam build | | -t:file --template:file --template-file:file
sam validate | | =sam build
shellcheck | file* | --rcfile:file -s: --shell: -e: --exclude: -f: --format: -S: --severity: -o: --enable: -i:
    --include: -P: --source-path: -W: -x --external-sources -a --check-sourced --norc
shfmt | path* | -i: --indent: -ln: --language-dialect: -p -d --diff -l --list -w --write -s -mn -bn -ci -sr -kp -fn
sqlfluff lint | path* | --config:file --dialect: -d: --templater: -t: --rules: -r: --exclude-rules: -e: --format: -f:
terraform | | -chdir:directory -var-file:file
tflint | | --chdir:directory -c:file --config:file
tfsec | directory | --config-file:file -f: --format: -O: --out: -m: --minimum-severity: -e: --exclude:
    --exclude-path: --soft-fail -s --no-color --no-colour
trivy config | path | --tf-vars:file -c:file --config:file --severity: -s: --exit-code: -f: --format: -o: --output:
    --scanners: --ignorefile: --skip-dirs: --skip-files: --timeout: --cache-dir: -q --quiet --no-progress
    --ignore-unfixed
trivy fs | path | =trivy config
ts-node | program | -T --transpile-only -P: --project:
tsx | program |
yamllint | path* | -c:file --config-file:file -d: --config-data: -f: --format: -s --strict --no-warnings
yarn | ! | --cwd:directory
=helm | | -f:files --values:files -n: --namespace: --set: --set-string: --set-file: --set-json: --timeout: --version:
    --kube-context: --kubeconfig: --repo: --history-max: --description: -d: --destination: --app-version: -i --install
    --create-namespace --wait --atomic --debug --dry-run --force --reset-values --reuse-values --cleanup-on-fail
    --devel --skip-crds --dependency-update -u --strict
=kubectl | | -f:files --filename:files -k:directory --kustomize:directory -n: --namespace: --context: --kubeconfig: -l:
    --selector: -o: --output: --timeout: -R --wait --force --prune --server-side --recursive --dry-run --record
"""

ALIASES = {
    **dict.fromkeys(("python3", "pypy", "pypy3"), "python"),
    "gmake": "make",
    "oc": "kubectl",
    "pip3": "pip",
    "py.test": "pytest",
    "tofu": "terraform",
}
"""Programs that read their words as another one does."""


@dataclass(frozen=True, slots=True)
class Form:
    """How one command is read: a row of the table.

    `options`: the kind of path that the option's value is; "" for any other value; None when it has none.
    """

    subcommands: tuple[str, ...]
    operands: str
    options: dict[str, str | None]


def _forms() -> dict[str, list[Form]]:
    rows = [[cell.strip() for cell in line.split("|")] for line in _TABLE.replace("\n    ", " ").strip().split("\n")]
    options = {name.lstrip("="): _options(said) for name, _, said in rows}
    found: dict[str, list[Form]] = {}
    for name, operands, said in rows:
        program, *subcommands = name.split(" ")
        known = options[said[1:]] if said.startswith("=") else options[name.lstrip("=")]
        found.setdefault(program, []).append(Form(tuple(subcommands), operands, known))
    return found


def _options(said: str) -> dict[str, str | None]:
    parts = [each.partition(":") for each in said.split()]
    return {name: kind if colon else None for name, colon, kind in parts}


FORMS = _forms()
"""The table, by program."""

READ_OPTIONS = frozenset(
    name for forms in FORMS.values() for form in forms for name, kind in form.options.items() if kind
)
"""Options whose values are paths that are read."""
