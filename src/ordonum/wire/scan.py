"""Pictures in which a code is looked for: the pages of a PDF, or an image file, from their bytes."""

import io
from collections.abc import Iterator

import pypdfium2
import zxingcpp
from PIL import Image, UnidentifiedImageError

from ordonum.wire.qr import NotOurCode, SignedQr, only_one

DPI = 300
PAGES_MAX = 10
PIXELS_MAX = 60_000_000
FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")


def find_code(raw: bytes) -> SignedQr:
    """The code of an ordonnance numérique in a PDF or an image. Raises NotOurCode, saying what was seen."""
    return only_one([code.text for picture in _pictures(raw) for code in zxingcpp.read_barcodes(picture)])


def pages(raw: bytes, dpi: int = DPI) -> Iterator[Image.Image]:
    """The pages of a PDF as pictures. Raises NotOurCode when it is none."""
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError:
        raise NotOurCode("un fichier PDF illisible") from None
    try:
        for number in range(min(len(document), PAGES_MAX)):
            page = document[number]
            if page.get_width() * page.get_height() * (dpi / 72) ** 2 > PIXELS_MAX:
                raise NotOurCode("une page trop grande")
            yield page.render(scale=dpi / 72).to_pil().convert("L")
    finally:
        document.close()


def _pictures(raw: bytes) -> Iterator[Image.Image]:
    if raw[:1024].lstrip().startswith(b"%PDF"):
        yield from pages(raw)
        return
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as image:
            if image.width * image.height > PIXELS_MAX:
                raise NotOurCode("une image trop grande")
            yield image.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise NotOurCode("un fichier qui n'est ni un PDF ni une image") from None
