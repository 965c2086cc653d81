import pytest

from tests.imaging.metadata import builders as make
from webapp.imaging.metadata import read_recipe

A1111 = (
    "a lighthouse, (storm:1.2)\nwaves\n"
    "Negative prompt: blurry\nugly\n"
    "Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 4294967295, Size: 512x768, "
    'Model hash: 6ce0161689, Model: v1-5, Lora hashes: "one: ab, two: cd", Version: v1.9.4'
)
SWARM = {
    "sui_image_params": {
        "prompt": "a photo of a cat",
        "negativeprompt": "dog",
        "model": "OfficialStableDiffusion/sd_xl_base_1.0",
        "seed": "1",
        "steps": 20,
        "cfgscale": 7.0,
        "width": 1024,
        "height": 768,
        "automaticvae": True,
        "swarm_version": "0.9.3.1",
    },
    "sui_extra_data": {"date": "2024-11-13"},
}
FOOOCUS = {
    "prompt": "a fox",
    "negative_prompt": "rain",
    "full_prompt": ["a fox", "cinematic"],
    "base_model": "juggernautXL_v8",
    "seed": "8713469",
    "steps": 30,
    "guidance_scale": 4,
    "resolution": "(1152, 896)",
    "sampler": "dpmpp_2m_sde_gpu",
    "loras": [["sd_xl_offset", 0.1, "4852686128"]],
    "version": "Fooocus v2.5.5",
}
NOVEL = {
    "prompt": "1girl",
    "uc": "lowres",
    "steps": 28,
    "scale": 5.5,
    "seed": 3110,
    "sampler": "k_euler_ancestral",
    "width": 832,
    "height": 1216,
    "v4_prompt": {
        "caption": {"base_caption": "a street", "char_captions": [{"char_caption": "a girl"}]}
    },
    "v4_negative_prompt": {"caption": {"base_caption": "lowres", "char_captions": []}},
}


def exif_comment(value, **options):
    return make.tiff({}, {make.USER_COMMENT: make.comment(value, **options)})


@pytest.mark.parametrize("write", [make.text, make.packed_text, make.long_text])
def test_a_prompt_of_a1111_is_read_from_any_kind_of_text(write):
    recipe = read_recipe(make.png_with(write("parameters", A1111)))
    assert recipe is not None
    assert recipe.tool == "AUTOMATIC1111"
    assert recipe.prompt == "a lighthouse, (storm:1.2)\nwaves"
    assert recipe.negative_prompt == "blurry\nugly"
    assert (recipe.model, recipe.seed) == ("v1-5", 4294967295)
    assert recipe.parameters == {
        "steps": "20",
        "sampler": "DPM++ 2M Karras",
        "cfg scale": "7",
        "size": "512x768",
        "model hash": "6ce0161689",
        "lora hashes": "one: ab, two: cd",
    }


def test_a_packed_international_text_is_read():
    recipe = read_recipe(
        make.png_with(make.long_text("parameters", "猫 🐈\n" + A1111, packed=True))
    )
    assert recipe is not None
    assert recipe.prompt.startswith("猫 🐈\na lighthouse")


@pytest.mark.parametrize("hold", [make.jpeg_with, make.webp_with])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-16-be", b"UNICODE\0"),
        ("utf-16-le", b"UNICODE\0"),
        ("utf-16", b"UNICODE\0"),
        ("utf-8", b"UNICODE\0"),
        ("utf-8", b"ASCII\0\0\0"),
        ("utf-8", bytes(8)),
        ("utf-8", b""),
    ],
)
def test_a_comment_is_read_in_whatever_order_its_bytes_are(hold, order, encoding, mark):
    value = make.comment("Zürich 🏔\n" + A1111, encoding=encoding, mark=mark)
    recipe = read_recipe(hold(make.tiff({}, {make.USER_COMMENT: value}, order)))
    assert recipe is not None
    assert recipe.prompt.startswith("Zürich 🏔\na lighthouse")
    assert recipe.seed == 4294967295


def test_exif_behind_its_prefix_is_read_from_a_webp_too():
    recipe = read_recipe(make.webp_with(b"Exif\0\0" + exif_comment(A1111)))
    assert recipe is not None
    assert recipe.model == "v1-5"


def test_exif_of_a_png_is_read():
    assert read_recipe(make.png_with(make.chunk(b"eXIf", exif_comment(A1111))))
    profile = b"Exif\0\0" + exif_comment(A1111)
    digits = f"\nexif\n{len(profile):8}\n{profile.hex()}\n"
    assert read_recipe(make.png_with(make.packed_text("Raw profile type exif", digits)))


