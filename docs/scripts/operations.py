"""Write docs/operations.md and its pictures from the grammar: `python docs/scripts/operations.py`.

A test compares the text, so that the page can't fall behind the code.
"""

import io
from pathlib import Path

from PIL import Image, ImageDraw

from webapp.imaging.grammar import DELIVERY_TOKENS, OUTPUT_TOKENS, TOKENS, parse
from webapp.imaging.pipeline import Output, render
from webapp.imaging.tokens import Token
from webapp.providers.base import ImageRequest
from webapp.providers.sketch import SketchProvider

DOCS = Path(__file__).parents[1]
PICTURES = DOCS / "img" / "operations"
WIDTH = "w_280"
EXAMPLES = {
    "crop": "crop_0.5_0.3_0.5_0.6,w_280",
    "trim": "trim_10,w_280",
    "w": "w_280",
    "h": "h_120",
    "s": "s_280x120",
    "fit": "s_280x120,fit_cover",
    "fp": "s_140x187,fit_cover,fp_0.9_0.6",
    "g": "s_140x187,fit_cover,g_smart",
    "dpr": "w_140,dpr_2",
    "enlarge": "crop_0.6_0.5_0.1_0.1,w_280,enlarge",
    "b": "s_280x280,fit_contain,b_ffeedd",
    "q": "w_280,q_10",
    "wm": "w_280,wm_logo_se_80_30",
}
UNSEEN = {*(token.word for token in DELIVERY_TOKENS), "f"}
"""Words whose effect is not in the pixels."""

HEAD = """# Operations

<!-- Written by docs/scripts/operations.py from the grammar itself: change that, not this page. -->

What can be asked of a picture in a signed address:

```
/i/<signature>/<operations>/<id>[.<ext>]
```

Operations are words with commas between, in any order: what happens has an order of its own, the
one of this page. An unknown or impossible one is answered with status 400 and named. `easel sign`
signs:

```console
$ easel sign '/w_400,h_300,fit_cover/Fyj5NgQL7r7.webp'
http://127.0.0.1:8000/i/ZQ0CW_HtOYEVqMSBdl3WcA/w_400,h_300,fit_cover/Fyj5NgQL7r7.webp
```

A signature says what work may be asked for. Who may see the picture is another question: see
[who can see a picture](urls.md). `_` alone asks for all of a picture's pixels. The keys of
versatileimagefield are understood too: `thumbnail__400x400`, `crop__400x400`,
`filters__invert__crop__50x50`. `/i/<signature>/meta/<operations>/<id>` answers with the size and
format that a rendition would have, as JSON.

"""


def main() -> None:
    """Write the page, and draw the pictures from one sketch."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    (DOCS / "operations.md").write_text(page())
    sketch = SketchProvider().generate(
        ImageRequest(
            "Tropical beach with palm trees at sunset, sailboat", "sketch-1", "3:2", "1024", 5
        ),
        lambda _share, _stage: None,
        lambda: False,
    )
    for token in TOKENS:
        if token.word not in UNSEEN:
            recipe = parse(_example(token))
            output = Output("webp", recipe.quality or 76)
            done = render(sketch.data, recipe.operations, output, watermarks={"logo": _logo()})
            (PICTURES / f"{token.word}.webp").write_bytes(done.data)


def _logo() -> bytes:
    """Return a watermark: a white easel on nothing."""
    mark = Image.new("RGBA", (240, 240))
    draw = ImageDraw.Draw(mark)
    for line in ((80, 160, 40, 235), (160, 160, 200, 235), (120, 5, 120, 40)):
        draw.line(line, "white", 16)
    draw.rounded_rectangle((30, 40, 210, 160), 12, outline="white", width=16)
    buffer = io.BytesIO()
    mark.save(buffer, "PNG")
    return buffer.getvalue()


def page() -> str:
    """Return the text of the page."""
    parts = [HEAD]
    for title, tokens in _groups():
        parts.append(f"## {title}\n\n")
        parts.extend(_entry(token) for token in tokens)
    return "".join(parts).rstrip() + "\n"


def _groups() -> list[tuple[str, tuple[Token, ...]]]:
    others = {*OUTPUT_TOKENS, *DELIVERY_TOKENS}
    shaping = tuple(token for token in TOKENS if token not in others)
    return [("Pixels", shaping), ("Output", OUTPUT_TOKENS), ("Delivery", DELIVERY_TOKENS)]


def _entry(token: Token) -> str:
    form = f"### `{token.form}`\n\n{token.sentence} {_takes(token)}\n\n"
    if token.word in UNSEEN:
        return form
    example = _example(token)
    return f"{form}`{example}`\n\n![{example}](img/operations/{token.word}.webp)\n\n"


def _takes(token: Token) -> str:
    return token.takes.replace(f"{token.word} takes", "It takes", 1)


def _example(token: Token) -> str:
    return EXAMPLES.get(token.word, f"{token.example},{WIDTH}")


if __name__ == "__main__":
    main()
