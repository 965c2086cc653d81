"""The sky: a gradient down to the horizon, the glow of the sun or moon, and their discs."""

import numpy as np

from webapp.providers.sketch.arrays import F32, Array, smoothstep
from webapp.providers.sketch.clouds import paint_clouds
from webapp.providers.sketch.colour import light, lights, look_up, oklab, ramp
from webapp.providers.sketch.night import paint_aurora, paint_milky_way, paint_stars
from webapp.providers.sketch.noise import field
from webapp.providers.sketch.picture import Picture

_SOFT = 320  # rows of the coarse frame; nothing in a gradient is finer
_STARRY = {"night": 900, "aurora": 800, "dusk": 240, "neon": 260}
_CLOUDY = {"golden", "day", "sunset", "dawn", "storm", "dusk"}
_BIG_SUN = {"sunset", "dusk", "dawn"}
_RETRO_SUN = ("#ff2f92", "#ff7a59", "#ffe66b")


def paint_sky(picture: Picture) -> None:
    """Paint everything above the horizon, back to front."""
    reading, light_name = picture.reading, picture.reading.light
    paint_gradient(picture)
    stars = _STARRY.get(light_name, 500 if reading.wants("stars") else 0)
    if reading.scene == "city" and not reading.wants("stars"):
        stars //= 2  # the city's own light outshines the faint ones
    if stars and reading.allows("stars") and not reading.wants("rain"):
        paint_stars(picture, stars)
    if reading.wants("milky way"):
        paint_milky_way(picture)
    if light_name == "aurora":
        paint_aurora(picture)
    paint_sun_or_moon(picture)
    if reading.wants("clouds") or (light_name in _CLOUDY and reading.allows("clouds")):
        paint_clouds(picture)


def paint_gradient(picture: Picture) -> None:
    """Fill the picture with the sky's ramp, a little uneven, and the glow around the sun."""
    frame, palette = picture.frame.soft(_SOFT), picture.palette
    uneven = (field(picture.rng("sky"), frame, 2, 3) - 0.5) * 0.06
    down = np.clip(frame.y / picture.horizon, 0, 1) ** 0.85
    image = look_up(palette.sky_ramp, down + uneven)
    distance = picture.from_sun(frame) / picture.frame.unit
    strength = 0.55 * palette.glow * (1.0 if picture.has_disc else 0.3)
    wide = np.exp(-distance * 3.4) * strength
    near = np.exp(-((distance * 9) ** 1.3)) * strength
    image += wide * palette.warm_light[:, None, None]
    image += near * palette.sunlight[:, None, None]
    picture.image[:] = picture.enlarge(image)


def paint_sun_or_moon(picture: Picture) -> None:
    """Paint the disc that fits the light, unless clouds hide it or nobody wants it."""
    if not picture.has_disc:
        return
    if picture.moonlit:
        _paint_moon(picture)
    elif picture.reading.light == "neon":
        _paint_retro_sun(picture)
    else:
        _paint_sun(picture)


def _disc(picture: Picture, radius: float) -> Array:
    edge = max(0.0012, picture.frame.pixel)
    return smoothstep(radius + edge / 2, radius - edge / 2, picture.from_sun())


def _paint_sun(picture: Picture) -> None:
    radius = (0.042 if picture.reading.light in _BIG_SUN else 0.030) * picture.frame.unit
    picture.cover(_disc(picture, radius), picture.palette.sunlight * F32(1.25))


def _paint_moon(picture: Picture) -> None:
    rng, frame, radius = picture.rng("moon"), picture.frame, 0.040 * picture.frame.unit
    moonlight = light(picture.palette.sun)
    picture.shine(np.exp(-picture.from_sun() * (14 / frame.unit)) * F32(0.16), moonlight)
    seas = 0.92 + 0.55 * (field(rng, frame, 45, 3) - 0.5)
    alpha = _disc(picture, radius)
    if rng.random() < 0.6 or picture.reading.wants("crescent"):
        away = np.hypot(
            frame.x - F32(picture.sun[0] + radius * 0.42),
            frame.y - F32(picture.sun[1] - radius * 0.15),
        )
        alpha *= 1 - 0.95 * smoothstep(radius * 1.02, radius * 0.93, away)
    picture.cover(alpha, [channel * seas * F32(1.1) for channel in moonlight])


def _paint_retro_sun(picture: Picture) -> None:
    """Paint the big striped sun of the eighties."""
    radius = 0.17 * picture.frame.unit
    down = (picture.frame.y - F32(picture.sun[1] - radius)) / F32(2 * radius)
    gaps = smoothstep(0.0, 0.03, np.sin(down * 46) * 0.5 + 0.5 - (down - 0.35) * 0.9)
    stripes = np.where(down > 0.4, gaps, 1)
    top, middle, foot = (oklab(colour) for colour in reversed(_RETRO_SUN))
    body = look_up(ramp([(0, top), (0.5, middle), (1, foot)]), down)
    picture.cover(_disc(picture, radius) * stripes, body)
    picture.shine(np.exp(-picture.from_sun() * 5) * F32(0.25), lights(_RETRO_SUN[:1])[0])
