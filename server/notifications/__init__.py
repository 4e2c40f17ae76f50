"""Telling people what happened. So far by mail alone."""
