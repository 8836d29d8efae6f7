"""Who runs the hub, for which regions, at which hours."""

from __future__ import annotations

from pydantic import Field

from hub.settings.table import Table


class Organisation(Table):
    name: str = "公安公众服务中心"
    province: str = "本省"
    signature: str = Field(default="公安", min_length=2, max_length=20)
    publisher: str = "公安厅"
    document_code: str = Field(default="公", min_length=1, max_length=10)
    superior: str = Field(default="上一级机关", min_length=2, max_length=40)
    document_fonts: list[str] = ["/usr/share/fonts/opentype/noto"]
    document_font_names: list[str] = ["Noto Serif CJK SC"]
    site_code: str = ""
    icp: str = ""
    undertaker: str = ""
    police_record: str = ""
    contact: str = ""
    contact_address: str = ""
    privacy_url: str = Field(default="", pattern=r"^(https://\S{1,500})?$")

    def police_record_link(self) -> str:
        """Where the public security registration is looked up, "" where it has no number."""
        digits = "".join(filter(str.isdecimal, self.police_record))
        return f"https://beian.mps.gov.cn/#/query/webSearch?code={digits}" if digits else ""


class Region(Table):
    code: str = Field(pattern=r"^\d{6}$")
    name: str
    area_code: str = Field(pattern=r"^\d{2,3}$")


class Hours(Table):
    mon: str = "08:30-12:00 14:30-17:30"
    tue: str = "08:30-12:00 14:30-17:30"
    wed: str = "08:30-12:00 14:30-17:30"
    thu: str = "08:30-12:00 14:30-17:30"
    fri: str = "08:30-12:00 14:30-17:30"
    sat: str = ""
    sun: str = ""
    holidays: list[str] = []
    workdays: list[str] = []
