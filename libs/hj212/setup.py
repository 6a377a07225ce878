"""Everything is in pyproject.toml; this adds the optional accelerator when it is asked for.

    HJ212_BUILD_SPEED=1 pip install ./libs/hj212

Without the variable, or without a compiler, the package is pure Python.
"""

import os

from setuptools import Extension, setup

speed = Extension("hj212._speed", ["hj212/_speed.c"], optional=True, extra_compile_args=["-O2"])
setup(ext_modules=[speed] if os.environ.get("HJ212_BUILD_SPEED") == "1" else [])
