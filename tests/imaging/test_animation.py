import pytest
from PIL import Image

from tests.imaging.pictures import decoded, encoded, near, noise, pixel
from webapp.errors import InvalidError
from webapp.imaging import animation
from webapp.imaging.formats import FORMATS
from webapp.imaging.frames import count_frames
from webapp.imaging.grammar import parse
from webapp.imaging.limits import inspect, opened
from webapp.imaging.pipeline import Output, render
from webapp.imaging.provenance import AI_GENERATED, label_of, xmp_packet

COLOURS = [(220, 0, 0), (0, 200, 0), (0, 0, 220), (230, 230, 0)]
TIMES = [80, 200, 40, 500]
SOURCES = ["GIF", "WEBP", "PNG"]


def moving(kind="GIF", size=(60, 40), **options):
    frames = [Image.new("RGB", size, colour) for colour in COLOURS]
    options = {"duration": TIMES, "loop": 0, **options}
    if kind == "WEBP":
        options |= {"lossless": True}
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)


def frames_in(data):
    found = []
    with opened(data) as image:
        for place in range(count_frames(image)):
            image.seek(place)
            image.load()
            found.append((image.convert("RGBA"), image.info["duration"]))
    return found


def rendered(data, text="w_30", kind="webp"):
    return render(data, parse(text).operations, Output(kind))


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_frames_and_times_are_kept(source, kind):
    got = rendered(moving(source), "w_30", kind)
    assert (got.width, got.height, got.frames) == (30, 20, 4)
    found = frames_in(got.data)
    assert [time for _, time in found] == TIMES
    for (frame, _), colour in zip(found, COLOURS, strict=True):
        assert frame.size == (30, 20)
        assert near(pixel(frame, (15, 10))[:3], colour, by=12)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("kind", sorted(set(FORMATS) - {"gif", "webp"}))
def test_a_format_that_cannot_move_gets_the_first_frame(source, kind):
    got = rendered(moving(source), "w_30", kind)
    assert got.frames == 1
    assert near(pixel(decoded(got.data).convert("RGB"), (9, 9)), COLOURS[0], by=12)


@pytest.mark.parametrize(
    ("source", "loop", "kind", "expected"),
    [
        ("GIF", {"loop": 0}, "webp", 0),
        ("GIF", {"loop": 0}, "gif", 0),
        ("GIF", {"loop": 2}, "gif", 2),
        ("GIF", {"loop": 2}, "webp", 3),
        ("GIF", {"loop": None}, "webp", 1),
        ("GIF", {"loop": None}, "gif", None),
        ("WEBP", {"loop": 0}, "gif", 0),
        ("WEBP", {"loop": 1}, "gif", None),
        ("WEBP", {"loop": 3}, "gif", 2),
        ("PNG", {"loop": 3}, "webp", 3),
    ],
)
def test_it_plays_as_often_as_before(source, loop, kind, expected):
    got = decoded(rendered(moving(source, **loop), "w_30", kind).data)
    assert got.info.get("loop") == expected


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_what_a_frame_leaves_transparent_shows_nothing_of_the_one_before(source, kind):
    frames = []
    for left in (0, 20, 40):
        frame = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
        frame.paste((200, 0, 0, 255), (left, 0, left + 20, 40))
        frame.paste((0, 0, 0, 0), (left + 2, 2, left + 4, 4))  # or libwebp takes it for opaque
        frames.append(frame)
    options = {"disposal": 2} if source == "GIF" else {"lossless": True} if source == "WEBP" else {}
    data = encoded(frames[0], source, save_all=True, append_images=frames[1:], **options)
    got = frames_in(rendered(data, "w_30", kind).data)
    for place, (frame, _) in enumerate(got):
        seen = [pixel(frame, (x, 10))[3] > 128 for x in (5, 15, 25)]
        assert seen == [place == 0, place == 1, place == 2]


def test_a_webp_says_that_it_is_transparent_where_only_its_edges_are():
    frames = [Image.new("RGBA", (60, 40)) for _ in range(2)]
    for place, frame in enumerate(frames):
        frame.paste((200, 0, 0, 255), (20 * place, 0, 20 * place + 20, 40))
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], disposal=2)
    got = rendered(data, "flop").data
    assert decoded(got).mode == "RGBA"
    assert [pixel(frame, (30, 9))[3] for frame, _ in frames_in(got)] == [0, 255]


def test_every_frame_goes_through_every_step():
    got = frames_in(rendered(moving(), "crop_0_0_30_30,w_20,rot_90,gray,b_ffffff").data)
    for frame, _ in got:
        assert frame.size == (20, 20)
        red, green, blue, _ = pixel(frame, (9, 9))
        assert max(red, green, blue) - min(red, green, blue) < 8


def test_the_smart_crop_stands_still():
    frames = [Image.new("RGB", (200, 40), (90, 90, 90)) for _ in range(3)]
    for place, frame in enumerate(frames):
        frame.paste((220, 0, 0), (10 + 80 * place, 10, 20 + 80 * place, 20))
        frame.paste((90, 90, 90 + 20 * place), (0, 30, 200, 40))
    data = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    got = frames_in(rendered(data, "w_40,h_40,fit_cover,g_smart").data)
    reds = [frame.convert("RGB").getchannel("R").getextrema()[1] > 150 for frame, _ in got]
    assert reds == [True, False, False]


@pytest.mark.parametrize("limit", ["MOST_FRAMES", "MOST_READ", "MOST_WRITTEN"])
def test_above_the_limits_the_first_frame_is_taken(monkeypatch, limit):
    monkeypatch.setattr(animation, limit, 3)
    got = rendered(moving(), "w_30")
    assert (got.frames, got.width) == (1, 30)


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_the_label_stays_and_nothing_else(kind):
    label = xmp_packet(AI_GENERATED)
    data = moving("WEBP", xmp=label.replace(b"<rdf:Description ", b'<rdf:Description a="SECRET" '))
    got = rendered(data, "w_30", kind).data
    assert b"SECRET" not in got
    with opened(got) as image:
        assert label_of(image) == label
    assert len(frames_in(got)) == 4


def test_a_labelled_gif_is_sound():
    label = xmp_packet(AI_GENERATED)
    for image in (noise(20, 10), noise(20, 10, "L"), Image.new("RGBA", (9, 9))):
        data = FORMATS["gif"].encode(image, xmp=label)
        assert inspect(data).frames == 1
        assert decoded(data).convert("RGB").size == image.size


def test_a_picture_beside_the_animation_is_no_frame():
    frames = [Image.new("RGB", (20, 20), colour) for colour in COLOURS]
    data = encoded(
        frames[0], "PNG", save_all=True, append_images=frames[1:], default_image=True, duration=100
    )
    got = rendered(data, "w_10")
    assert got.frames == 3
    assert near(pixel(frames_in(got.data)[0][0], (5, 5))[:3], COLOURS[1], by=12)


def test_a_frame_without_a_time_gets_one():
    data = moving("GIF", duration=[0, 100, 0, 50])
    assert [time for _, time in frames_in(rendered(data).data)] == [100, 100, 100, 50]


def test_a_damaged_frame_is_refused():
    noisy = [noise(64, 48, seed=seed) for seed in range(4)]
    for kind in ("GIF", "WEBP"):
        data = encoded(noisy[0], kind, save_all=True, append_images=noisy[1:])
        with pytest.raises(InvalidError):
            rendered(data[: len(data) * 2 // 3])
