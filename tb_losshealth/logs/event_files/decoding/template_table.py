"""All templates of one layout, matched against many records at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tb_losshealth.health.curves.series import Floats, Steps
from tb_losshealth.logs.event_files.decoding.checksum import UInt32s, contribution, crc32c, mask_many
from tb_losshealth.logs.event_files.decoding.template import Layout, Template
from tb_losshealth.logs.event_files.decoding.window import Bodies

_WORD = 8
Words = NDArray[np.uint64]


class TemplateTable:
    """Templates that share a layout, hence the mask of fixed bits, and differ in the fixed bits themselves."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.templates: list[Template] = []
        mask = np.frombuffer(layout.mask().ljust(-(-layout.length // _WORD) * _WORD, b"\0"), dtype="<u8")
        self._words = np.flatnonzero(mask)
        self._mask: Words = mask[self._words]
        # Odd random multipliers turn the fixed words of a record into one key to find its template by.
        self._multipliers: Words = np.random.default_rng(len(mask)).integers(
            1, 2**63, len(self._words), dtype=np.uint64
        ) | np.uint64(1)
        self._fixed: Words = np.empty((0, len(self._words)), dtype=np.uint64)
        self._keys: Words = np.empty(0, dtype=np.uint64)
        self._ids: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._zero_crcs: UInt32s | None = None

    def add(self, templates: list[Template]) -> None:
        """Adds templates of this layout."""
        self.templates += templates
        size = (int(self._words[-1]) + 1) * _WORD
        rows = [
            np.frombuffer(template.fixed.ljust(size, b"\0")[:size], dtype="<u8")[self._words] for template in templates
        ]
        self._fixed = np.concatenate([self._fixed, np.array(rows)])
        keys = (self._fixed * self._multipliers).sum(axis=1, dtype=np.uint64)
        self._ids = np.argsort(keys)
        self._keys = keys[self._ids]
        self._zero_crcs = None

    def match(self, bodies: Bodies) -> NDArray[np.int64]:
        """The index of the template of each record whose body starts at `bodies`, -1 for none."""
        words = [
            bodies.column("<u8", _WORD * word) & mask
            for word, mask in zip(self._words.tolist(), self._mask, strict=True)
        ]
        if len(self.templates) == 1:
            ids: NDArray[np.int64] = np.zeros(len(bodies), dtype=np.int64)
        else:
            keys = words[0] * self._multipliers[0]
            for word, multiplier in zip(words[1:], self._multipliers[1:], strict=True):
                keys += word * multiplier
            ids = self._ids[np.searchsorted(self._keys[:-1], keys)]
        agrees = np.ones(len(bodies), dtype=bool)
        for column, word in enumerate(words):
            fixed = self._fixed[:, column]
            agrees &= word == (fixed[0] if len(fixed) == 1 else fixed[ids])
        if not agrees.all():
            ids[~agrees] = -1
        return ids

    def steps(self, bodies: Bodies) -> Steps:
        """The steps of records that match."""
        if self.layout.step < 0:
            return np.zeros(len(bodies), dtype=np.int64)
        varint = bodies.column("<u8", self.layout.step)
        steps: Words = varint & np.uint64(0x7F)
        for byte in range(1, self.layout.step_bytes):
            steps |= (varint >> np.uint64(byte)) & np.uint64(0x7F << 7 * byte)
        return steps.view(np.int64)

    def wall_times(self, bodies: Bodies) -> Floats:
        """The wall times of records that match."""
        if self.layout.wall_time < 0:
            return np.zeros(len(bodies))
        return bodies.column("<f8", self.layout.wall_time).astype(np.float64)

    def values(self, bodies: Bodies, index: int) -> Floats:
        """The value with this index of each of the records, which match."""
        offset, kind = self.layout.values[index]
        with np.errstate(invalid="ignore"):  # signalling NaN
            return bodies.column("<f4" if kind == "f" else "<f8", offset).astype(np.float64)

    def checksums_agree(self, bodies: Bodies, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the stored checksum is that of the body, for records that match these templates."""
        layout = self.layout
        variable = np.flatnonzero(np.frombuffer(layout.mask(), dtype=np.uint8) != 0xFF)
        if self._zero_crcs is None:
            fixed = np.array([np.frombuffer(template.fixed, dtype=np.uint8) for template in self.templates])
            fixed[:, variable] = 0
            self._zero_crcs = np.array([crc32c(row.tobytes()) for row in fixed], dtype=np.uint32)
        crcs = self._zero_crcs[ids]
        for offset in variable.tolist():
            crcs ^= contribution(layout.length - 1 - offset)[bodies.column("u1", offset)]
        agrees: NDArray[np.bool_] = mask_many(crcs) == bodies.column("<u4", layout.length)
        return agrees
