"""CircleCI configs as pipelines: `config(source, document, tree)`; `definitions(pipeline)`: jobs as anybody may."""

from ghapp.pipeline.circleci.config import config, definitions

__all__ = ["config", "definitions"]
