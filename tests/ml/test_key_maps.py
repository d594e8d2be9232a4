"""Weights of other libraries are recognised by names and shapes, and give the same maps."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from collimate.ml.encoder import embed, load_encoder, randomised, stage_maps
from collimate.ml.key_maps import NotMapped, Tensors, mapped, resnet_tensors
from collimate.ml.resnet import MEAN, SPREAD, ResNet
from collimate.ml.weights import check_weights


def header(architecture: str = "resnet18", channels: int = 3, prefix: str = "") -> Tensors:
    return {
        prefix + name: ("F32", shape)
        for name, shape in resnet_tensors(architecture, channels).items()
    }


@pytest.mark.parametrize("prefix", ["", "module.", "model.encoder."])
@pytest.mark.parametrize(("architecture", "channels"), [("resnet18", 3), ("resnet34", 1)])
def test_names_lead_to_ours_whatever_stands_before_them(
    prefix: str, architecture: str, channels: int
) -> None:
    aside = {"fc.weight": ("F32", (14, 512)), "fc.bias": ("F32", (14,))}
    steps = {"bn1.num_batches_tracked": ("I64", ())}
    more = {prefix + name: kind for name, kind in {**aside, **steps}.items()}
    found = mapped({**header(architecture, channels, prefix), **more, "head.weight": ("F32", (2,))})
    assert (found.architecture, found.channels) == (architecture, channels)
    assert found.names["layer4.1.bn2.bias"] == f"{prefix}layer4.1.bn2.bias"
    assert found.names.keys() == resnet_tensors(architecture, channels).keys()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"conv1.weight": ("F32", (64, 1, 7, 7, 7))}, "three dimensions"),
        ({"layer1.0.conv3.weight": ("F32", (256, 64, 1, 1))}, "more"),
        ({"layer3.0.conv1.weight": ("F32", (256, 128, 1, 1))}, "instead of 256×128×3×3"),
        ({"bn1.bias": ("I64", (64,))}, "I64"),
        ({"conv1.weight": ("F32", (32, 3, 3, 3))}, "None of the encoders"),
    ],
)
def test_networks_that_only_look_like_one_are_refused_in_words(change: Tensors, word: str) -> None:
    with pytest.raises(NotMapped, match=word):
        mapped({**header(), **change})


def test_given_weights_give_the_maps_of_the_network_they_are_of(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = ResNet("resnet18", 3).eval()
    state = {f"module.{name}": value.half() for name, value in network.state_dict().items()
             if value.is_floating_point()}  # fmt: skip
    state["module.fc.weight"] = torch.zeros(5, 512)
    path = tmp_path / "given.safetensors"
    save_file(state, path)
    assert check_weights(path) == "resnet18"
    encoder = load_encoder(path)
    images = np.random.default_rng(0).integers(0, 256, (1, 224, 224), dtype=np.uint8)
    grey = torch.from_numpy(images)[:, None].float() / 255
    colour = (grey.repeat(1, 3, 1, 1) - torch.tensor(MEAN).view(1, 3, 1, 1)) / torch.tensor(
        SPREAD
    ).view(1, 3, 1, 1)
    with torch.inference_mode():
        wanted = network(colour).numpy()
    maps = stage_maps(encoder, images)
    assert maps.shape == (1, 512, 7, 7)
    assert np.abs(maps - wanted).max() < 0.02 * np.abs(wanted).max()
    assert np.allclose(embed(encoder, images), maps.mean(axis=(2, 3)), atol=1e-5)
    with pytest.raises(ValueError, match="224"):
        embed(encoder, images[:, :96, :96])
    other = stage_maps(randomised(encoder, seed=3), images)
    assert abs(np.corrcoef(other.ravel(), maps.ravel())[0, 1]) < 0.9
