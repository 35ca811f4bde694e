"""How well the printed QR code is read: a page with the code at 30 mm, rasterised, spoilt in thirteen ways, read back.

Everything that decides the figures is a constant below and is printed with them; the same seed gives the same figures.
Replay: `.venv/bin/python scripts/qr_study.py` (`--help` tells the options). `docs/qr.md` holds the results. The page is the
study's own, since the sheet's layout may change and the conditions of the study may not; the sheet as it is stands beside.
"""

import argparse
import io
import json
import math
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path

import typst
import zxingcpp
from msgspec import Struct
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from ordonum.model.actors import Profession
from ordonum.model.identifiers import BirthDate, NumeroAm, Rpps
from ordonum.model.lines import Family, FreeTextLine
from ordonum.model.number import EpuId
from ordonum.model.prescription import Patient, Prescription, Sex
from ordonum.sandbox import people
from ordonum.wire import picture, qr, scan, sheet
from ordonum.wire.codes import NotOurCode
from ordonum.wire.qr import QrContent, SignedQr

SEED = 20261122
RESOLUTIONS = (150, 200, 300)
CODE_MM, MARGIN_MM, HEIGHT_MM = picture.QR_MM, 18.0, 297.0
BLUR_SMALL, BLUR_LARGE = 1.0, 1.5  # radius of the Gaussian blur, pixels of the raster
QUALITY_LOW, QUALITY_LOWEST = 30, 10  # JPEG, of 95
MIXED_DEGREES = 5.0  # rotation + small blur + low quality
NOISE_SIGMA = 30.0  # grey levels of 256, sum of three uniform draws at every pixel
FOLD_MM, FOLD_SHADE = 0.5, 0.8  # a band without ink across the code near its middle, and one side of the paper darker
STAIN_GREY, STAIN_SPREAD = 40, 0.15  # an opaque disc; its centre within ±15 % of the side around the code's middle
BITMAP_PIXELS, POOR_PIXELS, BITMAP_SCALE = 4, 2, 1.37  # pixels a module, then resized by a factor that is not whole
TARGETS = {"usual": {150: 48, 200: 52, 300: 52}, "longest": {150: 46, 200: 48, 300: 52}}
_LONG = "VANDENBROUCKE DE LAFAYETTE DE SAINT-EXUPERY DE LA ROCHEFOUCAULD"
NAMES = {
    "usual": (("DURAND", "Éloïse"), ("MARTIN", "Jean"), ("LEFEBVRE", "Marie"), ("NGUYEN", "Linh")),
    "longest": tuple((_LONG[shift:] + _LONG[:shift], _LONG[::-1][shift:] + _LONG[:shift]) for shift in (0, 3, 7, 11)),
}

_PAGE = """#set page(paper: "a4", margin: MARGINmm)
#set text(size: 11pt, lang: "fr")
#grid(columns: (1fr, auto), [Docteur Claire MARTIN \\ #image("rpps.svg", width: 44mm)], image("ins.svg", width: 20mm))
#for i in range(1, 9) [*#i.* AMOXICILLINE 500 mg, gélule \\ 1 gélule matin et soir pendant 7 jours, deux boîtes \\ \\ ]
#place(bottom + left, image(IMAGE, width: WIDTHmm))
#place(bottom + right, text(weight: "bold")[NUMBER])
"""
_INS = "IS01" + "0" * 22 + "S1279035121518989S21.2.250.1.213.1.4.10S3ELOISE\x1dS4DURAND\x1dS5FS614-03-1979S769123"


class Spot(Struct, frozen=True):
    """Where the code lies on a raster, without its quiet zone: middle and side in pixels; and pixels a millimetre."""

    x: float
    y: float
    side: float
    per_mm: float


class Printed(Struct, frozen=True):
    """A page to read: its PDF, what its code says, its modules a side; middle and side of the code in millimetres."""

    pdf: bytes
    signed: SignedQr
    modules: int
    x: float
    y: float
    side: float

    def spot(self, dpi: int) -> Spot:
        """Where the code lies at this resolution."""
        per_mm = dpi / 25.4
        return Spot(self.x * per_mm, self.y * per_mm, self.side * per_mm, per_mm)


