"""The lesson file of a recording: asked for when everything of it is stored, composed, kept."""
