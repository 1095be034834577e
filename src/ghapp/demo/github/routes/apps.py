"""The App itself: its registration, installations, tokens, webhook log, and rate limits."""

from ghapp.demo.github.clock import stamp
from ghapp.demo.github.errors import Refused, not_found
from ghapp.demo.github.routes.answers import accepted, created, ok
from ghapp.demo.github.shapes import Json, app_json, installation_json, repository_json
from ghapp.demo.github.wire import Answer, Call


def get_app(call: Call) -> Answer:
    count = len(call.github.installations)
    return ok(app_json(call.github) | {"installations_count": count})


def from_manifest(call: Call) -> Answer:
    if call.params["code"] not in call.github.manifest_codes:
        raise not_found()
    call.github.manifest_codes.remove(call.params["code"])
    app = call.github.app
    secrets = {
        "client_id": app.client_id,
        "client_secret": "0" * 40,
        "webhook_secret": call.github.webhook_secret,
        "pem": app.private_key,
    }
    return created(app_json(call.github) | secrets)


def get_hook(call: Call) -> Answer:
    hooks = call.github.webhooks
    url = {"url": hooks.url} if hooks.url else {}
    return ok({"content_type": "json", "insecure_ssl": "0", "secret": "********", **url})


def set_hook(call: Call) -> Answer:
    call.github.webhooks.url = call.body.get("url", call.github.webhooks.url)
    call.github.webhooks.secret = call.body.get("secret", call.github.webhooks.secret)
    return get_hook(call)


def list_deliveries(call: Call) -> Answer:
    """Newest first. As on GitHub, `status=failure` misses what never got an answer (status code 0)."""
    sent = sorted(call.github.deliveries, key=lambda delivery: -delivery.id)
    wanted = call.query.get("status")
    if wanted == "success":
        sent = [each for each in sent if 200 <= each.status_code < 400]
    elif wanted == "failure":
        sent = [each for each in sent if 400 <= each.status_code < 600]
    cursor = call.query.get("cursor", "")
    if cursor and not cursor.removeprefix("v1_").isdigit():
        raise Refused(400, "Invalid cursor")
    if cursor:
        sent = [each for each in sent if each.id < int(cursor.removeprefix("v1_"))]
    size = min(int(call.query.get("per_page") or 30), 100)
    if len(sent) > size:
        url = f"{call.github.api_url}/app/hook/deliveries?per_page={size}&cursor=v1_{sent[size - 1].id}"
        call.link = f'<{url}>; rel="next"'
    return ok([each.item_json() for each in sent[:size]])


def get_delivery(call: Call) -> Answer:
    return ok(call.github.webhooks.find(int(call.params["delivery_id"])).json())


def redeliver(call: Call) -> Answer:
    call.github.webhooks.request_redelivery(int(call.params["delivery_id"]))
    return accepted({})


def list_installations(call: Call) -> Answer:
    return ok([installation_json(each) for each in call.page(list(call.github.installations.values()))])


def get_installation(call: Call) -> Answer:
    installation = call.github.installations.get(int(call.params["installation_id"]))
    if installation is None:
        raise not_found()
    return ok(installation_json(installation))


def create_token(call: Call) -> Answer:
    installation = call.github.installations.get(int(call.params["installation_id"]))
    if installation is None:
        raise not_found()
    if installation.suspended_at:
        raise Refused(403, "This installation has been suspended")
    token = call.github.tokens.issue(installation, call.body)
    some = token.repositories is not None or installation.repositories is not None
    answer: Json = {
        "token": token.text,
        "expires_at": stamp(token.expires_at),
        "permissions": dict(token.permissions),
        "repository_selection": "selected" if some else "all",
    }
    if some:
        seen = [each for each in call.github.repositories.values() if token.sees(each)]
        answer["repositories"] = [repository_json(each) for each in seen]
    return created(answer)


def repository_installation(call: Call) -> Answer:
    installation = call.github.installation_of(call.repository)
    if installation is None:
        raise not_found()
    return ok(installation_json(installation))


def list_repositories(call: Call) -> Answer:
    token = call.token
    seen = [each for each in call.github.repositories.values() if token and token.sees(each)]
    shown = [repository_json(each) for each in call.page(seen)]
    return ok({"total_count": len(seen), "repositories": shown, "repository_selection": "all"})


def rate_limit(call: Call) -> Answer:
    limits, installation = call.github.limits, call.installation or 0
    core = limits.json(installation, "core")
    resources = {"core": core, "search": core, "graphql": limits.json(installation, "graphql")}
    return ok({"resources": resources, "rate": core})


HANDLERS = {
    "apps/get-authenticated": get_app,
    "apps/create-from-manifest": from_manifest,
    "apps/get-webhook-config-for-app": get_hook,
    "apps/update-webhook-config-for-app": set_hook,
    "apps/list-webhook-deliveries": list_deliveries,
    "apps/get-webhook-delivery": get_delivery,
    "apps/redeliver-webhook-delivery": redeliver,
    "apps/list-installations": list_installations,
    "apps/get-installation": get_installation,
    "apps/create-installation-access-token": create_token,
    "apps/get-repo-installation": repository_installation,
    "apps/list-repos-accessible-to-installation": list_repositories,
    "rate-limit/get": rate_limit,
}
