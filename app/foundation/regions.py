"""The regions of China by their codes (ISO 3166-2:CN), as an organisation's ``region`` has them."""

from __future__ import annotations

from app.foundation.text import Text

NAMES: dict[str, Text] = {
    "CN": Text("Central government", "中央"),
    "CN-AH": Text("Anhui", "安徽"),
    "CN-BJ": Text("Beijing", "北京"),
    "CN-CQ": Text("Chongqing", "重庆"),
    "CN-FJ": Text("Fujian", "福建"),
    "CN-GD": Text("Guangdong", "广东"),
    "CN-GS": Text("Gansu", "甘肃"),
    "CN-GX": Text("Guangxi", "广西"),
    "CN-GZ": Text("Guizhou", "贵州"),
    "CN-HA": Text("Henan", "河南"),
    "CN-HB": Text("Hubei", "湖北"),
    "CN-HE": Text("Hebei", "河北"),
    "CN-HI": Text("Hainan", "海南"),
    "CN-HL": Text("Heilongjiang", "黑龙江"),
    "CN-HN": Text("Hunan", "湖南"),
    "CN-JL": Text("Jilin", "吉林"),
    "CN-JS": Text("Jiangsu", "江苏"),
    "CN-JX": Text("Jiangxi", "江西"),
    "CN-LN": Text("Liaoning", "辽宁"),
    "CN-NM": Text("Inner Mongolia", "内蒙古"),
    "CN-NX": Text("Ningxia", "宁夏"),
    "CN-QH": Text("Qinghai", "青海"),
    "CN-SC": Text("Sichuan", "四川"),
    "CN-SD": Text("Shandong", "山东"),
    "CN-SH": Text("Shanghai", "上海"),
    "CN-SN": Text("Shaanxi", "陕西"),
    "CN-SX": Text("Shanxi", "山西"),
    "CN-TJ": Text("Tianjin", "天津"),
    "CN-XJ": Text("Xinjiang", "新疆"),
    "CN-XZ": Text("Tibet", "西藏"),
    "CN-YN": Text("Yunnan", "云南"),
    "CN-ZJ": Text("Zhejiang", "浙江"),
}


def name(code: str) -> Text:
    """A region's name; one without an entry is called by its code."""
    return NAMES.get(code) or Text(code, code)
