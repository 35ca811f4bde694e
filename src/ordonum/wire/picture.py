"""Codes as pictures: the QR code, bars and DataMatrix drawn as vectors, and what is read from an image.

A drawing is an SVG element without document type whose unit is one module, its quiet zones inside: 4 modules around a QR
code, 10 beside the bars, 1 around a DataMatrix. `docs/qr.md` tells how the reading was measured.
"""

import zxingcpp
from PIL import Image, ImageFilter

from ordonum.model.number import NATIONAL
from ordonum.wire import qr
from ordonum.wire.qr import SignedQr

QR_MM = 30.0  # the code itself, without its quiet zone: at 150 dpi the longest names still have 2.7 points a module
QR_QUIET_ZONE = 4
SIDE_MAX = 65_535  # a limit of zxing-cpp, which raises ValueError
SMALL = 5_000_000  # pixels: an A4 page at 200 dpi has 3.9 million
FORMATS = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.Aztec,
    ]
)


def draw(signed: SignedQr, *, level: str = "M") -> str:
    """The QR code as SVG. Level M of error correction is the sheet's; another is for comparison only."""
    return _svg(zxingcpp.create_barcode(qr.write(signed), zxingcpp.BarcodeFormat.QRCode, ec_level=level))


def width_mm(svg: str, code_mm: float = QR_MM) -> float:
    """The width to give a QR code's drawing, quiet zone included, so that the code itself measures `code_mm`."""
    modules = int(svg.partition('width="')[2].partition('"')[0])
    return code_mm * modules / (modules - 2 * QR_QUIET_ZONE)


def code128(text: str) -> str:
    """Code 128 bars as SVG, 50 modules high, without caption. Raises ValueError unless it is printable ASCII."""
    if not text or not text.isascii() or not text.isprintable():
        raise ValueError("not printable ASCII")
    return _svg(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128))


def datamatrix(content: str | bytes) -> str:
    """A square DataMatrix (ECC 200) as SVG; a text may hold group separators. Raises ValueError when it is too long."""
    return _svg(zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.DataMatrix, force_square=True))


def texts(image: Image.Image) -> list[str]:
    """The texts of the codes of a picture, as a scanner would send them: group separators as they are.

    A small picture that shows none of ours is looked at again, enlarged and sharpened: a blur of 1.5 pixel at 2.7 pixels a
    module is then read.
    """
    found = _read(image)
    if any(_may_be_ours(text) for text in found) or not _is_small(image):
        return found
    twice = image.convert("L").resize((2 * image.width, 2 * image.height), Image.Resampling.BICUBIC)
    again = _read(twice.filter(ImageFilter.UnsharpMask(radius=3, percent=250, threshold=0)))
    return found + [text for text in again if text not in found]


def scan(image: Image.Image) -> SignedQr:
    """The code of an ordonnance numérique in a picture. Raises NotOurCode, saying what was seen, or that there are two."""
    return qr.only_one(texts(image))


def _read(image: Image.Image) -> list[str]:
    found = zxingcpp.read_barcodes(image, formats=FORMATS, text_mode=zxingcpp.TextMode.Plain)
    return [code.text for code in found]


def _is_small(image: Image.Image) -> bool:
    return image.width * image.height <= SMALL and 2 * max(image.size) <= SIDE_MAX


def _may_be_ours(text: str) -> bool:
    return text.startswith(qr.PREFIX) or NATIONAL.fullmatch(text) is not None


def _svg(code: zxingcpp.Barcode) -> str:
    """Without the document type, which some readers of SVG would fetch."""
    drawn = str(code.to_svg())
    return drawn[drawn.index("<svg") :]
