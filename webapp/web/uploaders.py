"""Configurations for programs that upload: ShareX, Flameshot, a shell and a browser's bookmark.

What they upload is unlisted: they hand out an address at once, which others shall be able to open.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

PLACEHOLDER = "easel_YOUR_TOKEN"
SHOWN_SIZE, THUMBNAIL = "w1920", "small"
"""The presets of the address that is handed out, and of the thumbnail beside it."""

_SEND = """\
  printf 'Authorization: Bearer %s\\n' '{token}' |
    curl --silent --show-error --fail-with-body --header @- \\
      --form "image=@$1" --form visibility=unlisted '{address}' |
    sed -n 's/.*"{size}": *"\\([^"]*\\)".*/\\1/p'
"""
_SHELL = """\
# Keeps a picture in Easel and prints its address: easel_upload picture.png
easel_upload() {{
{send}}}
"""
_FLAMESHOT = """\
#!/bin/sh
# Takes a picture of the screen with Flameshot, keeps it in Easel, prints and copies its address.
set -eu

easel_upload() {{
{send}}}

picture=$(mktemp --suffix=.png)
trap 'rm -f "$picture"' EXIT
flameshot gui --raw > "$picture"
[ -s "$picture" ] || exit 0
address=$(easel_upload "$picture")
[ -n "$address" ] || {{ echo 'Easel did not keep the picture.' >&2; exit 1; }}
echo "$address"
if command -v wl-copy > /dev/null; then printf %s "$address" | wl-copy
elif command -v xclip > /dev/null; then printf %s "$address" | xclip -selection clipboard
fi
"""
_BOOKMARK = (
    "javascript:(()=>{"
    "const s=String(getSelection()).trim(),"
    "i=[...document.images].sort((a,b)=>b.width*b.height-a.width*a.height)[0],"
    "u=/^https?:/.test(s)?s:/^image\\//.test(document.contentType)||!i?location.href:i.currentSrc;"
    "open(%s+encodeURIComponent(u))})()"
)


@dataclass(frozen=True, slots=True)
class Uploader:
    """A program that uploads, and the file that sets it up; `write` gets an address and a token."""

    name: str
    title: str
    filename: str
    mime: str
    write: Callable[[str, str], str]


def _sharex(address: str, token: str) -> str:
    facts = {
        "Version": "15.0.0",
        "Name": "Easel",
        "DestinationType": "ImageUploader",
        "RequestMethod": "POST",
        "RequestURL": address,
        "Headers": {"Authorization": f"Bearer {token}"},
        "Body": "MultipartFormData",
        "Arguments": {"visibility": "unlisted"},
        "FileFormName": "image",
        "URL": f"{{json:sizes.{SHOWN_SIZE}}}",
        "ThumbnailURL": f"{{json:sizes.{THUMBNAIL}}}",
        "ErrorMessage": "{json:detail}",
    }
    return json.dumps(facts, indent=2) + "\n"


def _send(address: str, token: str) -> str:
    return _SEND.format(address=address, token=token, size=SHOWN_SIZE)


def _shell(address: str, token: str) -> str:
    return _SHELL.format(send=_send(address, token))


def _flameshot(address: str, token: str) -> str:
    return _FLAMESHOT.format(send=_send(address, token))


UPLOADERS: Mapping[str, Uploader] = {
    item.name: item
    for item in (
        Uploader("sharex", "ShareX", "easel.sxcu", "application/json", _sharex),
        Uploader("flameshot", "Flameshot", "easel-screenshot.sh", "text/x-shellscript", _flameshot),
        Uploader("shell", "A shell", "easel-upload.sh", "text/x-shellscript", _shell),
    )
}


def bookmark(address: str) -> str:
    """Return a bookmark that opens a page of Easel for the picture on the page that is open.

    That is the address that is selected, or the largest picture. Other pages' policies let no
    script send it from there, so that it opens `address` with the picture's behind it.
    """
    return _BOOKMARK % json.dumps(address)
