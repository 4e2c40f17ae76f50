"""What materials offer to other features."""

from server.materials.access import at_hand, shown_on, visible_to
from server.materials.changing import copy
from server.materials.values import MaterialFile, Phase, Shelf

__all__ = ["MaterialFile", "Phase", "Shelf", "at_hand", "copy", "shown_on", "visible_to"]
