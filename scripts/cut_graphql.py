"""Cuts GitHub's GraphQL schema down to what the demo's GitHub answers.

    npm pack @octokit/graphql-schema@15.26.1 && tar xzf octokit-graphql-schema-15.26.1.tgz
    python scripts/cut_graphql.py package/schema.graphql > src/ghapp/demo/github/graphql/schema.graphql

`KEPT` names the object and interface types with the fields that stay. Everything those fields mention is copied from
the original as it stands: arguments, input types, enums and scalars whole; interfaces and unions with the members that
stay. Only descriptions are dropped. A field or type that GitHub does not have is an error.
"""

import hashlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from graphql import (
    DefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    TypeNode,
    UnionTypeDefinitionNode,
    build_ast_schema,
    parse,
    print_ast,
)

SOURCE = "@octokit/graphql-schema@15.26.1, schema.graphql"
BUILT_IN = {"String", "Int", "Float", "Boolean", "ID"}
LINES = "line originalLine startLine originalStartLine"
SEEN = "id databaseId fullDatabaseId author body url createdAt updatedAt isMinimized minimizedReason"
MAY = "viewerDidAuthor viewerCanMinimize viewerCanUpdate"
PAGED = "edges nodes pageInfo totalCount"

KEPT = {
    "Query": "repository node nodes rateLimit viewer",
    "Mutation": "resolveReviewThread unresolveReviewThread minimizeComment unminimizeComment "
    "addPullRequestReview addPullRequestReviewThread updatePullRequestReviewComment createCommitOnBranch",
    "RateLimit": "cost limit nodeCount remaining resetAt used",
    "Node": "id",
    "Actor": "login url",
    "User": "id databaseId login url",
    "Bot": "id databaseId login url",
    "Organization": "id databaseId login url",
    "RepositoryOwner": "id login url",
    "PageInfo": "endCursor hasNextPage hasPreviousPage startCursor",
    "Repository": "id databaseId name nameWithOwner owner url isPrivate isFork isArchived defaultBranchRef object ref "
    "pullRequest",
    "Ref": "id name prefix target",
    "GitObject": "id oid abbreviatedOid repository",
    "Blob": "id oid abbreviatedOid repository byteSize isBinary isTruncated text",
    "Tree": "id oid abbreviatedOid repository entries",
    "TreeEntry": "name path mode type oid size object",
    "Commit": "id oid abbreviatedOid repository message messageHeadline committedDate tree url",
    "PullRequest": "id databaseId fullDatabaseId number title body state isDraft closed merged url createdAt updatedAt "
    "author headRefName headRefOid baseRefName baseRefOid headRepository baseRepository repository isCrossRepository "
    "maintainerCanModify changedFiles additions deletions reviewThreads reviews",
    "PullRequestReviewThreadConnection": PAGED,
    "PullRequestReviewThreadEdge": "cursor node",
    "PullRequestReviewThread": f"id path {LINES} diffSide startDiffSide subjectType isResolved isOutdated isCollapsed "
    "resolvedBy viewerCanResolve viewerCanUnresolve viewerCanReply comments pullRequest repository",
    "PullRequestReviewCommentConnection": PAGED,
    "PullRequestReviewCommentEdge": "cursor node",
    "PullRequestReviewComment": f"{SEEN} {MAY} viewerCanDelete path {LINES} outdated subjectType diffHunk state commit "
    "originalCommit pullRequestReview replyTo pullRequest",
    "PullRequestReviewConnection": PAGED,
    "PullRequestReviewEdge": "cursor node",
    "PullRequestReview": f"{SEEN} {MAY} state submittedAt commit comments pullRequest",
    "IssueComment": f"{SEEN} {MAY}",
    "Minimizable": "isMinimized minimizedReason viewerCanMinimize",
    "Comment": "author body createdAt id updatedAt viewerDidAuthor",
    "ResolveReviewThreadPayload": "clientMutationId thread",
    "UnresolveReviewThreadPayload": "clientMutationId thread",
    "MinimizeCommentPayload": "clientMutationId minimizedComment",
    "UnminimizeCommentPayload": "clientMutationId unminimizedComment",
    "AddPullRequestReviewPayload": "clientMutationId pullRequestReview reviewEdge",
    "AddPullRequestReviewThreadPayload": "clientMutationId thread",
    "UpdatePullRequestReviewCommentPayload": "clientMutationId pullRequestReviewComment",
    "CreateCommitOnBranchPayload": "clientMutationId commit ref",
}

Fielded = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode
Whole = ScalarTypeDefinitionNode | EnumTypeDefinitionNode | InputObjectTypeDefinitionNode
Defined = Fielded | Whole | UnionTypeDefinitionNode


def main(path: Path) -> None:
    text = path.read_bytes()
    original = {each.name.value: each for each in parse(text.decode()).definitions if isinstance(each, Defined)}
    kept: dict[str, DefinitionNode] = {name: _cut(original, name, set(fields.split())) for name, fields in KEPT.items()}
    waiting = [name for node in kept.values() for name in _mentioned(node)]
    while waiting:
        name = waiting.pop()
        if name in kept or name in BUILT_IN:
            continue
        found = original[name]
        if isinstance(found, Fielded):
            raise SystemExit(f"{name} is mentioned by a kept field: name its fields in KEPT, or drop the field")
        if isinstance(found, UnionTypeDefinitionNode):
            found = replace(found, types=tuple(each for each in found.types or () if each.name.value in KEPT))
        kept[name] = found
        waiting += _mentioned(found)
    document = DocumentNode(definitions=tuple(_bare(kept[name]) for name in sorted(kept)))
    build_ast_schema(document)
    print(f"# Cut from {SOURCE} (MIT, see NOTICE), sha256 {hashlib.sha256(text).hexdigest()},")
    print("# by scripts/cut_graphql.py. Do not edit.\n")
    print(print_ast(document))


def _cut(original: dict[str, Defined], name: str, fields: set[str]) -> Fielded:
    node = original[name]
    assert isinstance(node, Fielded), name
    missing = fields - {each.name.value for each in node.fields}
    if missing:
        raise SystemExit(f"GitHub's {name} has no {missing}")
    # an interface stays only where the type still has all of its kept fields
    stays = {each.name.value for each in node.interfaces or () if set(KEPT.get(each.name.value, "-").split()) <= fields}
    return replace(
        node,
        fields=tuple(each for each in node.fields if each.name.value in fields),
        interfaces=tuple(each for each in node.interfaces or () if each.name.value in stays),
    )


def _mentioned(node: DefinitionNode) -> list[str]:
    types: list[TypeNode] = []
    if isinstance(node, Fielded):
        types = [kind for field in node.fields for kind in (field.type, *(each.type for each in field.arguments or ()))]
    elif isinstance(node, InputObjectTypeDefinitionNode):
        types = [field.type for field in node.fields]
    return [_name(each) for each in types]


def _name(node: TypeNode) -> str:
    while isinstance(node, ListTypeNode | NonNullTypeNode):
        node = node.type
    assert isinstance(node, NamedTypeNode)
    return node.name.value


def _bare(node: Any) -> Any:
    """Without descriptions, and without directives but `@deprecated`: the original does not declare the others."""
    changes: dict[str, Any] = {}
    if getattr(node, "description", None):
        changes["description"] = None
    if getattr(node, "directives", None):
        changes["directives"] = tuple(each for each in node.directives if each.name.value == "deprecated")
    for name in ("fields", "values", "arguments"):
        if getattr(node, name, None):
            changes[name] = tuple(_bare(each) for each in getattr(node, name))
    return replace(node, **changes)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
