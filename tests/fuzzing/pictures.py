"""Files under fuzz that should be pictures of a code: images of every format that is read, and a PDF."""

import io

import zxingcpp
from PIL import Image

from fuzzing.mutators import mutate_bytes
from fuzzing.playing import Target, must
from fuzzing.texts import QR_TEXTS
from ordonum.model.number import EpuId
from ordonum.wire import scan
from ordonum.wire.qr import NotOurCode


def _files() -> list[bytes]:
    """One code as small files of each format."""
    code = zxingcpp.create_barcode(QR_TEXTS[0], zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_image(scale=3)
    page = Image.fromarray(code)
    made = []
    for form in (*scan.FORMATS, "PDF"):
        saved = io.BytesIO()
        page.convert("P" if form == "GIF" else "RGB").save(saved, form)
        made.append(saved.getvalue())
    return made


def _scanned(raw: bytes) -> bool:
    try:
        number = scan.find_number(raw)
    except NotOurCode as told:
        must(bool(told.seen), "nothing is said of what was seen")
        return False
    return EpuId(number) == number


def pictures() -> Target:
    """The target, whose samples are drawn first."""
    files = _files()
    return Target("pictures", lambda chance: mutate_bytes(chance, files), _scanned)
