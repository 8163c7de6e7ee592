"""What is painted on a place of the screen, whatever the styles say."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any


def colours_of(page: Any, box: Mapping[str, float]) -> list[str]:
    """The colour of each point of a place, as ``#rrggbb``, row by row.

    :param page: a page of Playwright.
    :param box: ``x``, ``y``, ``width`` and ``height`` in pixels of the window.
    """
    picture = b64encode(page.screenshot(clip=dict(box))).decode()
    colours: list[str] = page.evaluate(
        """async (picture) => {
            const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
            const image = await createImageBitmap(new Blob([bytes]));
            const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
            canvas.drawImage(image, 0, 0);
            const { data } = canvas.getImageData(0, 0, image.width, image.height);
            return Array.from({ length: data.length / 4 }, (_, at) => "#" +
                [...data.slice(at * 4, at * 4 + 3)]
                    .map((part) => part.toString(16).padStart(2, "0")).join(""));
        }""",
        picture,
    )
    return colours
