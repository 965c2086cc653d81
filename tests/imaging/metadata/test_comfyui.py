import json
import time

import pytest

from tests.imaging.metadata import builders as make
from webapp.imaging.metadata import read_recipe


def node(kind, **inputs):
    return {"class_type": kind, "inputs": inputs, "_meta": {"title": kind}}


def plain(**changed):
    graph = {
        "3": node(
            "KSampler",
            seed=156680208700286,
            steps=20,
            cfg=8.0,
            sampler_name="euler",
            scheduler="normal",
            denoise=1.0,
            model=["4", 0],
            positive=["6", 0],
            negative=["7", 0],
            latent_image=["5", 0],
        ),
        "4": node("CheckpointLoaderSimple", ckpt_name="v1-5-pruned.safetensors"),
        "5": node("EmptyLatentImage", width=512, height=768, batch_size=1),
        "6": node("CLIPTextEncode", text="a glass bottle", clip=["4", 1]),
        "7": node("CLIPTextEncode", text="text, watermark", clip=["4", 1]),
        "8": node("VAEDecode", samples=["3", 0], vae=["4", 2]),
        "9": node("SaveImage", images=["8", 0], filename_prefix="ComfyUI"),
    }
    return graph | changed


def recipe_of(graph):
    return read_recipe(make.png_texts(prompt=json.dumps(graph), workflow='{"nodes": []}'))


def prompts(graph):
    recipe = recipe_of(graph)
    assert recipe is not None
    return recipe.prompt, recipe.negative_prompt


def test_a_plain_graph_is_read():
    recipe = recipe_of(plain())
    assert recipe is not None
    assert (recipe.tool, recipe.prompt) == ("ComfyUI", "a glass bottle")
    assert recipe.negative_prompt == "text, watermark"
    assert (recipe.model, recipe.seed) == ("v1-5-pruned.safetensors", 156680208700286)
    assert recipe.parameters == {
        "steps": "20",
        "cfg scale": "8",
        "sampler": "euler",
        "scheduler": "normal",
        "denoise": "1",
        "size": "512x768",
    }


@pytest.mark.parametrize(
    ("prompt_tag", "workflow_tag"), [(make.MODEL, make.MAKE), (make.MAKE, make.DESCRIPTION)]
)
@pytest.mark.parametrize("labels", [("prompt:", "workflow:"), ("Prompt: ", "Workflow: ")])
def test_a_graph_is_read_from_the_tags_of_a_webp(prompt_tag, workflow_tag, labels):
    block = make.tiff(
        {
            prompt_tag: (labels[0] + json.dumps(plain())).encode() + b"\0",
            workflow_tag: labels[1].encode() + b"{}\0",
        }
    )
    recipe = read_recipe(make.webp_with(block))
    assert recipe is not None
    assert (recipe.tool, recipe.prompt) == ("ComfyUI", "a glass bottle")


def test_a_graph_is_read_from_a_comment():
    comment = make.comment(json.dumps({"prompt": plain()}))
    recipe = read_recipe(make.jpeg_with(make.tiff({}, {make.USER_COMMENT: comment})))
    assert recipe is not None
    assert recipe.prompt == "a glass bottle"


def test_links_lead_through_reroutes_and_controls():
    graph = plain(
        **{
            "10": node(
                "ControlNetApplyAdvanced",
                positive=["11", 0],
                negative=["7", 0],
                strength=1.0,
                image=["13", 0],
            ),
            "11": node("Reroute", **{"": ["6", 0]}),
            "6": node("CLIPTextEncode", text=["12", 0], clip=["4", 1]),
            "12": node("PrimitiveStringMultiline", value="from another node"),
            "13": node("SomeImage", text="not a prompt"),
        }
    )
    graph["3"]["inputs"] |= {"positive": ["10", 0], "negative": ["10", 1]}
    assert prompts(graph) == ("from another node", "text, watermark")


def test_texts_that_are_combined_are_all_read():
    graph = plain(
        **{
            "10": node("ConditioningCombine", conditioning_1=["6", 0], conditioning_2=["11", 0]),
            "11": node("CLIPTextEncodeSDXL", text_g="a second one", text_l="a second one"),
        }
    )
    graph["3"]["inputs"]["positive"] = ["10", 0]
    assert prompts(graph)[0] == "a glass bottle, a second one"


def test_what_is_zeroed_out_is_no_prompt():
    graph = plain(**{"7": node("ConditioningZeroOut", conditioning=["6", 0])})
    assert prompts(graph) == ("a glass bottle", "")


