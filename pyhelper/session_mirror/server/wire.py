"""Messages as the wire has them: camelCase, every field sent, None as null; strict about what comes in.

Unknown fields are ignored, so that an older helper understands a newer editor.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from types import GenericAlias
from typing import Any, Literal, TypeVar, get_args, get_origin

import attrs
import cattrs
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.strategies import configure_union_passthrough

_T = TypeVar("_T")
_MAX_COMPLAINTS = 5


class WireError(ValueError):
    """A message that is not of its type; the text names fields by their paths and repeats no value."""


def to_wire(message: object) -> Any:
    """A message as JSON values."""
    return _converter.unstructure(message)


def from_wire(cls: type[_T], data: object) -> _T:
    """JSON values as a message; no values at all are an empty object.

    Raises:
        WireError: a field is missing or of the wrong type.
    """
    try:
        return _converter.structure({} if data is None else data, cls)
    except (cattrs.BaseValidationError, TypeError, ValueError) as error:
        complaints = cattrs.transform_error(error, format_exception=_complaint)
        more = f" and {len(complaints) - _MAX_COMPLAINTS} more" if len(complaints) > _MAX_COMPLAINTS else ""
        listed = "; ".join(_camel(complaint) for complaint in complaints[:_MAX_COMPLAINTS])
        raise WireError(f"{listed}{more}") from None


def _camel(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])_([a-z0-9])", lambda found: found[1].upper(), name)


def _complaint(error: BaseException, expected: type | None) -> str:
    if isinstance(error, KeyError):
        return "required field missing"
    if expected is None or attrs.has(expected):
        return "expected an object"
    if get_origin(expected) is Literal:
        return "expected one of " + ", ".join(map(str, get_args(expected)))
    name = getattr(expected, "__name__", str(expected))
    return f"expected {_NAMES.get(name, name)}"


_NAMES = {"str": "a string", "int": "an integer", "bool": "a boolean", "tuple": "a list"}


def _scalar(kind: type, value: object, _: type) -> object:
    # A boolean is an integer to Python, and cattrs would make a string of a number.
    if type(value) is not kind:
        raise TypeError
    return value


def _is_tuple(cls: Any) -> bool:
    return get_origin(cls) is tuple


def _tuple_hook(cls: type[Any], converter: cattrs.BaseConverter) -> Callable[[object, Any], object]:
    as_list = GenericAlias(list, get_args(cls)[:1])
    structure = converter.get_structure_hook(as_list)

    def hook(value: object, _: Any) -> object:
        if not isinstance(value, list):  # text is a sequence, too
            raise TypeError
        return tuple(structure(value, as_list))

    return hook


def _class_hook(cls: type[Any], converter: cattrs.BaseConverter) -> Callable[[object, Any], object]:
    structure = make_dict_structure_fn(cls, converter, **_renames(cls))

    def hook(value: object, kind: Any) -> object:
        if not isinstance(value, dict):
            raise TypeError
        return structure(value, kind)

    return hook


def _renames(cls: type[Any]) -> Any:
    return {field.name: override(rename=_camel(field.name)) for field in attrs.fields(cls)}


def _build() -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=True)
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, partial(_scalar, kind))
    configure_union_passthrough(str | int | None, converter)
    converter.register_structure_hook_factory(_is_tuple, _tuple_hook)
    converter.register_structure_hook_factory(attrs.has, _class_hook)
    converter.register_unstructure_hook_factory(
        attrs.has, lambda cls: make_dict_unstructure_fn(cls, converter, **_renames(cls))
    )
    return converter


_converter = _build()
