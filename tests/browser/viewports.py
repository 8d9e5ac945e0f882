"""The two windows every page must fit."""

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 375, "height": 700}
