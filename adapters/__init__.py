"""Translates: one folder for each platform, each knowing nothing of the others."""
