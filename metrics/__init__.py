"""Metric modules turn rows into indicators: frames in, frames out; no clock, no I/O, no configuration."""
