"""The four levels as people call them."""

from park_schemas.codes import AlarmLevel

LEVEL_ZH = {
    AlarmLevel.BLUE: "蓝色",
    AlarmLevel.YELLOW: "黄色",
    AlarmLevel.ORANGE: "橙色",
    AlarmLevel.RED: "红色",
}
