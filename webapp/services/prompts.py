"""PromptManager: templates with named variables, their formatting, and what was asked before."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variable:
    """A named gap in a template. With `choices`, its value is one of them."""

    name: str
    label: str
    default: str = ""
    choices: tuple[str, ...] = ()
    is_long: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a template's text, e.g. ROLE, THEME, TASK, STYLE."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """A prompt with gaps. `picture` is the path of its sample below static/."""

    slug: str
    title: str
    description: str
    sections: tuple[Section, ...]
    variables: tuple[Variable, ...]
    aspect_ratio: str
    picture: str
