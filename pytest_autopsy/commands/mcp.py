"""`pytest-autopsy mcp`: a server of the Model Context Protocol over stdio, for coding agents."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from . import add_command, add_store
from .reading import complain

EXAMPLES = """\
examples:
  pip install 'pytest-autopsy[mcp]'          what it needs
  pytest-autopsy mcp                         serve this project's runs to the agent that starts it
  claude mcp add autopsy -- pytest-autopsy mcp
"""
WRONG_USAGE = 2


def add(commands: Any) -> None:
    """Register the command with the parsers of `pytest-autopsy`."""
    parser = add_command(
        commands, run, "mcp", "serve what runs left behind to a coding agent (MCP over stdio)", EXAMPLES,
        "Serve the runs of the project in this directory over stdio: digest, show_failure, show_call,"
        " search_values, diff, triage. Nothing outside of it is read, nothing is written.",
    )  # fmt: skip
    add_store(parser)


def run(options: argparse.Namespace) -> int:
    """Serve until the client goes; return the exit code."""
    try:
        from mcp.server.mcpserver import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
    except ImportError:
        complain("mcp needs the official SDK, 2.0 or newer: pip install 'pytest-autopsy[mcp]'")
        return WRONG_USAGE
    from ..serving import Tools, serve

    serve(MCPServer, ToolError, Tools(Path.cwd(), Path(options.dir)))
    return 0