def test_lines_behind_the_settings_are_not_taken_for_them():
    recipe = read_recipe(make.png_texts(parameters=A1111 + "\nTemplate: a {lighthouse|mill}"))
    assert recipe is not None
    assert recipe.parameters["steps"] == "20"


def test_a_caption_of_a_camera_is_no_recipe():
    caption = make.tiff({}, {make.USER_COMMENT: make.comment("Grandma: at the beach")})
    assert read_recipe(make.jpeg_with(caption)) is None


@pytest.mark.parametrize(("version", "tool"), [("ComfyUI", "ComfyUI"), ("f2.0.1", "AUTOMATIC1111")])
def test_who_writes_the_text_of_a1111_is_told_by_the_version(version, tool):
    recipe = read_recipe(make.png_texts(parameters=f"a\nSteps: 1, Seed: 2, Version: {version}"))
    assert recipe is not None
    assert recipe.tool == tool


@pytest.mark.parametrize(
    "data",
    [
        make.png_texts(parameters=make.as_json(SWARM)),
        make.jpeg_with(exif_comment(make.as_json(SWARM), encoding="utf-16-le")),
        make.webp_with(exif_comment(make.as_json(SWARM))),
    ],
    ids=["png", "jpeg", "webp"],
)
def test_a_picture_of_swarmui_is_read(data):
    recipe = read_recipe(data)
    assert recipe is not None
    assert (recipe.tool, recipe.prompt, recipe.negative_prompt) == (
        *("SwarmUI", "a photo of a cat"),
        "dog",
    )
    assert (recipe.model, recipe.seed) == ("OfficialStableDiffusion/sd_xl_base_1.0", 1)
    assert recipe.parameters == {
        "steps": "20",
        "cfg scale": "7",
        "size": "1024x768",
        "automaticvae": "true",
    }


def fooocus_exif(scheme, value):
    # As Pillow writes what Fooocus gives it: all in the first directory, as plain text.
    tags = {make.SOFTWARE: b"Fooocus v2.5.5\0", make.MAKER_NOTE: scheme + b"\0"}
    return make.tiff({**tags, make.USER_COMMENT: value.encode() + b"\0"}, order=">")


@pytest.mark.parametrize(
    "data",
    [
        make.png_texts(parameters=make.as_json(FOOOCUS), fooocus_scheme="fooocus"),
        make.jpeg_with(fooocus_exif(b"fooocus", make.as_json(FOOOCUS))),
        make.webp_with(fooocus_exif(b"fooocus", make.as_json(FOOOCUS))),
    ],
    ids=["png", "jpeg", "webp"],
)
def test_a_picture_of_fooocus_is_read(data):
    recipe = read_recipe(data)
    assert recipe is not None
    assert (recipe.tool, recipe.prompt, recipe.negative_prompt) == ("Fooocus", "a fox", "rain")
    assert (recipe.model, recipe.seed) == ("juggernautXL_v8", 8713469)
    assert recipe.parameters["size"] == "1152x896"
    assert recipe.parameters["cfg scale"] == "4"


FOOOCUS_TEXT = (
    "cinematic still a fox\nNegative prompt: anime, rain\n"
    "Steps: 30, Sampler: DPM++ 2M SDE, Seed: 7, Size: 1152x896, Model: juggernaut, "
    'Raw prompt: "a fox, \\"running\\"", Raw negative prompt: rain, Version: Fooocus v2.5.5'
)


@pytest.mark.parametrize(
    "data",
    [
        make.png_texts(parameters=FOOOCUS_TEXT, fooocus_scheme="a1111"),
        make.jpeg_with(fooocus_exif(b"a1111", FOOOCUS_TEXT)),
    ],
    ids=["png", "jpeg"],
)
def test_what_was_typed_into_fooocus_goes_before_its_styles(data):
    recipe = read_recipe(data)
    assert recipe is not None
    assert (recipe.tool, recipe.prompt, recipe.seed) == ("Fooocus", 'a fox, "running"', 7)
    assert recipe.negative_prompt == "rain"


def test_a_picture_of_invokeai_is_read():
    told = {
        "positive_prompt": "a barn",
        "negative_prompt": "cows",
        "model": {"key": "ab", "name": "Juggernaut XL v9", "base": "sdxl"},
        "seed": 42,
        "steps": 30,
        "cfg_scale": 7.5,
        "scheduler": "euler",
        "width": 1024,
        "height": 1024,
    }
    recipe = read_recipe(make.png_texts(invokeai_metadata=make.as_json(told)))
    assert recipe is not None
    assert (recipe.tool, recipe.prompt, recipe.negative_prompt) == ("InvokeAI", "a barn", "cows")
    assert (recipe.model, recipe.seed) == ("Juggernaut XL v9", 42)
    assert recipe.parameters == {
        "steps": "30",
        "cfg scale": "7.5",
        "scheduler": "euler",
        "size": "1024x1024",
    }


