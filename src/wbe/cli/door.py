"""The one door of the command line: language, streams, and every error as a plain line with its exit code.

Refuses a traceback: what nobody foresaw is said in a line too, and kept in full in the file of ``--log-file``.
"""

from __future__ import annotations

import inspect
import sys
import traceback
import typing
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wbe import messages
from wbe.cli import telling
from wbe.cli.refusals import refusal
from wbe.errors import InputError, WbeError, hint

__all__ = ["main"]

_FLAGS = ("--quiet", "--json", "--version")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        What was typed after ``wbe``; by default that of the process.

    Raises
    ------
    SystemExit
        Always: 0 done, 1 a fault of data or request, 2 wrong usage, 130 stopped by the keyboard.
    """
    typed = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # whatever the locale, and names that are no UTF-8
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    with messages.speaking(_language(typed)), telling.session(typed):
        code = _run(_hoisted(typed))
        code = telling.finish(code)
    raise SystemExit(code)


def _language(typed: Sequence[str]) -> str:
    """The language asked for anywhere on the line, else the one in force."""
    for option, value in zip(typed, [*typed[1:], ""], strict=False):
        name, sign, given = option.partition("=")
        if name == "--language":
            asked = given if sign else value
            if asked in messages.LANGUAGES:
                return asked
    return messages.language()


def _hoisted(typed: Sequence[str]) -> list[str]:
    """Bring options that every command takes to the front, wherever they were typed."""
    front, rest, waiting = [], [], list(typed)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            rest += [word, *waiting]
            break
        if word in _FLAGS or word.startswith("--log-file="):
            front.append(word)
        elif word == "--log-file" and waiting:
            front += [word, waiting.pop(0)]
        else:
            rest.append(word)
    return front + rest


def _run(typed: list[str]) -> int:
    """Run a command; return its exit code."""
    try:
        from wbe.cli.commands import build

        done = build().main(args=typed, prog_name="wbe", standalone_mode=False)
        return done if isinstance(done, int) else 0
    except WbeError as err:
        telling.complain(telling.lines(err), faults=err.faults if isinstance(err, InputError) else err)
    except BrokenPipeError:  # whoever read us has gone, as after `wbe ... | head`
        telling.deafen()
    except KeyboardInterrupt:
        telling.complain([messages.render("cli-stopped", {})])
        return 130
    except (OSError, UnicodeError, RecursionError, MemoryError) as err:
        telling.complain([_of_the_system(err)])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception as err:  # the last door: a line for the user, the whole of it in the log
        return _unforeseen(err)
    return 1


def _of_the_system(err: BaseException) -> str:
    """Say what the system refused, with the file and what to do."""
    if isinstance(err, OSError):
        return refusal(err)
    code = {"RecursionError": "cli-too-deep", "MemoryError": "cli-too-large"}.get(type(err).__name__, "cli-no-text")
    return messages.render(code, {})


def _unforeseen(err: Exception) -> int:
    kind = {base.__name__ for base in type(err).__mro__}
    if "NoArgsIsHelpError" in kind:  # nothing was typed: the help is the answer
        telling.result(_said(err))
        return 2
    if "UsageError" in kind:
        telling.complain([_usage(err, kind)])
        return 2
    if type(err).__name__ == "Abort":
        telling.complain([messages.render("cli-stopped", {})])
        return 1
    telling.keep(traceback.format_exc())
    telling.complain([messages.render("cli-unforeseen", {"kind": type(err).__name__, "said": str(err)[:300]})])
    return 1


def _said(err: Exception) -> str:
    return str(err.format_message()) if hasattr(err, "format_message") else str(err)


def _usage(err: Exception, kind: set[str]) -> str:
    """The sentence for wrong usage.

    The parser's classes come from one of two packages, by the version of typer: they are known by their names.
    """
    context, parameter = getattr(err, "ctx", None), getattr(err, "param", None)
    values = {"said": _said(err).rstrip("."), "command": context.command_path if context else "wbe"}
    if "NoSuchOption" in kind:
        near = getattr(err, "possibilities", None) or []
        known = messages.Note("errors-did-you-mean", nearest=near[0]) if near else ""
        return messages.render("cli-no-such-option", values | {"option": str(vars(err)["option_name"]), "hint": known})
    if "BadOptionUsage" in kind:
        return messages.render("cli-option-without-value", values | {"option": str(vars(err)["option_name"])})
    if parameter is None:
        return messages.render(*_of_the_line(context, values))
    written = " / ".join(parameter.opts)
    values["name"] = written if written.startswith("-") else str(parameter.name).upper()
    if "MissingParameter" in kind:
        return messages.render("cli-missing", values)
    needed = _KINDS.get(_kind_of(context, str(parameter.name)), "cli-bad-value")
    return messages.render(needed, values | {"said": str(getattr(err, "message", values["said"]))})


_KINDS: dict[type | None, str] = {int: "cli-bad-whole-number", float: "cli-bad-number", Path: "cli-bad-path"}


def _kind_of(context: Any, name: str) -> type | None:
    """The type that a parameter was declared with, or None."""
    callback = getattr(getattr(context, "command", None), "callback", None)
    hint = typing.get_type_hints(inspect.unwrap(callback)).get(name) if callback else None
    plain = [kind for kind in typing.get_args(hint) or (hint,) if kind is not type(None)]
    return plain[0] if len(plain) == 1 and isinstance(plain[0], type) else None


def _words(typed: Sequence[str]) -> list[str]:
    """What was typed without options and their values."""
    values = {i + 1 for i, word in enumerate(typed) if word in ("--log-file", "--language")}
    return [word for i, word in enumerate(typed) if i not in values and not word.startswith("-")]


def _of_the_line(context: Any, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The code for a line whose words do not fit: no command, an unknown one, or words too many."""
    commands = getattr(getattr(context, "command", None), "commands", None)
    if commands is None:
        return "cli-wrong-usage" if context is None else "cli-too-many-words", values
    known = context.command_path.split()[1:]
    words = [word for word in _words(telling.command_line()[1:]) if word not in known]
    name = words[0] if words else ""
    if not name:
        return "cli-no-command", values
    return "cli-unknown-command", values | {"name": name, "hint": hint(name, list(commands))}
