"""Bring every picture, whatever its mode and colour profile, to 8-bit sRGB."""

import io

from PIL import Image, ImageCms, ImageColor

from webapp.imaging.depth import DEEP_MODES, to_eight_bits

WHITE = "#ffffff"
PLAIN_MODES = ("L", "RGB", "RGBA")
"""The modes of a normalised picture; operations and encoders see no other."""

# Pictures with these profiles are sRGB already; skipping the conversion saves much time.
_SRGB_NAMES = frozenset({"sRGB", "sRGB IEC61966-2.1", "sRGB built-in", "sRGB2014", "c2"})

_PREMULTIPLIED = {"La": "LA", "RGBa": "RGBA"}

# A profile is only used where the picture has the very channels that it describes.
_CHANNELS = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}


def normalised(image: Image.Image) -> Image.Image:
    """Return the picture as 8-bit sRGB: mode L, RGB, or RGBA where anything is transparent.

    An embedded colour profile is honoured; a broken one is ignored. The result carries no
    profile and no other metadata.
    """
    profile = image.info.get("icc_profile")
    if image.mode in DEEP_MODES:
        image = bare(to_eight_bits(image))
    if image.mode in _PREMULTIPLIED:
        image = image.convert(_PREMULTIPLIED[image.mode])
    if image.has_transparency_data:
        plain = _with_alpha(image.convert("RGBA"), profile)
    else:
        plain = _opaque(image.convert("RGB") if image.mode in {"P", "HSV"} else image, profile)
    return bare(plain)


def flattened(image: Image.Image, background: str = WHITE) -> Image.Image:
    """Return a normalised picture on an opaque background: mode L or RGB."""
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, ImageColor.getrgb(background)[:3])
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def bare(image: Image.Image) -> Image.Image:
    """Return the same pixels without any metadata.

    Pillow's encoders write comments and profiles that they find in `info` by themselves.
    """
    if image.info or type(image) is not Image.Image:
        image = image.copy()
        image.info = {}
    return image


def _with_alpha(image: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile:
        return image
    alpha = image.getchannel("A")
    colours = _opaque(image.convert("RGB"), profile).convert("RGB")
    colours.putalpha(alpha)
    return colours


def _opaque(image: Image.Image, profile: bytes | None) -> Image.Image:
    converted = _through_profile(image, profile) if profile else None
    if converted is not None:
        return converted
    if image.mode in PLAIN_MODES:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    """Return the picture in sRGB, or None where the profile can't or needn't be used."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if _CHANNELS.get(source.profile.xcolor_space.strip()) != image.mode:
            return None
        if (source.profile.profile_description or "") in _SRGB_NAMES:
            return None
        return ImageCms.profileToProfile(
            image,
            source,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except Exception:  # noqa: BLE001  # a broken profile is no reason to refuse a sound picture
        return None
