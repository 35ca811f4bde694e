"""Pictures in which a code is looked for: the pages of a PDF, or an image file, from their bytes."""

import io
import struct
import warnings
import zlib
from collections.abc import Iterator

import pypdfium2
from PIL import Image, ImageSequence, UnidentifiedImageError

from ordonum.model.number import EpuId
from ordonum.wire import picture, qr
from ordonum.wire.qr import NotOurCode, SignedQr

DPI = 300
PAGES_MAX = 10
PIXELS_MAX = 60_000_000
FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")
# What Pillow raises on damaged files, beside its own errors: met by damaging files by chance
_DAMAGED = (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError, MemoryError)
_DAMAGED_TOO = (struct.error, zlib.error, UnidentifiedImageError, Image.DecompressionBombError)


def find_code(raw: bytes) -> SignedQr:
    """The code of an ordonnance numérique in a PDF or an image. Raises NotOurCode, saying what was seen."""
    return qr.only_one(_texts(raw))


def find_number(raw: bytes) -> EpuId:
    """The number in a PDF or an image: of our code, or alone in a code. Raises NotOurCode, saying what was seen."""
    return qr.only_number(_texts(raw))


def pages(raw: bytes, dpi: int = DPI) -> Iterator[Image.Image]:
    """The pages of a PDF as pictures in grey. Raises NotOurCode when it is none."""
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError:
        raise NotOurCode("un fichier PDF illisible") from None
    try:
        for number in range(min(len(document), PAGES_MAX)):
            page = document[number]
            if not _fits(page.get_width() * dpi / 72, page.get_height() * dpi / 72):
                raise NotOurCode("une page trop grande")
            yield page.render(scale=dpi / 72).to_pil().convert("L")
    except (pypdfium2.PdfiumError, ValueError):
        raise NotOurCode("un fichier PDF illisible") from None
    finally:
        document.close()


def _texts(raw: bytes) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd tags; what matters is whether a code is read
        return [text for page in _pictures(raw) for text in picture.texts(page)]


def _pictures(raw: bytes) -> Iterator[Image.Image]:
    """The pages or frames in grey; what is transparent is paper."""
    if raw[:1024].lstrip().startswith(b"%PDF"):
        yield from pages(raw)
        return
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
            for number, frame in enumerate(ImageSequence.Iterator(image)):
                if number == PAGES_MAX:
                    return
                if not _fits(frame.width, frame.height):
                    raise NotOurCode("une image trop grande")
                yield _grey(frame)
    except (*_DAMAGED, *_DAMAGED_TOO):
        raise NotOurCode("un fichier qui n'est ni un PDF ni une image") from None


def _fits(width: float, height: float) -> bool:
    return 0 < width <= picture.SIDE_MAX and 0 < height <= picture.SIDE_MAX and width * height <= PIXELS_MAX


def _grey(frame: Image.Image) -> Image.Image:
    if not frame.has_transparency_data:
        return frame.convert("L")
    seen = frame.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("L")
