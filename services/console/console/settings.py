"""Settings of the console, environment prefix PARK_. It needs neither Kafka nor Postgres."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

BUILT_PAGES = Path(__file__).resolve().parent.parent / "web" / "dist"


class Settings(BaseSettings):
    """Read once at start; a wrong value stops the start with all problems listed."""

    model_config = SettingsConfigDict(env_prefix="PARK_", frozen=True, extra="ignore")

    http_host: str = Field("127.0.0.1", description="Address to listen on.")
    http_port: int = Field(8090, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    console_pages: Path = Field(
        BUILT_PAGES, description="Folder of the built pages (services/console/build.py makes it)."
    )
    console_park_name_zh: str = Field(
        "", description="Name of the park in Chinese, shown in the header and on the sign-in page."
    )
    console_park_name_en: str = Field("", description="The same in English.")
    console_locale: Literal["zh-CN", "en"] = Field("zh-CN", description="Language for people who have chosen none.")
    log_format: Literal["json", "text"] = Field("text", description="json for machines, text for people.")