Spoil = Callable[[Image.Image, Spot, random.Random], Image.Image]


def payloads(names: str) -> list[SignedQr]:
    """Four contents with these names; number and 64 bytes in the place of the signature are drawn from the seed."""
    chance = random.Random(f"{SEED}/{names}")
    return [
        SignedQr(
            QrContent(
                number=EpuId.draw(chance.choice),
                rpps=Rpps("99800000012"),
                numero_am=NumeroAm("751234567"),
                finess=None,
                surname=surname.encode()[:60].decode(),
                first_name=first_name.encode()[:60].decode(),
                birth_date=BirthDate("1979-03-14"),
                written_on=date(2026, 11, 22),
            ),
            chance.randbytes(64),
        )
        for surname, first_name in NAMES[names]
    ]


def vector(signed: SignedQr, level: str = "M") -> Printed:
    """The page with the code as a vector, 30 mm without its quiet zone."""
    svg = picture.draw(signed, level=level)
    return _printed(signed, svg, '"code.svg"', svg.encode())


def vector_low(signed: SignedQr) -> Printed:
    """The same at level L."""
    return vector(signed, "L")


def vector_high(signed: SignedQr) -> Printed:
    """The same at level Q."""
    return vector(signed, "Q")


def bitmap_poor(signed: SignedQr) -> Printed:
    """The same as a bitmap of few pixels whose modules are of uneven widths, as a screen copy has."""
    return bitmap(signed, POOR_PIXELS, Image.Resampling.NEAREST)


