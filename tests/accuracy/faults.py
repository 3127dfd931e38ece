"""Faults of the sort people make, one function each, for `breaks.py` to put into the libraries.

They were chosen by reading the libraries, before the plugin could be run on them and without a
thought for what could find them; the one condition was that between one and forty tests fail. They
are not to be tuned: a fault that is hard to find stays.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One edit of one function of a library, as text that occurs once in its file."""

    library: str
    file: str
    function: str
    slip: str
    old: str
    new: str

    @property
    def name(self) -> str:
        """How the fault is named in what is printed."""
        return f"{self.file}:{self.function}"


FAULTS = (
    Fault(
        "jinja2",
        "jinja2/runtime.py",
        "LoopContext.__next__",
        "two statements in the wrong order",
        "            rv = next(self._iterator)\n\n"
        "        self.index0 += 1\n"
        "        self._before = self._current\n"
        "        self._current = rv\n",
        "            rv = next(self._iterator)\n\n"
        "        self.index0 += 1\n"
        "        self._current = rv\n"
        "        self._before = self._current\n",
    ),
    Fault(
        "jinja2",
        "jinja2/filters.py",
        "do_indent",
        "misses the branch for blank lines",
        "indention + line if line else line for line in lines",
        "indention + line for line in lines",
    ),
    Fault(
        "jinja2",
        "jinja2/compiler.py",
        "CodeGenerator.pop_assign_tracking",
        "wrong operator: exports the private names",
        'public_names = [x for x in vars if x[:1] != "_"]',
        'public_names = [x for x in vars if x[:1] == "_"]',
    ),
    Fault(
        "jinja2",
        "jinja2/lexer.py",
        "Lexer.tokeniter",
        "misses a case: a tag on the first line",
        "if l_pos > 0 or line_starting:",
        "if l_pos > 0:",
    ),
    Fault(
        "jinja2",
        "jinja2/ext.py",
        "InternationalizationExtension._parse_block",
        "dropped call: percent signs are not doubled",
        'buf.append(parser.stream.current.value.replace("%", "%%"))',
        "buf.append(parser.stream.current.value)",
    ),
    Fault(
        "tomlkit",
        "tomlkit/_utils.py",
        "parse_rfc3339",
        "wrong sign of the offset from UTC",
        'if sign == "-":',
        'if sign == "+":',
    ),
    Fault(
        "tomlkit",
        "tomlkit/container.py",
        "Container._insert_at",
        "wrong operator: one of the indices does not move",
        "            elif v >= idx:\n                self._map[k] = v + 1\n",
        "            elif v > idx:\n                self._map[k] = v + 1\n",
    ),
    Fault(
        "tomlkit",
        "tomlkit/parser.py",
        "Parser._merge_ws",
        "forgets one of two lengths",
        "start = self._idx - (len(last.s) + len(item.s))",
        "start = self._idx - len(item.s)",
    ),
    Fault(
        "tomlkit",
        "tomlkit/items.py",
        "Array.__delitem__",
        "negated condition: the last comma stays",
        "            if not v.is_whitespace():\n                # remove the comma",
        "            if v.is_whitespace():\n                # remove the comma",
    ),
    Fault(
        "tomlkit",
        "tomlkit/container.py",
        "Container._get_last_index_before_table",
        "off by one",
        "return last_index + 1",
        "return last_index",
    ),
    Fault(
        "markdown-it-py",
        "markdown_it/rules_block/list.py",
        "list_block",
        "wrong operator: takes an item's text for indented code",
        "if indentAfterMarker > 4:",
        "if indentAfterMarker >= 4:",
    ),
    Fault(
        "markdown-it-py",
        "markdown_it/helpers/parse_link_title.py",
        "parseLinkTitle",
        "misses a branch: a parenthesis inside parentheses",
        "        elif code == 0x28 and state.marker == 0x29:  # /* ( */  /* ) */\n"
        "            return state\n",
        "",
    ),
    Fault(
        "markdown-it-py",
        "markdown_it/rules_block/table.py",
        "table",
        "off by one: the last column may not be empty",
        "if i == 0 or i == len(columns) - 1:",
        "if i == 0 or i == len(columns):",
    ),
    Fault(
        "markdown-it-py",
        "markdown_it/rules_inline/backticks.py",
        "backtick",
        "and becomes or: a space on one side is enough",
        'content.startswith(" ")\n                        and content.endswith(" ")',
        '(content.startswith(" ")\n                        or content.endswith(" "))',
    ),
    Fault(
        "markdown-it-py",
        "markdown_it/rules_inline/balance_pairs.py",
        "processDelimiters",
        "or becomes and in the rule of three",
        "(opener.close or closer.open)",
        "(opener.close and closer.open)",
    ),
    Fault(
        "click",
        "click/types.py",
        "_NumberRangeBase.convert",
        "swapped operators: an open maximum is let in, a closed one is not",
        "operator.ge if self.max_open else operator.gt",
        "operator.gt if self.max_open else operator.ge",
    ),
    Fault(
        "click",
        "click/parser.py",
        "_OptionParser._match_short_opt",
        "loses the prefix of unknown options",
        """state.largs.append(f"{prefix}{''.join(unknown_options)}")""",
        """state.largs.append("".join(unknown_options))""",
    ),
    Fault(
        "click",
        "click/shell_completion.py",
        "_is_incomplete_option",
        "wrong operator: looks back one word too few",
        "if index + 1 > param.nargs:",
        "if index + 1 >= param.nargs:",
    ),
    Fault(
        "click",
        "click/_termui_impl.py",
        "ProgressBar.format_bar",
        "forgets to subtract what is already filled",
        "bar += self.empty_char * (self.width - bar_length)",
        "bar += self.empty_char * self.width",
    ),
    Fault(
        "click",
        "click/core.py",
        "Option.get_help_extra",
        "misses a case: a default of None is shown",
        "show_default and (default_value not in (None, UNSET))",
        "show_default and (default_value is not UNSET)",
    ),
)
