"""Trials: what small change of a suspect makes the failing tests pass, tried in a process apart."""
