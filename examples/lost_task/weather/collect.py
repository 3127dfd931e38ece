"""Collecting readings of several stations at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from .board import Board
from .stations import ask, parse


async def fetch(station: str, board: Board) -> None:
    """Ask one station, and put what it says on the board."""
    board.put(parse(station, await ask(station)))


async def fetch_all(stations: Iterable[str], board: Board) -> Board:
    """Ask all stations at the same time."""
    tasks = [asyncio.create_task(fetch(station, board)) for station in stations]
    if tasks:
        await asyncio.wait(tasks)
    return board
