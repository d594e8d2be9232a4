"""A bounded memory of this process: what was used last stays."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def _one(_value: object) -> int:
    return 1


class Recent(Generic[Key, Value]):
    """The least recently used leaves when the costs add up to more than `most`; thread-safe."""

    def __init__(self, most: int, cost: Callable[[Value], int] = _one) -> None:
        self.most, self.cost = most, cost
        self.total = 0
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Value | None:
        """The value, which counts as used now."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def put(self, key: Key, value: Value) -> None:
        """Remember a value; one that is dearer than everything allowed is not kept."""
        cost = self.cost(value)
        with self._lock:
            self._drop(key)
            if cost > self.most:
                return
            self._values[key] = value
            self.total += cost
            while self.total > self.most:
                self._drop(next(iter(self._values)))

    def _drop(self, key: Key) -> None:
        value = self._values.pop(key, None)
        if value is not None:
            self.total -= self.cost(value)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
            self.total = 0
