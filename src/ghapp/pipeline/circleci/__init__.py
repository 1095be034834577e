"""CircleCI configs as pipelines: `config(source, document, tree)`."""

from ghapp.pipeline.circleci.config import config

__all__ = ["config"]
