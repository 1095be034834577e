"""What is counted of reviews, for `/metrics`."""

from prometheus_client import Counter, Histogram

REVIEWS = Counter("ghapp_reviews", "Deliveries answered, by how they ended", ["conclusion"])
MISSED = Counter("ghapp_missed_webhooks", "Webhooks that did not arrive, and that GitHub was asked to send again")
REQUESTS = Counter("ghapp_github_requests", "Calls to GitHub")
SECONDS = Histogram(
    "ghapp_review_seconds",
    "From being received to being answered",
    buckets=(0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 300, 3600),
)
