"""Tiny given segmenters in the published layout, with weights by hand whose answer is known."""

import json
from collections import OrderedDict

import numpy as np
import torch

from collimate.ml.prompts.given.recipe import recipe_of
from collimate.ml.prompts.given.segmenter import GivenSegmenter
from collimate.ml.prompts.given.unet import Network

IMAGE, PREVIOUS, OUTLINE, POINT, SCRIBBLE = 0, 1, 2, 4, 6
"""Where the network reads the image, the mask before, and positive prompts."""
DATASET = {"channel_names": {"0": "image"}, "labels": {"background": 0, "object": 1}}
SESSION = {"inference_class": "nnInteractiveInferenceSession", "point_radius": 4,
           "preferred_scribble_thickness": 2}  # fmt: skip
NAME = "3d_fullres_ps192_bs24"


def plans(patch=16):
    kernels = [[3, 3, 3]] * 2
    package = "dynamic_network_architectures.architectures.unet"
    net = {
        "network_class_name": f"{package}.ResidualEncoderUNet",
        "arch_kwargs": {
            "n_stages": 2, "features_per_stage": [2, 3], "kernel_sizes": kernels,
            "conv_op": "torch.nn.modules.conv.Conv3d", "strides": [[1, 1, 1], [2, 2, 2]],
            "n_blocks_per_stage": [1, 2], "n_conv_per_stage_decoder": [1], "conv_bias": True,
            "norm_op": "torch.nn.modules.instancenorm.InstanceNorm3d",
            "norm_op_kwargs": {"eps": 1e-5, "affine": True}, "dropout_op": None,
            "dropout_op_kwargs": None, "nonlin": "torch.nn.LeakyReLU",
            "nonlin_kwargs": {"inplace": True},
        },
    }  # fmt: skip
    base = {"patch_size": [patch] * 3, "batch_size": 2, "architecture": net}
    other = {**base, "patch_size": [2 * patch] * 3}
    child = {"inherits_from": "3d_fullres_ps192", "batch_size": 24}
    return {"configurations": {"3d_fullres": other, "3d_fullres_ps192": base, NAME: child}}


def recipe(patch=16):
    return recipe_of(plans(patch), DATASET, SESSION, NAME)


def copying(channel, patch=16):
    """A network that finds what is above the mean of one channel of what it is shown."""
    network = Network(recipe(patch))
    state = {name: torch.zeros_like(value) for name, value in network.state_dict().items()}
    for name, value in state.items():
        if name.endswith("norm.weight"):
            value.fill_(1)
    state["encoder.stem.convs.0.conv.weight"][0, channel, 1, 1, 1] = 1
    state["decoder.stages.0.convs.0.conv.weight"][0, 2, 1, 1, 1] = 1
    state["decoder.seg_layers.0.weight"][1, 0] = 1
    network.load_state_dict(state)
    return network


def given(channel, seen=None):
    return GivenSegmenter(
        copying(channel), recipe(), "0123456789ab", device=torch.device("cpu"), patch=seen
    )


def checkpoint(state):
    """The top level of a published checkpoint, whose diary holds numbers of numpy."""
    twice = OrderedDict(state)
    for name, value in state.items():
        if name.startswith("encoder."):
            twice[f"decoder.{name}"] = value
        twice[name.replace(".conv.", ".all_modules.0.")] = value
    return {
        "network_weights": twice,
        "grad_scaler_state": None,
        "logging": {"ema_fg_dice": [np.float64(0.5)], "lrs": np.arange(3.0), "epochs": [1]},
        "_best_ema": np.float32(0.7),
        "current_epoch": 2000,
        "init_args": {"configuration": NAME, "fold": 0, "device": torch.device("cpu")},
        "trainer_name": "nnInteractiveTrainer_stub",
        "inference_allowed_mirroring_axes": None,
    }


def publish(folder, said, patch=16):
    """Write what a folder as published holds; `said` is the checkpoint."""
    (folder / "fold_0").mkdir(parents=True)
    for name, content in (
        ("plans", plans(patch)), ("dataset", DATASET), ("inference_session_class", SESSION)
    ):  # fmt: skip
        (folder / f"{name}.json").write_text(json.dumps(content))
    torch.save(said, folder / "fold_0" / "checkpoint_final.pth")
    return folder
