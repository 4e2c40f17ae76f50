"""What pathways offer to other features."""

from server.pathways.progress import followed
from server.pathways.reading import pathways_of, places_of
from server.pathways.values import Followed, PathwayCard, Place

__all__ = ["Followed", "PathwayCard", "Place", "followed", "pathways_of", "places_of"]