@pytest.mark.parametrize("prompt", ["a barn [cows]", [{"prompt": "a barn [cows]", "weight": 1}]])
def test_an_older_picture_of_invokeai_is_read(prompt):
    image = {"prompt": prompt, "seed": 3, "steps": 50, "cfg_scale": 7.5, "sampler": "k_lms"}
    told = {"model_weights": "stable-diffusion-1.5", "image": image}
    recipe = read_recipe(make.png_texts(sd__metadata=make.as_json(told)))
    assert recipe is not None
    assert (recipe.prompt, recipe.negative_prompt) == ("a barn", "cows")
    assert (recipe.model, recipe.seed) == ("stable-diffusion-1.5", 3)


def test_the_oldest_picture_of_invokeai_is_read():
    command = '"a \\"red\\" barn" -s 50 -S 1234 -W512 -H640 -C7.5 -A k_lms'
    recipe = read_recipe(make.png_texts(Dream=command))
    assert recipe is not None
    assert (recipe.tool, recipe.prompt, recipe.seed) == ("InvokeAI", 'a "red" barn', 1234)
    assert recipe.parameters == {
        "steps": "50",
        "cfg scale": "7.5",
        "sampler": "k_lms",
        "size": "512x640",
    }


NOVEL_TEXTS = {
    "Title": "NovelAI generated image",
    "Description": "1girl",
    "Software": "NovelAI",
    "Source": "NovelAI Diffusion V4.5 4BDE2A90",
    "Comment": make.as_json(NOVEL),
}


@pytest.mark.parametrize(
    "data",
    [make.png_texts(**NOVEL_TEXTS), make.webp_with(exif_comment(make.as_json(NOVEL_TEXTS)))],
    ids=["png", "webp"],
)
def test_a_picture_of_novelai_is_read_with_its_characters(data):
    recipe = read_recipe(data)
    assert recipe is not None
    assert (recipe.tool, recipe.prompt) == ("NovelAI", "a street\na girl")
    assert (recipe.negative_prompt, recipe.seed) == ("lowres", 3110)
    assert recipe.model == "NovelAI Diffusion V4.5 4BDE2A90"
    assert recipe.parameters["size"] == "832x1216"


def test_an_older_picture_of_novelai_is_read():
    told = {"steps": 28, "seed": 9, "uc": "lowres", "scale": 11}
    data = make.png_texts(Software="NovelAI", Description="a pond", Comment=make.as_json(told))
    recipe = read_recipe(data)
    assert recipe is not None
    assert (recipe.prompt, recipe.negative_prompt, recipe.seed) == ("a pond", "lowres", 9)


@pytest.mark.parametrize("data", [make.png(), make.jpeg(), make.webp(), b"", b"GIF89a", b"RIFF"])
def test_a_picture_without_a_recipe_has_none(data):
    assert read_recipe(data) is None


@pytest.mark.parametrize("seed", [-1, 2**63, "-1", "9" * 30, 1.5, True, None, "abc", [1]])
def test_a_seed_out_of_bounds_is_none(seed):
    told = {"positive_prompt": "a", "seed": seed}
    recipe = read_recipe(make.png_texts(invokeai_metadata=make.as_json(told)))
    assert recipe is not None
    assert recipe.seed is None


def test_the_largest_seed_is_kept():
    told = {"positive_prompt": "a", "seed": 2**63 - 1}
    recipe = read_recipe(make.png_texts(invokeai_metadata=make.as_json(told)))
    assert recipe is not None
    assert recipe.seed == 2**63 - 1


def test_what_is_read_is_cleaned_and_bounded():
    told = {"positive_prompt": "a\0\x1b[31m\r\nb\ud800" + "c" * 20_000, "x\ny": "z" * 900}
    told |= {f"p{number}": str(number) for number in range(100)}
    recipe = read_recipe(make.png_texts(invokeai_metadata=make.as_json(told)))
    assert recipe is not None
    assert recipe.prompt.startswith("a[31m\nbccc")
    assert len(recipe.prompt) == 10_000
    assert len(recipe.parameters) == 40
    assert len(recipe.parameters["x\ny"]) == 500
