"""Remembers: the only place that knows SQL, and what is sealed before it is written."""
