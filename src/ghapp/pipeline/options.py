"""Which options of well-known programs take a value where a subcommand is still to come.

`aws --region eu-west-1 ecr …`: without knowing that `--region` takes a value, `eu-west-1` looks like the subcommand.
Sources: each program's own reference of global options, read 2026-11: docs.aws.amazon.com/cli (global options),
docs.docker.com/reference/cli/docker and …/docker/compose, kubernetes.io kubectl, helm.sh/docs/helm/helm,
git-scm.com/docs/git, docs.npmjs.com (config), classic.yarnpkg.com, pnpm.io/pnpm-cli, learn.microsoft.com azure-cli,
cloud.google.com/sdk/gcloud/reference, cli.github.com/manual, gnu.org/software/make, doc.rust-lang.org/cargo,
pulumi.com/docs, trivy.dev/docs, github.com/anchore/grype, semgrep.dev/docs/cli-reference.
Terraform's `-chdir=` always has its value attached, and so needs no entry.
"""

_KUBE = "-n --namespace --context --kubeconfig --cluster --user -s --server --token --as --request-timeout --cache-dir"
_TRIVY = (
    "--cache-dir --config -c --timeout --cacert --exit-code --exit-on-eol --severity -s --format -f --output -o"
    " --template -t --scanners --security-checks --input --ignorefile --ignore-policy --ignore-status --pkg-types"
    " --vuln-type --report --skip-dirs --skip-files --server --token --username --password --platform --db-repository"
    " --java-db-repository --image-src --cache-backend --cache-ttl --config-data --config-check --config-policy"
    " --policy --compliance --file-patterns --image-config-scanners --misconfig-scanners --tf-vars --vex --parallel"
    " --registry-token --secret-config --docker-host --checks-bundle-repository --policy-bundle-repository --helm-set"
    " --helm-values --table-mode --render-cause --include-namespaces --exclude-namespaces --kubeconfig --context"
)

WITH_VALUE: dict[str, frozenset[str]] = {
    program: frozenset(options.split())
    for program, options in {
        "aws": "--region --profile --output --query --endpoint-url --ca-bundle --color --cli-read-timeout"
        " --cli-connect-timeout --cli-binary-format",
        "docker": "-H --host --config -c --context -l --log-level --tlscacert --tlscert --tlskey --builder"
        " -f --file -p --project-name --project-directory --env-file --profile --ansi --parallel --progress",
        "docker-compose": "-f --file -p --project-name --project-directory --env-file --profile --ansi --parallel",
        "podman": "--root --runroot --storage-driver --url --log-level --connection",
        "kubectl": _KUBE + " --certificate-authority --client-key --client-certificate -v --v --tls-server-name",
        "oc": _KUBE,
        "helm": "-n --namespace --kube-context --kubeconfig --kube-token --kube-apiserver --registry-config"
        " --repository-config --repository-cache",
        "gcloud": "--project --account --configuration --format --verbosity --region --zone"
        " --impersonate-service-account",
        "az": "--subscription -o --output --query",
        "gh": "-R --repo --hostname",
        "git": "-C -c --git-dir --work-tree --namespace --config-env",
        "npm": "--prefix -C -w --workspace --registry --loglevel --cache --userconfig --audit-level --omit",
        "yarn": "--cwd --cache-folder --registry",
        "pnpm": "-C --dir -F --filter --registry --loglevel --store-dir",
        "bun": "--cwd --config --filter",
        "make": "-C --directory -f --file --makefile -I --include-dir -W -o",
        "gmake": "-C --directory -f --file --makefile -I --include-dir -W -o",
        "cargo": "--config -Z -C --color",
        "poetry": "-C --directory -P --project",
        "uv": "--directory --project --config-file --cache-dir",
        "pulumi": "-C --cwd -s --stack --color",
        "cdk": "-a --app -c --context --profile -o --output --role-arn --toolkit-stack-name",
        "terragrunt": "--working-dir --terragrunt-working-dir --config --terragrunt-config",
        "ansible-playbook": "-i --inventory -e --extra-vars -l --limit -t --tags --skip-tags -u --user",
        "trivy": _TRIVY,
        "grype": "-o --output --file --name --distro -t --template -f --fail-on --exclude --platform --from --vex -s"
        " --scope -c --config --ignore-states --profile",
        "semgrep": "--config -c -f --lang -l --pattern -e --exclude --include --severity -o --output --metrics"
        " --timeout --max-memory -j --jobs --baseline-commit --exclude-rule",
        "vault": "-address -namespace",
        "flyctl": "-a --app -c --config -t --access-token",
        "heroku": "-a --app -r --remote",
    }.items()
}
