"""Influences between themes: the list and the map."""
