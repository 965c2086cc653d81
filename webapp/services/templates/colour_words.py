"""Plain words for colours, for prompts: painters know "teal" better than `#008080`."""

WORDS = {
    "black": (0, 0, 0),
    "charcoal": (54, 54, 58),
    "grey": (128, 128, 128),
    "silver": (192, 192, 192),
    "white": (255, 255, 255),
    "ivory": (255, 250, 235),
    "cream": (250, 238, 205),
    "beige": (222, 205, 175),
    "tan": (205, 165, 115),
    "brown": (120, 72, 35),
    "dark brown": (70, 42, 22),
    "maroon": (110, 15, 30),
    "crimson": (200, 20, 55),
    "red": (235, 30, 35),
    "coral": (255, 120, 90),
    "salmon": (250, 150, 130),
    "orange": (250, 140, 20),
    "rust": (180, 70, 25),
    "amber": (255, 190, 20),
    "gold": (212, 170, 55),
    "yellow": (255, 235, 50),
    "lemon yellow": (250, 250, 130),
    "olive": (125, 125, 20),
    "lime green": (150, 230, 30),
    "green": (30, 150, 50),
    "forest green": (20, 80, 40),
    "mint": (165, 235, 195),
    "sage": (150, 170, 135),
    "teal": (0, 128, 128),
    "turquoise": (60, 215, 200),
    "cyan": (0, 230, 250),
    "sky blue": (130, 200, 240),
    "light blue": (175, 215, 240),
    "blue": (30, 85, 230),
    "royal blue": (55, 75, 190),
    "navy": (15, 25, 85),
    "slate": (95, 110, 130),
    "indigo": (75, 20, 135),
    "violet": (130, 60, 220),
    "purple": (128, 20, 140),
    "lavender": (205, 185, 240),
    "plum": (120, 45, 95),
    "magenta": (240, 20, 200),
    "pink": (255, 170, 195),
    "rose": (230, 85, 130),
}


def colour_word(value: str) -> str:
    """Return the plain word that is nearest to a colour such as `#e85d04`."""
    red, green, blue = (int(value[at : at + 2], 16) for at in (1, 3, 5))

    def distance(word: str) -> float:
        """Return how far apart the eye sees them, nearly: green counts most."""
        other = WORDS[word]
        mean = (red + other[0]) / 2
        parts = (red - other[0], green - other[1], blue - other[2])
        weights = (2 + mean / 256, 4.0, 2 + (255 - mean) / 256)
        return sum(weight * part**2 for weight, part in zip(weights, parts, strict=True))

    return min(WORDS, key=distance)