def flux(guider):
    return {
        "5": node("EmptySD3LatentImage", width=1024, height=1024),
        "6": node("CLIPTextEncode", text="a cake", clip=["11", 0]),
        "7": node("CLIPTextEncode", text="salt", clip=["11", 0]),
        "12": node("UNETLoader", unet_name="flux1-dev.safetensors"),
        "13": node(
            "SamplerCustomAdvanced",
            noise=["25", 0],
            guider=["22", 0],
            sampler=["16", 0],
            sigmas=["17", 0],
            latent_image=["5", 0],
        ),
        "16": node("KSamplerSelect", sampler_name="euler"),
        "17": node("BasicScheduler", scheduler="simple", steps=20, model=["12", 0]),
        "22": guider,
        "25": node("RandomNoise", noise_seed=219670278747233),
        "26": node("FluxGuidance", guidance=3.5, conditioning=["6", 0]),
        "9": node("SaveImage", images=["13", 0]),
    }


def test_a_sampler_of_parts_is_read():
    recipe = recipe_of(flux(node("BasicGuider", model=["12", 0], conditioning=["26", 0])))
    assert recipe is not None
    assert (recipe.prompt, recipe.negative_prompt) == ("a cake", "")
    assert (recipe.model, recipe.seed) == ("flux1-dev.safetensors", 219670278747233)
    assert recipe.parameters == {
        "steps": "20",
        "sampler": "euler",
        "scheduler": "simple",
        "guidance": "3.5",
        "size": "1024x1024",
    }


def test_a_guider_with_two_sides_is_read():
    guider = node("CFGGuider", model=["12", 0], positive=["26", 0], negative=["7", 0], cfg=4)
    assert prompts(flux(guider)) == ("a cake", "salt")


def test_the_sampler_nearest_to_the_saved_picture_counts():
    graph = plain(
        **{
            "1": node("KSampler", seed=1, positive=["2", 0], negative=["7", 0]),
            "2": node("CLIPTextEncode", text="a side track"),
        }
    )
    assert prompts(graph)[0] == "a glass bottle"


def test_a_seed_may_come_from_a_node_of_its_own():
    graph = plain(**{"10": node("PrimitiveInt", value=77)})
    graph["3"]["inputs"]["seed"] = ["10", 0]
    recipe = recipe_of(graph)
    assert recipe is not None
    assert recipe.seed == 77


def test_a_graph_without_a_sampler_still_has_a_prompt():
    graph = {
        "1": node("FluxProImageNode", prompt="a harbour", seed=5),
        "2": node("SaveImage", images=["1", 0]),
    }
    assert prompts(graph) == ("a harbour", "")


def test_circles_end():
    graph = plain(**{"6": node("Reroute", any=["10", 0]), "10": node("Reroute", any=["6", 0])})
    graph["4"] = node("LoraLoader", model=["4", 0])
    assert prompts(graph) == ("", "text, watermark")


def test_a_huge_graph_takes_no_time():
    graph = {
        str(at): node("SaveImage", text=f"t{at}", any=[str(at + 1), 0], other=[str(at + 2), 0])
        for at in range(9_000)
    }
    started = time.thread_time()
    recipe_of(plain(**graph))
    assert time.thread_time() - started < 2


def test_a_workflow_alone_is_read():
    drawn = {
        "nodes": [
            {"id": 4, "type": "CheckpointLoaderSimple", "widgets_values": ["dream.ckpt"]},
            {"id": 6, "type": "CLIPTextEncode", "widgets_values": ["a mill"], "inputs": []},
            {"id": 7, "type": "CLIPTextEncode", "widgets_values": ["fog"]},
            {
                "id": 3,
                "type": "KSampler",
                "widgets_values": [8, "randomize", 25, 7.5, "euler", "normal", 1],
                "inputs": [
                    {"name": "model", "type": "MODEL", "link": 1},
                    {"name": "positive", "type": "CONDITIONING", "link": 2},
                    {"name": "negative", "type": "CONDITIONING", "link": 3},
                    {"name": "latent_image", "type": "LATENT", "link": None},
                ],
            },
        ],
        "links": [
            *([1, 4, 0, 3, 0, "MODEL"], [2, 6, 0, 3, 1, "CONDITIONING"]),
            *([3, 7, 0, 3, 2, "CONDITIONING"], "odd", [9]),
        ],
    }
    recipe = read_recipe(make.png_texts(workflow=json.dumps(drawn)))
    assert recipe is not None
    assert (recipe.prompt, recipe.negative_prompt) == ("a mill", "fog")
    assert (recipe.model, recipe.seed) == ("dream.ckpt", 8)
    assert recipe.parameters["steps"] == "25"


@pytest.mark.parametrize(
    "graph",
    [
        {"1": 5},
        {"1": {"class_type": "KSampler", "inputs": []}},
        {"1": {"class_type": ["KSampler"], "inputs": {}}},
        {"1": node("KSampler", positive=["nowhere", 0], negative=[[], {}])},
        {"1": node("KSampler", positive=["1", 0], negative="text")},
    ],
)
def test_an_odd_graph_has_no_recipe(graph):
    assert recipe_of(graph) is None
