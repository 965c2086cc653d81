"""Bring every picture, whatever its mode and colour profile, to 8-bit sRGB."""

import io
from typing import Any

from PIL import Image, ImageCms, ImageColor

from webapp.imaging.depth import DEEP_MODES, to_eight_bits

WHITE = "#ffffff"
PLAIN_MODES = ("L", "RGB", "RGBA")
"""The modes of a normalised picture; operations and encoders see no other."""

# Pictures with these profiles are sRGB already; skipping the conversion saves much time.
_SRGB_NAMES = frozenset({"sRGB", "sRGB IEC61966-2.1", "sRGB built-in", "sRGB2014", "c2"})

_RESIZABLE = (*PLAIN_MODES, "CMYK", "LAB")
_PREMULTIPLIED = {"La": "LA", "RGBa": "RGBA"}

# A profile is only used where the picture has the very channels that it describes.
_CHANNELS = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}


def normalised(image: Image.Image) -> Image.Image:
    """Return the picture as 8-bit sRGB: mode L, RGB, or RGBA where anything is transparent.

    An embedded colour profile is honoured; a broken one is ignored. The result carries no
    profile and no other metadata.
    """
    return in_srgb(with_plain_channels(image))


def with_plain_channels(image: Image.Image) -> Image.Image:
    """Return the picture with 8 bits a channel, ready to be resized: L, RGB, RGBA, CMYK or LAB.

    The colours stay in their own space, and the profile stays for `in_srgb`, which drops the
    rest of the metadata. A picture that is ready is returned as it is: a copy of 12 megapixels
    would cost 36 MB.
    """
    if image.mode in DEEP_MODES:
        image = bare(to_eight_bits(image), image.info.get("icc_profile"))
    if image.mode in _PREMULTIPLIED:
        image = image.convert(_PREMULTIPLIED[image.mode])
    if image.has_transparency_data:
        image = image if image.mode == "RGBA" else image.convert("RGBA")
    elif image.mode not in _RESIZABLE:
        image = image.convert("L" if image.mode == "1" else "RGB")
    return image


def in_srgb(image: Image.Image) -> Image.Image:
    """Return a picture of plain channels in sRGB, without a profile: mode L, RGB or RGBA."""
    profile = image.info.get("icc_profile")
    converted = _through_profile(image, profile) if profile else None
    if converted is None:
        converted = image if image.mode in PLAIN_MODES else image.convert("RGB")
    elif image.mode == "RGBA":
        converted.putalpha(image.getchannel("A"))
    return bare(converted)


def flattened(image: Image.Image, background: str = WHITE) -> Image.Image:
    """Return a normalised picture on an opaque background: mode L or RGB."""
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, ImageColor.getrgb(background)[:3])
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def with_alpha_of(image: Image.Image, changed: Image.Image) -> Image.Image:
    """Return an opaque picture with the transparency of another: the other's mode, if RGBA."""
    if image.mode != "RGBA":
        return changed
    merged = changed.convert("RGB")
    merged.putalpha(image.getchannel("A"))
    return merged


def bare(image: Image.Image, profile: bytes | None = None) -> Image.Image:
    """Return the same pixels without any metadata but the colour profile, if one is given.

    Pillow's encoders write comments and profiles that they find in `info` by themselves.
    """
    kept: dict[str | tuple[int, int], Any] = {"icc_profile": profile} if profile else {}
    if image.info != kept or type(image) is not Image.Image:
        image = image.copy()
        image.info = kept
    return image


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    """Return the opaque colours in sRGB, or None where the profile can't or needn't be used."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        opaque = image.convert("RGB") if image.mode == "RGBA" else image
        if _CHANNELS.get(source.profile.xcolor_space.strip()) != opaque.mode:
            return None
        if (source.profile.profile_description or "") in _SRGB_NAMES:
            return None
        return ImageCms.profileToProfile(
            opaque,
            source,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except Exception:  # noqa: BLE001  # a broken profile is no reason to refuse a sound picture
        return None
