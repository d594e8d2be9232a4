"""A file of weights is told apart by its header alone, and what is wrong is said in words."""

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from collimate.ml.encoder import Network, save_encoder
from collimate.ml.weights import COLLIMATE, UnreadableWeights, check_weights, collimate_tensors
from tests.learning.weights import own_weights


def test_the_table_of_tensors_is_that_of_the_network(tmp_path: Path) -> None:
    stated = {name: tuple(value.shape) for name, value in Network().state_dict().items()}
    assert {name: shape for name, (_, shape) in collimate_tensors().items()} == stated
    save_encoder(Network(), tmp_path / "own", recipe={"any": 1})
    assert check_weights(tmp_path / "own") == COLLIMATE


def refusal(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(content)
    with pytest.raises(UnreadableWeights) as caught:
        check_weights(path)
    return str(caught.value)


def test_a_pickle_with_another_name_is_called_a_pickle(tmp_path: Path) -> None:
    torch.save(Network().state_dict(), tmp_path / "zip.pt")
    assert "pickle" in refusal(tmp_path, (tmp_path / "zip.pt").read_bytes())
    for protocol in (2, 4, 5):
        assert "pickle" in refusal(tmp_path, pickle.dumps({"a": 1}, protocol=protocol))


def test_another_network_is_described(tmp_path: Path) -> None:
    save_file({"conv1.weight": torch.zeros(64, 3, 7, 7)}, tmp_path / "resnet")
    text = refusal(tmp_path, (tmp_path / "resnet").read_bytes())
    assert "tensors of a resnet18 are missing, such as “bn1.weight”" in text
    save_file({"patch_embed.weight": torch.zeros(8, 3, 16, 16)}, tmp_path / "vit")
    text = refusal(tmp_path, (tmp_path / "vit").read_bytes())
    assert "ResNet-18 and ResNet-34" in text
    save_file({"space": torch.zeros(8), "head": torch.zeros(8)}, tmp_path / "model")
    assert "the model of a project" in refusal(tmp_path, (tmp_path / "model").read_bytes())
    wide = own_weights(stem__weight=np.zeros((24, 3, 5, 5), np.float32))
    assert "1 tensors do not fit, such as “stem.weight” (F32, 24×3×5×5)" in refusal(tmp_path, wide)


@pytest.mark.parametrize("content", [b"", b"\x00" * 7, b"\xff" * 4096, own_weights()[:-4]])
def test_a_file_cut_short_or_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "safetensors" in refusal(tmp_path, content)


@settings(max_examples=100, deadline=None)
@given(header=st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["a", "dtype", "shape", "data_offsets", "F32"]), inner),
    max_leaves=12,
), tail=st.binary(max_size=16))  # fmt: skip
def test_no_header_is_trusted(tmp_path_factory, header: object, tail: bytes) -> None:
    text = json.dumps(header).encode()
    content = len(text).to_bytes(8, "little") + text + tail
    assert refusal(tmp_path_factory.mktemp("w"), content)
