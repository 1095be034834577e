"""YAML as a tree in which every node knows its exact place: `parse(source)`."""

from ghapp.pipeline.yaml.comments import Comment, comments_of
from ghapp.pipeline.yaml.compose import MAX_DEPTH, MAX_NODES, parse
from ghapp.pipeline.yaml.document import Document
from ghapp.pipeline.yaml.node import Node

__all__ = ["MAX_DEPTH", "MAX_NODES", "Comment", "Document", "Node", "comments_of", "parse"]
