"""Media load: peers that play packets and count what comes back, cheap enough to share a machine."""
