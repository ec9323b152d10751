"""Makes people-60.xlsx, a longer people list of the example: 60 holders of duty posts, so that a year can be rostered.

Run `python plans/sanitation-project/make_people_60.py [PATH]`. Everybody is invented; numbers have the pattern
1380000xxxx and are not to be called. The first 28 are those of people.xlsx; cleaners are counted, as there.
"""

import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

_spec = spec_from_file_location("make_people", Path(__file__).with_name("make_people.py"))
assert _spec is not None and _spec.loader is not None
base = module_from_spec(_spec)
_spec.loader.exec_module(base)
Person = base.Person

MORE = (
    Person("P101", "尹佩兰", "值班室", "值班员", "值班员", "yin.peilan", "YinPeilan"),
    Person("P102", "霍振东", "值班室", "值班员", "值班员", "huo.zhendong", "HuoZhendong"),
    Person("P103", "苏明远", "值班室", "值班员", "值班员", "su.mingyuan", "SuMingyuan"),
    Person("P104", "殷素琴", "值班室", "值班员", "值班员", "yin.suqin", "YinSuqin"),
    Person("P105", "游志坚", "值班室", "值班员", "值班员", "you.zhijian", "YouZhijian"),
    Person("P106", "司徒嘉", "值班室", "值班员", "值班员", "situ.jia", "SituJia"),
    Person("P107", "温宏伟", "值班室", "值班员", "值班员", "wen.hongwei", "WenHongwei"),
    Person("P108", "阮春燕", "值班室", "值班员", "值班员", "ruan.chunyan", "RuanChunyan"),
    Person("P109", "池海燕", "值班室", "值班员", "值班员", "chi.haiyan", "ChiHaiyan"),
    Person("P110", "房建业", "值班室", "值班员", "值班员", "fang.jianye", "FangJianye"),
    Person("P111", "靳国强", "质安部", "安全员", "安全员", "jin.guoqiang", "JinGuoqiang"),
    Person("P112", "慕容雪", "质安部", "安全员", "安全员", "murong.xue", "MurongXue"),
    Person("P113", "路永平", "质安部", "安全员", "安全员", "lu.yongping", "LuYongping"),
    Person("P114", "娄金凤", "质安部", "安全员", "安全员", "lou.jinfeng", "LouJinfeng"),
    Person("P115", "危立新", "质安部", "安全员", "安全员", "wei.lixin", "WeiLixin"),
    Person("P116", "盛小曼", "质安部", "安全员", "安全员", "sheng.xiaoman", "ShengXiaoman"),
    Person("P117", "雷志远", "运营部", "调度主管", "运营主管", "lei.zhiyuan", "LeiZhiyuan"),
    Person("P118", "单晓芸", "运营部", "车队主管", "运营主管", "shan.xiaoyun", "ShanXiaoyun"),
    Person("P121", "洪大海", "一班", "组长", "一班班长", "", "HongDahai"),
    Person("P122", "崔玉兰", "一班", "组长", "一班班长"),
    Person("P123", "龙运来", "二班", "组长", "二班班长", "", "LongYunlai"),
    Person("P124", "施桂珍", "二班", "组长", "二班班长"),
    Person("P125", "陶安平", "三班", "组长", "三班班长", "", "TaoAnping"),
    Person("P126", "韦秀梅", "三班", "组长", "三班班长"),
    Person("P127", "贺长林", "四班", "组长", "四班班长", "", "HeChanglin"),
    Person("P128", "顾彩霞", "四班", "组长", "四班班长"),
    Person("P129", "毛有福", "五班", "组长", "五班班长", "", "MaoYoufu"),
    Person("P130", "郝月琴", "五班", "组长", "五班班长"),
    Person("P131", "龚正兴", "六班", "组长", "六班班长", "", "GongZhengxing"),
    Person("P132", "邵红霞", "六班", "组长", "六班班长"),
    Person("S003", "穆廷芳", "上级主管部门", "值班员", "上级值班", "mu.tingfang", "MuTingfang"),
    Person("S004", "柏承志", "上级主管部门", "值班员", "上级值班", "bai.chengzhi", "BaiChengzhi"),
)
HOLDERS = (*base.HOLDERS, *MORE)


def people() -> Iterator[tuple[object, ...]]:
    """All rows in order: the holders of duty posts, then the cleaners."""
    for index, person in enumerate(HOLDERS, 1):
        mail = f"{person.mail}@example.com" if person.mail else None
        yield (
            index, person.number, person.name, person.unit, person.job, person.post, f"1380000{index:04d}", mail,
            person.wecom or None, person.language, person.note or None,
        )  # fmt: skip
    index = len(HOLDERS)
    for unit, names in base.CLEANERS.items():
        for name in names:
            index += 1
            yield (index, f"C{index:03d}", name, unit, "保洁员", None, None, None, None, None, None)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("people-60.xlsx")
    target.write_bytes(base.make(people()))
