"""Mutants of a file, made by the operators of cosmic-ray (the extra `accuracy` installs it)."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

LEFT_OUT = ("VariableReplacer", "VariableInserter", "RemoveDecorator")
"""The first two need arguments; decorators are no part of a function's body."""


class Mutant(NamedTuple):
    """One mutation that an operator can make: its `occurrence`-th, at a line."""

    operator: str
    occurrence: int
    line: int

    @property
    def family(self) -> str:
        """The operator without what it replaces by what."""
        return self.operator.split("/")[-1].split("_")[0]

    def text(self, code: str) -> str | None:
        """Return the code with the mutation, None where the operator cannot make it after all."""
        operator = plugins.get_operator(self.operator)()
        try:
            mutated: str | None = mutate_code(code, operator, self.occurrence)
        except AttributeError:  # ExceptionReplacer 8.7.0 takes `except a.b` for a name
            return None
        return mutated


def mutants(code: str) -> list[Mutant]:
    """Return every mutation that the operators can make in a file."""
    names = [n for n in plugins.operator_names() if n.split("/")[-1] not in LEFT_OUT]
    operators = [(name, plugins.get_operator(name)()) for name in sorted(names)]
    seen: Counter[str] = Counter()
    found = []
    for node in ast_nodes(get_ast(code)):
        for name, operator in operators:
            for (line, _), _ in operator.mutation_positions(node):
                found.append(Mutant(name, seen[name], line))
                seen[name] += 1
    return found
