"""Functions that receive the arguments they declare, of those that there are for all of a kind."""

import functools
import inspect
from collections.abc import Callable, Collection
from typing import TypeVar

Result = TypeVar("Result")


def declared(function: Callable[..., object]) -> tuple[frozenset[str], bool]:
    """The arguments that `function` names, and whether it takes any other by `**`."""
    parameters = inspect.signature(function).parameters.values()
    takes_rest = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters)
    by_keyword = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return frozenset(one.name for one in parameters if one.kind in by_keyword), takes_rest


def only_declared(
    function: Callable[..., Result], offered: Collection[str], rest: Collection[str] = ()
) -> Callable[..., Result]:
    """`function`, called by keyword, without those of `offered` and `rest` it does not declare.

    `rest` is what a function may also take by `**`; of `offered` it gets what it names. The
    signature is read once, here. Any other argument must be declared: a call that brings one that
    is not raises `TypeError`, as every call of Python does.
    """
    names, takes_rest = declared(function)
    left_out = frozenset(offered if takes_rest else (*offered, *rest)) - names
    if not left_out:
        return function

    @functools.wraps(function)
    def call(**given: object) -> Result:
        return function(**{name: value for name, value in given.items() if name not in left_out})

    return call
