"""The words Sketch knows, as tables; a plural counts as its singular.

A word may stand in several tables: "winter" asks for misty light and for snow.
"""

PHRASES: dict[str, str] = {
    "low poly": "lowpoly",
    "golden hour": "goldenhour",
    "blue hour": "bluehour",
    "northern lights": "northernlights",
    "milky way": "milkyway",
    "stained glass": "stainedglass",
    "outer space": "outerspace",
    "new york": "newyork",
    "hong kong": "hongkong",
}
"""What is one word to the tables, though people write two."""

SPELLINGS: dict[str, str] = {
    "low polygon": "lowpoly",
    "southern lights": "northernlights",
    "water colour": "watercolour",
    "water color": "watercolor",
    "palm tree": "palm",
    "cherry blossom": "blossom",
    "sail boat": "sailboat",
    "sky line": "skyline",
    "lino cut": "linocut",
    "wood block": "woodblock",
    "wood cut": "woodcut",
}
"""Other ways to write a word of the tables."""

SCENES: dict[str, str] = {
    "mountains": "mountain alp alps peak summit himalaya himalayas andes rockies dolomites alpine "
    "valley cliff fjord glacier volcano fuji etna highland ridge everest hiking",
    "city": "city skyline skyscraper town tokyo york newyork manhattan hongkong chicago shanghai "
    "downtown urban street metropolis building tower cyberpunk",
    "forest": "forest wood woodland jungle grove redwood birch sequoia rainforest bamboo",
    "desert": "desert dune sahara sand canyon mesa oasis gobi arizona butte",
    "sea": "sea ocean beach wave coast shore seaside island surf harbour harbor lagoon bay marine "
    "tropical",
    "hills": "hill meadow field countryside tuscany farm vineyard prairie pasture grassland "
    "landscape steppe savanna savannah crop wheat",
    "space": "space outerspace galaxy nebula cosmos cosmic planet universe interstellar astronaut "
    "saturn jupiter comet",
    "abstract": "abstract flow flowing swirl fluid marble silk satin ribbon gradient texture "
    "pattern fabric",
}

LIGHTS: dict[str, str] = {
    "dawn": "dawn sunrise morning daybreak",
    "day": "day daylight noon midday sunny bright summer spring tropical afternoon",
    "golden": "golden goldenhour autumn autumnal fall harvest warm amber savanna savannah",
    "sunset": "sunset sundown evening fiery crimson",
    "dusk": "dusk twilight gloaming bluehour nightfall",
    "night": "night midnight moon moonlit moonlight star starry dark nocturne milkyway",
    "aurora": "aurora borealis northernlights polar arctic",
    "storm": "storm stormy rain rainy thunder gloomy grey gray overcast moody dramatic",
    "mist": "mist misty fog foggy haze hazy calm quiet zen serene winter",
    "neon": "neon cyberpunk synthwave vaporwave retrowave futuristic",
    "space": "space outerspace galaxy nebula cosmos cosmic universe interstellar",
}

SEASONS = frozenset(
    [
        "spring",
        "summer",
        "autumn",
        "autumnal",
        "fall",
        "winter",
        "harvest",
        "tropical",
        "savanna",
        "savannah",
    ]
)
"""Words that suggest a light but give way to any that names one: "a summer night"."""

FINISHES: dict[str, str] = {
    "watercolour": "watercolour watercolor aquarelle gouache wash ink",
    "oil": "oil painting painted impressionist impressionism gogh monet brush brushstroke "
    "painterly",
    "low-poly": "lowpoly polygon polygonal geometric facet faceted origami",
    "stained glass": "stainedglass stained mosaic voronoi glass tile",
    "print": "woodblock woodcut ukiyo print poster minimalist flat vector linocut screenprint",
}

FEATURES: dict[str, str] = {
    "water": "lake river reflection water pond bay harbour harbor fjord lagoon canal waterfront",
    "snow": "snow snowy winter alp alps alpine ice icy glacier himalaya himalayas everest fuji "
    "arctic frozen",
    "volcano": "volcano fuji etna",
    "clouds": "cloud cloudy storm stormy rain rainy overcast dramatic",
    "moon": "moon moonlit moonlight crescent",
    "stars": "star starry constellation",
    "milky way": "milkyway galaxy",
    "trees": "pine tree forest wood fir spruce conifer woodland evergreen",
    "birds": "bird gull seagull swallow geese crow",
    "flowers": "flower meadow poppy tulip blossom wildflower daisy bloom",
    "rain": "rain rainy downpour drizzle",
    "fog": "fog foggy mist misty",
    "planet": "planet saturn jupiter ringed world",
    "rings": "ringed ring saturn",
    "islands": "island archipelago isle",
    "beach": "beach sand shore surf seaside tropical",
    "boat": "boat sailboat sail ship yacht sailing",
    "palms": "palm tropical oasis",
    "cacti": "cactus cacti saguaro arizona",
    "mesas": "mesa canyon butte arizona",
    "furrows": "lavender vineyard farm furrow crop",
    "cypresses": "cypress tuscany tuscan",
    "birch": "birch aspen",
    "redwood": "redwood sequoia",
    "sun": "sun sunny sunrise sunset",
}

COLOURS: dict[str, str] = {
    "red": "#d1303a",
    "scarlet": "#d83a2a",
    "crimson": "#b01830",
    "orange": "#f08030",
    "peach": "#f5b48c",
    "coral": "#f07a66",
    "yellow": "#f2c530",
    "gold": "#e0a83a",
    "amber": "#e89a2c",
    "lime": "#a4cc3c",
    "green": "#3c9a5f",
    "emerald": "#1f8f6a",
    "mint": "#8fd8b8",
    "teal": "#1f9a9a",
    "turquoise": "#3ac0b8",
    "cyan": "#38c4dc",
    "azure": "#3a8ee0",
    "blue": "#2f6fd0",
    "navy": "#24407a",
    "indigo": "#3a3a9a",
    "purple": "#7a3fb0",
    "violet": "#8a5fd0",
    "lavender": "#a890d8",
    "lilac": "#b898d8",
    "magenta": "#d040a0",
    "pink": "#f08ab0",
    "rose": "#e0788a",
    "brown": "#8a5a3a",
    "copper": "#b8703c",
    "white": "#f4f4f0",
    "ivory": "#f2ead4",
    "silver": "#b8c0c8",
    "black": "#101014",
}


def vocabulary() -> dict[str, tuple[str, ...]]:
    """Return every word Sketch knows by group, phrases spelt out, for a help panel or the docs."""
    groups = {"scene": SCENES, "light": LIGHTS, "finish": FINISHES, "feature": FEATURES}
    words = {group: _spelt_out(" ".join(table.values())) for group, table in groups.items()}
    return words | {"colour": tuple(sorted(COLOURS))}


def _spelt_out(words: str) -> tuple[str, ...]:
    phrases = {joined: phrase for phrase, joined in PHRASES.items()}
    return tuple(sorted({phrases.get(word, word) for word in words.split()}))
