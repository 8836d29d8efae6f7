"""The version, known without an installed package: a fresh clone is run as it is."""

VERSION = "0.1.0"