def bitmap(
    signed: SignedQr, pixels: int = BITMAP_PIXELS, resampling: Image.Resampling = Image.Resampling.BILINEAR
) -> Printed:
    """The same as a bitmap resized by a factor that is not whole, as an office program would do."""
    code = zxingcpp.create_barcode(qr.write(signed), zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn = code.to_image(scale=pixels)
    height, width = drawn.shape[:2]
    image = Image.frombytes("L", (width, height), bytes(memoryview(drawn)))
    side, saved = round(width * BITMAP_SCALE), io.BytesIO()
    image.resize((side, side), resampling).save(saved, "PNG")
    listed = json.dumps(list(saved.getvalue())).encode()  # typst is given texts only: the bytes travel as a list
    return _printed(signed, picture.draw(signed), 'bytes(json("code.json"))', listed)


def _printed(signed: SignedQr, svg: str, source_of_image: str, drawing: bytes) -> Printed:
    width = picture.width_mm(svg, CODE_MM)
    source = _PAGE.replace("MARGIN", str(MARGIN_MM)).replace("IMAGE", source_of_image).replace("WIDTH", f"{width:.4f}")
    files = {
        "main.typ": source.replace("NUMBER", signed.content.number.grouped).encode(),
        "rpps.svg": picture.code128("99800000012").encode(),
        "ins.svg": picture.datamatrix(_INS).encode(),
        source_of_image.split('"')[1]: drawing,
    }
    pdf = typst.compile(files, format="pdf", ignore_system_fonts=True, timestamp=0)
    modules = int(svg.partition('width="')[2].partition('"')[0]) - 2 * picture.QR_QUIET_ZONE
    return Printed(bytes(pdf), signed, modules, MARGIN_MM + width / 2, HEIGHT_MM - MARGIN_MM - width / 2, CODE_MM)


def on_sheet(signed: SignedQr) -> Printed:
    """The project's sheet as it is today, whatever the size of its code; where the code lies is read at 300 dpi."""
    prescription = Prescription(
        patient=Patient(
            surname=signed.content.surname,
            first_name=signed.content.first_name,
            sex=Sex.FEMALE,
            birth_date=signed.content.birth_date,
        ),
        place=people.cabinet(1, "Cabinet du docteur Martin"),
        family=Family.NURSING,
        written_on=signed.content.written_on,
        opposed=False,
        lines=tuple(
            FreeTextLine(rank=rank, text="Pansement simple, chaque jour pendant sept jours") for rank in range(1, 5)
        ),
    )
    prescriber = people.professional(1, "MARTIN", "Claire", Profession.DOCTOR)
    pdf = sheet.draw(prescription, prescriber, signed, registered=True)
    (page,) = scan.pages(pdf, 300)
    (found,) = [code for code in zxingcpp.read_barcodes(page) if code.text == qr.write(signed)]
    near, far = found.position.top_left, found.position.bottom_right
    side = (far.x - near.x + far.y - near.y) / 2 / 300 * 25.4
    modules = int(picture.draw(signed).partition('width="')[2].partition('"')[0]) - 2 * picture.QR_QUIET_ZONE
    return Printed(pdf, signed, modules, (near.x + far.x) / 600 * 25.4, (near.y + far.y) / 600 * 25.4, side)


def _turned(degrees: float) -> Spoil:
    return lambda page, _spot, _chance: page.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def _blurred(radius: float) -> Spoil:
    return lambda page, _spot, _chance: page.filter(ImageFilter.GaussianBlur(radius))


def _jpeg(quality: int) -> Spoil:
    def spoil(page: Image.Image, _spot: Spot, _chance: random.Random) -> Image.Image:
        saved = io.BytesIO()
        page.save(saved, "JPEG", quality=quality)
        return Image.open(saved).convert("L")

    return spoil


def _mixed(page: Image.Image, spot: Spot, chance: random.Random) -> Image.Image:
    for spoil in (_turned(MIXED_DEGREES), _blurred(BLUR_SMALL), _jpeg(QUALITY_LOW)):
        page = spoil(page, spot, chance)
    return page


def _noise(page: Image.Image, _spot: Spot, chance: random.Random) -> Image.Image:
    share = NOISE_SIGMA / math.sqrt(3 * (256**2 - 1) / 12)
    total = Image.new("L", page.size)
    for _ in range(3):
        draw = Image.frombytes("L", page.size, chance.randbytes(page.width * page.height))
        total = ImageChops.add(total, draw.point([round(level * share) for level in range(256)]))
    return ImageChops.add(page, total, offset=-round(3 * 127.5 * share))


def _fold(page: Image.Image, spot: Spot, chance: random.Random) -> Image.Image:
    slope, height = math.tan(math.radians(chance.uniform(-5, 5))), spot.y + chance.uniform(-0.1, 0.1) * spot.side
    left, right = height - slope * spot.x, height + slope * (page.width - spot.x)
    shade = Image.new("L", page.size, 255)
    ImageDraw.Draw(shade).polygon(
        [(0, left), (page.width, right), (page.width, page.height), (0, page.height)], fill=round(255 * FOLD_SHADE)
    )
    folded = ImageChops.multiply(page, shade)
    ImageDraw.Draw(folded).line([(0, left), (page.width, right)], fill=255, width=max(1, round(FOLD_MM * spot.per_mm)))
    return folded


def _stain(share: float) -> Spoil:
    def spoil(page: Image.Image, spot: Spot, chance: random.Random) -> Image.Image:
        stained = page.copy()
        radius = math.sqrt(share / math.pi) * spot.side
        x = spot.x + chance.uniform(-STAIN_SPREAD, STAIN_SPREAD) * spot.side
        y = spot.y + chance.uniform(-STAIN_SPREAD, STAIN_SPREAD) * spot.side
        ImageDraw.Draw(stained).ellipse([x - radius, y - radius, x + radius, y + radius], fill=STAIN_GREY)
        return stained

    return spoil


PERTURBATIONS: dict[str, Spoil] = {
    "clean": lambda page, _spot, _chance: page,
    "rotation 2°": _turned(2),
    "rotation 15°": _turned(15),
    "rotation 180°": _turned(180),
    f"blur {BLUR_SMALL} px": _blurred(BLUR_SMALL),
    f"blur {BLUR_LARGE} px": _blurred(BLUR_LARGE),
    f"JPEG {QUALITY_LOW}": _jpeg(QUALITY_LOW),
    f"JPEG {QUALITY_LOWEST}": _jpeg(QUALITY_LOWEST),
    f"rotation {MIXED_DEGREES:g}° + blur {BLUR_SMALL} px + JPEG {QUALITY_LOW}": _mixed,
    f"noise σ {NOISE_SIGMA:g}": _noise,
    "fold": _fold,
    "stain 3 %": _stain(0.03),
    "stain 8 %": _stain(0.08),
}


DRAWINGS: dict[str, Callable[[SignedQr], Printed]] = {
    "M vector": vector,
    "M on sheet": on_sheet,
    "L vector": vector_low,
    "Q vector": vector_high,
    "M bitmap": bitmap,
    "M poor bitmap": bitmap_poor,
}


def by_ordonum(page: Image.Image, signed: SignedQr) -> bool:
    """Whether our reader finds this content, whole."""
    try:
        return picture.scan(page) == signed
    except NotOurCode:
        return False


def by_zbar(page: Image.Image, signed: SignedQr) -> bool:
    """Whether zbarimg, another reader, finds this text."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.png"
        page.save(file)
        called = subprocess.run(["zbarimg", "--quiet", "--raw", file], capture_output=True, text=True, check=False)
    return qr.write(signed) in called.stdout.split()


def score(
    printed: list[Printed], dpi: int, reader: Callable[[Image.Image, SignedQr], bool] = by_ordonum
) -> tuple[int, list[str]]:
    """How many of the pages × perturbations are read at this resolution; and which are not."""
    read, missed = 0, []
    for rank, each in enumerate(printed):
        (page,) = scan.pages(each.pdf, dpi)
        for name, spoil in PERTURBATIONS.items():
            chance = random.Random(f"{SEED}/{rank}/{name}/{dpi}")
            if reader(spoil(page, each.spot(dpi), chance), each.signed):
                read += 1
            else:
                missed.append(f"{name} (payload {rank + 1})")
    return read, missed


def _conditions() -> None:
    print(f"seed {SEED}; code {CODE_MM:g} mm without quiet zone, on a page A4 with Code 128 bars and an INS DataMatrix")
    print(f"perturbations: {', '.join(PERTURBATIONS)}")
    print(
        f"fold: a white band of {FOLD_MM} mm within ±10 % of the middle, ±5°, the paper below at {FOLD_SHADE:.0%} of its light"
    )
    print(
        f"stain: a disc of grey {STAIN_GREY}, that share of the code's area, within ±{STAIN_SPREAD:.0%} of the middle"
    )
    print(f"noise: three uniform draws a pixel, σ {NOISE_SIGMA:g} of 256; rotations: bicubic; blur: Gaussian radius")
    print(
        f"bitmap: {BITMAP_PIXELS} pixels a module, then × {BITMAP_SCALE} bilinear; poor: {POOR_PIXELS}, then nearest pixel"
    )
    print(f"zxing-cpp {version('zxing-cpp')}, pypdfium2 {version('pypdfium2')}, Pillow {version('pillow')}\n")


def main() -> int:
    """Print the conditions and the figures; 1 when a target is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--names", choices=NAMES, action="append", help="one kind of names only")
    asked.add_argument("--dpi", type=int, choices=RESOLUTIONS, action="append", help="one resolution only")
    asked.add_argument("--no-aside", action="store_true", help="none of the drawings that stand beside")
    asked.add_argument("--zbar", action="store_true", help="read by zbarimg too (it must be installed)")
    options = asked.parse_args()
    _conditions()
    kept = True
    drawings = {"M vector": vector} if options.no_aside else DRAWINGS
    for names in options.names or NAMES:
        contents = payloads(names)
        for label, drawn in drawings.items():
            printed = [drawn(each) for each in contents]
            for dpi in options.dpi or RESOLUTIONS:
                pixels = printed[0].side / 25.4 * dpi / printed[0].modules
                read, missed = score(printed, dpi)
                held = read >= TARGETS[names][dpi] or drawn is not vector
                kept = kept and held
                verdict = (
                    f"target {TARGETS[names][dpi]}: {'held' if held else 'MISSED'}" if drawn is vector else "beside"
                )
                print(
                    f"{names:8} {label:13} {printed[0].modules} modules {dpi} dpi {pixels:.1f} px/module: {read}/52 {verdict}"
                )
                print("".join(f"    not read: {each}\n" for each in missed), end="", flush=True)
                if options.zbar and drawn is vector:
                    read, missed = score(printed, dpi, by_zbar)
                    print(
                        f"{names:8} zbarimg       {dpi} dpi: {read}/52, not read: {', '.join(missed) or 'none'}",
                        flush=True,
                    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
