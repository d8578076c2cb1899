"""What comes in: files that lie about themselves, and documents of every form an office receives."""

import io
import json
import os
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Unreadable
from core.intake import LARGEST, Scanned, check, read, safe_name, text_of
from core.intake.dates import date_of
from core.intake.numbers import number_of

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data" / "state-council-documents.jsonl"
Document = tuple[str, str, dict[str, str | None]]

DOCUMENTS: list[Document] = [
    (
        "a provincial notice with every mark of the head",
        """\
000012
机密★10年
特急
东川省人民政府办公厅文件
东川政办发〔2026〕18号
东川省人民政府办公厅关于做好
汛期值班工作的通知
各市、州人民政府，省政府各部门、各直属机构：
为做好今年汛期值班工作，根据《关于加强值守的意见》（东川政发〔2020〕3号）要求，现就有关事项通知如下：
一、严格落实带班制度。各单位主要负责人要在岗带班。
东川省人民政府办公厅
2026年5月6日
（此件发至县级）
抄送：省委办公厅，省军区。
东川省人民政府办公厅 2026年5月8日印发
""",
        {
            "doc_number": "东川政办发〔2026〕18号",
            "title": "东川省人民政府办公厅关于做好汛期值班工作的通知",
            "sender_org": "东川省人民政府办公厅",
            "dated_on": "2026-05-06",
            "doc_kind": "通知",
            "secrecy_level": "机密",
            "secrecy_term": "10年",
            "urgency": "特急",
            "copy_serial": "000012",
            "main_recipients": "各市、州人民政府，省政府各部门、各直属机构",
        },
    ),
    (
        "an upward request whose title leaves the issuer to the red mark",
        """\
临江市教育局文件
临教字[2026]第 7 号                签发人：周明远
关于解决北城小学扩建经费的请示
市人民政府：
北城小学建于一九八六年，现有校舍已不能满足需要。
妥否，请批示。
附件：北城小学扩建预算表
临江市教育局
二〇二六年三月十二日
（联系人：李青，电话：5550123）
""",
        {
            "doc_number": "临教字〔2026〕第7号",
            "title": "关于解决北城小学扩建经费的请示",
            "sender_org": "临江市教育局",
            "dated_on": "2026-03-12",
            "doc_kind": "请示",
            "main_recipients": "市人民政府",
            "secrecy_level": None,
            "urgency": None,
        },
    ),
    (
        "a party committee's opinion without 文件 in the mark, letter-spaced",
        """\
中 共 云台县委员会
云 台 县 人 民 政 府
云发〔2025〕4号
中共云台县委员会 云台县人民政府
关于推进乡村人才振兴的实施意见
（2025年2月18日）
为深入推进乡村人才振兴，结合我县实际，提出如下实施意见。
一、总体要求
（一）坚持党管人才。
""",
        {
            "doc_number": "云发〔2025〕4号",
            "title": "中共云台县委员会云台县人民政府关于推进乡村人才振兴的实施意见",
            "sender_org": "中共云台县委员会、云台县人民政府",
            "dated_on": "2025-02-18",
            "doc_kind": "意见",
        },
    ),
    (
        "three offices signing together under one mark",
        """\
秘密★1年
临江市财政局
临江市教育局
临江市审计局
文件
临财教〔2026〕31号
关于开展学校食堂经费检查的通知
各县（市、区）财政局、教育局、审计局：
现将检查安排通知如下，请遵照执行。
临江市财政局 临江市教育局
临江市审计局
2026年4月2日
""",
        {
            "doc_number": "临财教〔2026〕31号",
            "title": "关于开展学校食堂经费检查的通知",
            "sender_org": "临江市财政局、临江市教育局、临江市审计局",
            "dated_on": "2026-04-02",
            "secrecy_level": "秘密",
            "secrecy_term": "1年",
            "doc_kind": "通知",
        },
    ),
    (
        "a forwarding notice: the inner report's head, signature and date do not win",
        """\
临江市人民政府办公室文件
临政办发〔2026〕9号
临江市人民政府办公室转发市应急局
关于2025年安全生产情况报告的通知
各区人民政府，市政府各部门：
市应急局《关于2025年安全生产情况的报告》已经市政府同意，现转发给你们，请认真落实。
临江市人民政府办公室
2026年2月3日
关于2025年安全生产情况的报告
市人民政府：
现将有关情况报告如下：
一、基本情况。
临江市应急管理局
2026年1月20日
""",
        {
            "doc_number": "临政办发〔2026〕9号",
            "title": "临江市人民政府办公室转发市应急局关于2025年安全生产情况报告的通知",
            "sender_org": "临江市人民政府办公室",
            "dated_on": "2026-02-03",
            "doc_kind": "通知",
        },
    ),
    (
        "an attachment with a date of its own",
        """\
长河水务集团有限公司文件
长水司〔2026〕22号
长河水务集团有限公司关于印发
《供水应急预案（试行）》的通知
各分公司、各部室：
《供水应急预案（试行）》已经董事会审议通过，现印发给你们。
附件：供水应急预案（试行）
长河水务集团有限公司
2026年6月30日
附件
供水应急预案（试行）
长河水务集团有限公司
2026年1月1日
""",
        {
            "doc_number": "长水司〔2026〕22号",
            "title": "长河水务集团有限公司关于印发《供水应急预案（试行）》的通知",
            "sender_org": "长河水务集团有限公司",
            "dated_on": "2026-06-30",
            "doc_kind": "通知",
        },
    ),
    (
        "a ministry's order promulgating rules",
        """\
中华人民共和国水利部令
第58号
《河道巡查管理办法》已经2026年3月1日部务会议审议通过，现予公布，自2026年7月1日起施行。
部长 赵一帆
2026年3月15日
河道巡查管理办法
第一条 为了规范河道巡查，制定本办法。
""",
        {
            "doc_number": "水利部令第58号",
            "title": "河道巡查管理办法",
            "sender_org": "水利部",
            "dated_on": "2026-03-15",
            "doc_kind": "命令",
        },
    ),
    (
        "a provincial order on one line",
        """\
东川省人民政府令第301号
现公布《东川省湿地保护规定》，自2026年5月1日起施行。
省长 钱又新
2026年4月1日
""",
        {
            "doc_number": "东川省人民政府令第301号",
            "title": "东川省湿地保护规定",
            "sender_org": "东川省人民政府",
            "dated_on": "2026-04-01",
            "doc_kind": "命令",
        },
    ),
    (
        "a letter whose mark is only the office's name",
        """\
东川省发展和改革委员会
东发改函（2026）106号
东川省发展和改革委员会关于
征求《电价调整方案》意见的函
省财政厅、省市场监管局：
现将《电价调整方案（征求意见稿）》送你们，请于2026年8月1日前反馈意见。
东川省发展和改革委员会
2026年7月20日
""",
        {
            "doc_number": "东发改函〔2026〕106号",
            "title": "东川省发展和改革委员会关于征求《电价调整方案》意见的函",
            "sender_org": "东川省发展和改革委员会",
            "dated_on": "2026-07-20",
            "doc_kind": "函",
            "main_recipients": "省财政厅、省市场监管局",
        },
    ),
    (
        "a reply to a deputy's proposal",
        """\
临江市卫生健康委员会
对市政协六届二次会议第88号提案的答复
临卫提字【2026】12号
王晓岚委员：
您提出的《关于增设社区门诊的提案》收悉，现答复如下：
一、已增设门诊三处。
临江市卫生健康委员会
2026年9月9日
""",
        {
            "doc_number": "临卫提字〔2026〕12号",
            "title": "临江市卫生健康委员会对市政协六届二次会议第88号提案的答复",
            "sender_org": "临江市卫生健康委员会",
            "dated_on": "2026-09-09",
            "doc_kind": "函",
            "main_recipients": "王晓岚委员",
        },
    ),
    (
        "minutes named only by their mark",
        """\
临江市人民政府常务会议纪要
〔2026〕5号
临江市人民政府办公室 2026年5月20日
2026年5月18日，市长主持召开市政府常务会议，研究供热改造工作。现纪要如下：
一、会议原则同意方案。
出席：张三、李四。
""",
        {
            "doc_number": "〔2026〕5号",
            "title": "临江市人民政府常务会议纪要",
            "sender_org": "临江市人民政府",
            "dated_on": "2026-05-20",
            "doc_kind": "纪要",
        },
    ),
    (
        "a telegram",
        """\
发电单位 东川省防汛抗旱指挥部 签批盖章 孙立
等级 特提·明电 东汛明电〔2026〕3号
东川省防汛抗旱指挥部关于启动三级应急响应的通知
各市防汛抗旱指挥部：
受强降雨影响，决定启动三级响应。
东川省防汛抗旱指挥部
2026年7月2日
""",
        {
            "doc_number": "东汛明电〔2026〕3号",
            "title": "东川省防汛抗旱指挥部关于启动三级应急响应的通知",
            "sender_org": "东川省防汛抗旱指挥部",
            "dated_on": "2026-07-02",
            "doc_kind": "通知",
            "urgency": "特急",
        },
    ),
    (
        "a public notice without addressees",
        """\
临江市公安局关于调整中心城区
货车通行时间的通告
临公通〔2026〕2号
根据《中华人民共和国道路交通安全法》，现就货车通行时间通告如下：
一、每日七时至二十时禁止通行。
特此通告。
临江市公安局
2026-10-08
""",
        {
            "doc_number": "临公通〔2026〕2号",
            "title": "临江市公安局关于调整中心城区货车通行时间的通告",
            "sender_org": "临江市公安局",
            "dated_on": "2026-10-08",
            "doc_kind": "通告",
            "main_recipients": None,
        },
    ),
    (
        "a sheet of figures without a title",
        """\
临江市统计局文件
临统〔2026〕14号
序号
指标
数值
1
粮食产量
30.5
2
蔬菜产量
12.1
临江市统计局
2026年1月9日
""",
        {
            "doc_number": "临统〔2026〕14号",
            "title": None,
            "sender_org": "临江市统计局",
            "dated_on": "2026-01-09",
            "doc_kind": None,
        },
    ),
    (
        "a table of labels before the text, one label a line",
        """\
索引号：JX-2026-0031
发文机关：临江市民政局
标 题：临江市民政局关于提高高龄津贴标准的通知
发文字号：临民发〔2026〕11号
成文日期：2026年03月05日
发布日期：2026年03月09日
临江市民政局关于提高高龄津贴标准的通知
各区民政局：
经市政府同意，现将津贴标准通知如下。
""",
        {
            "doc_number": "临民发〔2026〕11号",
            "title": "临江市民政局关于提高高龄津贴标准的通知",
            "sender_org": "临江市民政局",
            "dated_on": "2026-03-05",
            "doc_kind": "通知",
            "main_recipients": "各区民政局",
        },
    ),
    (
        "a decision passed by a meeting",
        """\
临江市人民代表大会常务委员会
关于批准2025年市级决算的决议
（2026年6月28日临江市第九届人民代表大会常务委员会第二十次会议通过）
临江市第九届人民代表大会常务委员会第二十次会议听取了市财政局受市人民政府委托作的报告，审查了决算草案，决定批准2025年市级决算。
""",
        {
            "doc_number": None,
            "title": "临江市人民代表大会常务委员会关于批准2025年市级决算的决议",
            "sender_org": "临江市人民代表大会常务委员会",
            "dated_on": "2026-06-28",
            "doc_kind": "决议",
        },
    ),
    (
        "the title gives the issuer in short, the mark in full",
        """\
东川省临江市人民政府办公室文件
机密 ★ 6个月　　　加急
临政办〔２０２６〕３３号
市政府办公室关于开展节能检查的通知
各区（县）政府：
请各单位按要求自查。
东川省临江市人民政府办公室
二○二六年十一月二十日
""",
        {
            "doc_number": "临政办〔2026〕33号",
            "title": "市政府办公室关于开展节能检查的通知",
            "sender_org": "东川省临江市人民政府办公室",
            "dated_on": "2026-11-20",
            "secrecy_level": "机密",
            "secrecy_term": "6个月",
            "urgency": "加急",
        },
    ),
    (
        "no issuer but in the imprint",
        """\
临办〔2026〕6号
关于报送半年工作总结的通知
各科室：
请于7月10日前报送半年工作总结。
2026年6月廿五日
抄送：局领导。
临江市档案局办公室 2026年6月26日印发
""",
        {
            "doc_number": "临办〔2026〕6号",
            "title": "关于报送半年工作总结的通知",
            "sender_org": "临江市档案局办公室",
            "dated_on": "2026-06-25",
            "doc_kind": "通知",
        },
    ),
    (
        "an approval with addressees wrapped over two lines",
        """\
东川省人民政府关于同意设立
青石湾经济开发区的批复
东川政函〔2026〕77号
临江市人民政府，省发展改革委、省自然资源厅、
省生态环境厅：
你市《关于设立青石湾经济开发区的请示》（临政〔2026〕8号）收悉。现批复如下：
一、同意设立。
东川省人民政府
2026.3.9
""",
        {
            "doc_number": "东川政函〔2026〕77号",
            "title": "东川省人民政府关于同意设立青石湾经济开发区的批复",
            "sender_org": "东川省人民政府",
            "dated_on": "2026-03-09",
            "doc_kind": "批复",
            "main_recipients": "临江市人民政府，省发展改革委、省自然资源厅、省生态环境厅",
        },
    ),
    (
        "the number in brackets behind the title",
        """\
临江大学关于表彰2025年度先进集体的决定（临大发〔2026〕2号）
各学院、各部门：
为表彰先进，学校决定授予图书馆等五个单位先进集体称号。
临江大学
2026年1月15日
""",
        {
            "doc_number": "临大发〔2026〕2号",
            "title": "临江大学关于表彰2025年度先进集体的决定",
            "sender_org": "临江大学",
            "dated_on": "2026-01-15",
            "doc_kind": "决定",
        },
    ),
    (
        "a bill put to the congress",
        """\
临江市人民政府文件
临政〔2026〕40号
临江市人民政府关于提请审议
《临江市养犬管理条例（草案）》的议案
市人大常委会：
现将草案提请审议。
市长 吴向东
2026年8月8日
""",
        {
            "doc_number": "临政〔2026〕40号",
            "title": "临江市人民政府关于提请审议《临江市养犬管理条例（草案）》的议案",
            "sender_org": "临江市人民政府",
            "dated_on": "2026-08-08",
            "doc_kind": "议案",
        },
    ),
    (
        "a circular naming dates before its signature, with a Latin name in the title",
        """\
临江市工业和信息化局
临工信〔2026〕19号
临江市工业和信息化局关于 Open Data 平台
运行情况的通报
各区工信局：
平台于2026年1月1日上线。各月情况如下：
2026年2月1日
一切正常。
2026年3月1日
中断两次。
特此通报。
临江市工业和信息化局
2026年4月11日
""",
        {
            "doc_number": "临工信〔2026〕19号",
            "title": "临江市工业和信息化局关于Open Data平台运行情况的通报",
            "sender_org": "临江市工业和信息化局",
            "dated_on": "2026-04-11",
            "doc_kind": "通报",
        },
    ),
    (
        "an announcement with a serial of its own",
        """\
临江市市场监督管理局公告
2026年第4号
临江市市场监督管理局关于食品抽检结果的公告
本局近期组织抽检食品二百批次，全部合格。
特此公告。
临江市市场监督管理局
2026年5月5日
""",
        {
            "doc_number": "2026年第4号",
            "title": "临江市市场监督管理局关于食品抽检结果的公告",
            "sender_org": "临江市市场监督管理局",
            "dated_on": "2026-05-05",
            "doc_kind": "公告",
        },
    ),
    (
        "a report of the works committee, signed with a seal",
        """\
中共临江市委组织部文件
临组〔2026〕3号 签发人：郑 毅
中共临江市委组织部
关于2025年度干部培训工作情况的报告
市委：
现将有关情况报告如下。
中共临江市委组织部（盖章）
2026 年 1 月 8 日
""",
        {
            "doc_number": "临组〔2026〕3号",
            "title": "中共临江市委组织部关于2025年度干部培训工作情况的报告",
            "sender_org": "中共临江市委组织部",
            "dated_on": "2026-01-08",
            "doc_kind": "报告",
            "main_recipients": "市委",
        },
    ),
    (
        "a form with placeholder crosses",
        """\
××市××局文件
×局发〔2026〕3号
××市××局关于加强考勤管理的通知
各科室、所属各单位：
为加强考勤管理，现通知如下：
一、按时签到。
××市××局
2026年3月1日
""",
        {
            "doc_number": "×局发〔2026〕3号",
            "title": "××市××局关于加强考勤管理的通知",
            "sender_org": "××市××局",
            "dated_on": "2026-03-01",
            "doc_kind": "通知",
        },
    ),
    (
        "a form with Latin placeholders",
        """\
XX县人民政府办公室文件
X政办发〔2026〕3号
XX县人民政府办公室关于成立XX工作领导小组的通知
各乡镇人民政府，县直各单位：
现通知如下：
组 长：张 三 县长
XX县人民政府办公室
2026年3月1日
""",
        {
            "doc_number": "X政办发〔2026〕3号",
            "title": "XX县人民政府办公室关于成立XX工作领导小组的通知",
            "sender_org": "XX县人民政府办公室",
            "dated_on": "2026-03-01",
            "doc_kind": "通知",
        },
    ),
    (
        "two ministries on one title line",
        """\
教育部办公厅 财政部办公厅关于做好
学生资助工作的通知
教财厅〔2026〕1号
各省、自治区、直辖市教育厅（教委）、财政厅（局），新疆生产建设兵团教育局、财政局：
为做好学生资助工作，现将有关事项通知如下。
教育部办公厅　　财政部办公厅
2026年2月11日
""",
        {
            "doc_number": "教财厅〔2026〕1号",
            "title": "教育部办公厅财政部办公厅关于做好学生资助工作的通知",
            "sender_org": "教育部办公厅、财政部办公厅",
            "dated_on": "2026-02-11",
            "doc_kind": "通知",
        },
    ),
    (
        "a title that counts its issuers",
        """\
教育部等三部门关于印发《校园安全工作指引》的通知
教基〔2026〕2号
各省教育厅：
现将《校园安全工作指引》印发给你们。
教育部
公安部
应急管理部
2026年2月12日
""",
        {
            "doc_number": "教基〔2026〕2号",
            "title": "教育部等三部门关于印发《校园安全工作指引》的通知",
            "sender_org": "教育部、公安部、应急管理部",
            "dated_on": "2026-02-12",
            "doc_kind": "通知",
        },
    ),
    (
        "marks with labels, two party and government offices",
        """\
密级：机密
保密期限：5年
紧急程度：加急
中共临江市委办公室文件
临委办发〔2026〕12号
中共临江市委办公室 临江市人民政府办公室印发
《关于加强基层治理的若干措施》的通知
各区委、区人民政府，市直各单位：
《关于加强基层治理的若干措施》已经市委、市政府同意，现印发给你们，请认真贯彻落实。
中共临江市委办公室
临江市人民政府办公室
（盖章）
2026年4月4日
关于加强基层治理的若干措施
为加强基层治理，制定如下措施。
""",
        {
            "doc_number": "临委办发〔2026〕12号",
            "title": "中共临江市委办公室临江市人民政府办公室印发《关于加强基层治理的若干措施》的通知",
            "sender_org": "中共临江市委办公室、临江市人民政府办公室",
            "dated_on": "2026-04-04",
            "doc_kind": "通知",
            "secrecy_level": "机密",
            "secrecy_term": "5年",
            "urgency": "加急",
            "main_recipients": "各区委、区人民政府，市直各单位",
        },
    ),
    (
        "an order without the country's name",
        """\
国家发展和改革委员会令
第 12 号
《价格监测规定》已经2026年1月5日第3次委务会议审议通过，现予公布，自2026年3月1日起施行。
主任：孙某
2026年1月12日
价格监测规定
第一章 总则
第一条 为规范价格监测，制定本规定。
""",
        {
            "doc_number": "国家发展和改革委员会令第12号",
            "title": "价格监测规定",
            "sender_org": "国家发展和改革委员会",
            "dated_on": "2026-01-12",
            "doc_kind": "命令",
        },
    ),
    (
        "a report read out to a congress",
        """\
政府工作报告
——2026年1月10日在临江市第九届人民代表大会第一次会议上
临江市市长 吴向东
各位代表：
现在，我代表市人民政府向大会报告工作，请予审议。
""",
        {"doc_number": None, "title": "政府工作报告", "doc_kind": "报告", "main_recipients": "各位代表"},
    ),
    (
        "a state company writing upward",
        """\
中国长河能源集团有限公司文件
长河集团安〔2026〕88号    签发人：郑文
关于报送2025年度安全生产工作情况的报告
国务院国资委：
按照要求，现将集团公司2025年度安全生产工作情况报告如下：
一、主要做法
特此报告。
附件：1.事故统计表
2.隐患清单
中国长河能源集团有限公司
2026年1月16日
抄送：应急管理部。
中国长河能源集团有限公司办公室 2026年1月16日印发
""",
        {
            "doc_number": "长河集团安〔2026〕88号",
            "title": "关于报送2025年度安全生产工作情况的报告",
            "sender_org": "中国长河能源集团有限公司",
            "dated_on": "2026-01-16",
            "doc_kind": "报告",
            "main_recipients": "国务院国资委",
        },
    ),
    (
        "a commendation",
        """\
临江市人民政府嘉奖令
临政令〔2026〕1号
市消防救援支队：
在“3·15”火灾扑救中，你支队表现突出。市人民政府决定给予嘉奖。
市长 吴向东
2026年3月20日
""",
        {
            "doc_number": "临政令〔2026〕1号",
            "title": "临江市人民政府嘉奖令",
            "sender_org": "临江市人民政府",
            "dated_on": "2026-03-20",
            "doc_kind": "命令",
        },
    ),
    (
        "an announcement whose number names no office",
        """\
临江市人民政府
关于公布第三批历史建筑名录的公告
〔2026〕第6号
现公布第三批历史建筑名录，共二十处。
附件：历史建筑名录
临江市人民政府
2026年8月18日
""",
        {
            "doc_number": "〔2026〕第6号",
            "title": "临江市人民政府关于公布第三批历史建筑名录的公告",
            "sender_org": "临江市人民政府",
            "dated_on": "2026-08-18",
            "doc_kind": "公告",
        },
    ),
    (
        "a court's request",
        """\
临江市中级人民法院
关于商请协助查询财产信息的函
临中法函〔2026〕33号
临江市不动产登记中心：
我院因办案需要，商请你中心协助查询。请予支持为盼。
联系人：刘某，电话：5550101
临江市中级人民法院
2026年6月1日
""",
        {
            "doc_number": "临中法函〔2026〕33号",
            "title": "临江市中级人民法院关于商请协助查询财产信息的函",
            "sender_org": "临江市中级人民法院",
            "dated_on": "2026-06-01",
            "doc_kind": "函",
            "main_recipients": "临江市不动产登记中心",
        },
    ),
    (
        "minutes with a title under their mark",
        """\
专题会议纪要
（第8期）
临江市住房和城乡建设局办公室 2026年5月9日
关于老旧小区加装电梯的会议纪要
5月7日，局长主持召开专题会议，研究加装电梯工作。现纪要如下：
一、明确责任。
""",
        {
            "doc_number": None,
            "title": "关于老旧小区加装电梯的会议纪要",
            "sender_org": "临江市住房和城乡建设局办公室",
            "dated_on": "2026-05-09",
            "doc_kind": "纪要",
        },
    ),
    (
        "issuer and date in brackets below the title",
        """\
关于规范公务用车管理的通知
（临江市机关事务管理局 2026年2月8日）
各部门：
现就有关事项通知如下：
一、统一调度。
""",
        {
            "doc_number": None,
            "title": "关于规范公务用车管理的通知",
            "sender_org": "临江市机关事务管理局",
            "dated_on": "2026-02-08",
            "doc_kind": "通知",
        },
    ),
    (
        "a letter's mark ending in 函",
        """\
临江市人民政府办公室（函）
临政办函〔2026〕5号
临江市人民政府办公室关于同意
举办龙舟赛的复函
市体育局：
你局《关于举办龙舟赛的请示》（临体〔2026〕2号）收悉。经市政府研究，同意举办。
临江市人民政府办公室
2026年5月1日
""",
        {
            "doc_number": "临政办函〔2026〕5号",
            "title": "临江市人民政府办公室关于同意举办龙舟赛的复函",
            "sender_org": "临江市人民政府办公室",
            "dated_on": "2026-05-01",
            "doc_kind": "函",
        },
    ),
    (
        "a forwarded opinion with its own number, signature and date",
        """\
东川省财政厅关于转发《财政部关于进一步加强
国有资产管理的意见》的通知
东财资〔2026〕14号
省直各部门：
现将《财政部关于进一步加强国有资产管理的意见》（财资〔2025〕99号）转发给你们，请遵照执行。
东川省财政厅
2026年1月30日
附件
财政部关于进一步加强国有资产管理的意见
财资〔2025〕99号
各省、自治区、直辖市财政厅（局）：
现提出如下意见。
财政部
2025年12月25日
""",
        {
            "doc_number": "东财资〔2026〕14号",
            "title": "东川省财政厅关于转发《财政部关于进一步加强国有资产管理的意见》的通知",
            "sender_org": "东川省财政厅",
            "dated_on": "2026-01-30",
            "doc_kind": "通知",
        },
    ),
    (
        "two offices in one mark",
        """\
临江市发展和改革委员会  临江市财政局  文件
临发改〔2026〕6号
关于下达2026年投资计划的通知
各区发展改革局、财政局：
现下达投资计划，请抓紧组织实施。
临江市发展和改革委员会    临江市财政局
2026年3月3日
""",
        {
            "doc_number": "临发改〔2026〕6号",
            "title": "关于下达2026年投资计划的通知",
            "sender_org": "临江市发展和改革委员会、临江市财政局",
            "dated_on": "2026-03-03",
        },
    ),
    (
        "a body broken into lines, without addressees",
        """\
临江市气象局关于发布
暴雨预警的通告
临气〔2026〕8号
受低压影响，预计未来二十四小时我市有大到暴雨，局部特大
暴雨，请各单位做好防范工作。
特此通告。
临江市气象局
2026年7月7日
""",
        {
            "doc_number": "临气〔2026〕8号",
            "title": "临江市气象局关于发布暴雨预警的通告",
            "sender_org": "临江市气象局",
            "dated_on": "2026-07-07",
            "doc_kind": "通告",
            "main_recipients": None,
        },
    ),
    (
        "a decision of a standing committee",
        """\
全国人民代表大会常务委员会关于设立
生态日的决定
（2026年6月28日第十四届全国人民代表大会常务委员会第三次会议通过）
第十四届全国人民代表大会常务委员会第三次会议决定：
将8月15日设立为生态日。
""",
        {
            "doc_number": None,
            "title": "全国人民代表大会常务委员会关于设立生态日的决定",
            "sender_org": "全国人民代表大会常务委员会",
            "dated_on": "2026-06-28",
            "doc_kind": "决定",
            "main_recipients": None,
        },
    ),
    (
        "a communique without a number",
        """\
临江市统计局
2025年国民经济和社会发展统计公报
临江市统计局 国家统计局临江调查队
2026年3月9日
2025年，全市上下坚持稳中求进，经济运行总体平稳。
""",
        {"doc_number": None, "dated_on": "2026-03-09", "doc_kind": "公报"},
    ),
    (
        "a university's party committee",
        """\
中国共产党临江大学委员会文件
临大委〔2026〕17号
★
中共临江大学委员会关于印发《临江大学“十五五”发展规划》的通知
各党总支、直属党支部，各学院、部门：
《临江大学“十五五”发展规划》经校党委会审议通过，现予印发。
中共临江大学委员会
2026年5月17日
中共临江大学委员会办公室 2026年5月18日印发
""",
        {
            "doc_number": "临大委〔2026〕17号",
            "title": "中共临江大学委员会关于印发《临江大学“十五五”发展规划》的通知",
            "sender_org": "中共临江大学委员会",
            "dated_on": "2026-05-17",
            "doc_kind": "通知",
        },
    ),
    (
        "a joint request with two signers",
        """\
临江市财政局文件
临财〔2026〕2号  签发人：王一
                会签人：李二
关于追加抗旱经费的请示
市政府：
因旱情严重，拟追加经费。
妥否，请批示。
临江市财政局
临江市水利局
2026年8月1日
""",
        {
            "doc_number": "临财〔2026〕2号",
            "title": "关于追加抗旱经费的请示",
            "sender_org": "临江市财政局、临江市水利局",
            "dated_on": "2026-08-01",
            "doc_kind": "请示",
            "main_recipients": "市政府",
        },
    ),
]
STORIES = [story for story, _, _ in DOCUMENTS]


def as_text(text: str) -> str:
    return text_of("来文.txt", text.encode("gb18030"))


def as_docx(text: str) -> str:
    return text_of("来文.docx", docx_bytes(text.split("\n")))


def as_pdf(text: str) -> str:
    return text_of("来文.pdf", pdf_bytes(text.split("\n")))


FORMATS: dict[str, Callable[[str], str]] = {"txt": as_text, "docx": as_docx, "pdf": as_pdf}


def docx_bytes(lines: list[str]) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def pdf_bytes(lines: list[str]) -> bytes:
    """A4 with the margins of GB/T 9704, size-three type, long lines wrapped by the page."""
    page = '#set page(paper: "a4", margin: (left: 28mm, right: 26mm), numbering: "— 1 —")\n'
    face = '#set text(font: "Noto Serif CJK SC", size: 16pt, lang: "zh")\n'
    body = "\n\n".join(f"#text({json.dumps(line, ensure_ascii=False)})" for line in lines)
    return typst.compile((page + face + body).encode())  # type: ignore[no-any-return]


def said(text: str) -> dict[str, str | None]:
    reading = read(text)
    values = {key: getattr(reading, key) for key in reading.__dataclass_fields__}
    return values | {"dated_on": reading.dated_on.isoformat() if reading.dated_on else None}


def zipped(parts: dict[str, bytes], **options: Any) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def as_word(**parts: bytes) -> dict[str, bytes]:
    return {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"} | parts


# ---- documents ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("document", DOCUMENTS, ids=STORIES)
def test_a_document_of_this_form_says_what_it_is(document: Document, form: str) -> None:
    _, text, expected = document
    found = said(FORMATS[form](text.strip()))
    assert {key: found[key] for key in expected} == expected


@pytest.mark.skipif(not DATA.exists(), reason="the published documents are not beside this checkout")
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("with_labels", [True, False], ids=["with the page's labels", "the bare document"])
def test_published_documents_are_read_in_98_of_100_fields(form: str, with_labels: bool) -> None:
    wrong, total = [], 0
    for line in DATA.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        body = row["body"] if with_labels else row["body"].split("\n索 引 号")[0]
        found = said(FORMATS[form](body))
        for key, told in [
            ("doc_number", "number"),
            ("title", "title"),
            ("sender_org", "issuer"),
            ("dated_on", "written_on"),
        ]:
            total += 1
            if found[key] != row[told]:
                wrong.append((row["number"], key, found[key]))
    assert total and len(wrong) <= 0.02 * total, wrong


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2019年1月27日", date(2019, 1, 27)),
        ("二〇〇五年三月三日", date(2005, 3, 3)),
        ("二○○五年十月二十一日", date(2005, 10, 21)),
        ("二零零五年十二月卅一日", date(2005, 12, 31)),
        ("二O二六年元月廿日", date(2026, 1, 20)),
        ("2019-01-27", date(2019, 1, 27)),
        ("2019.1.27", date(2019, 1, 27)),
        ("2026年2月30日", None),
        ("二〇二六年二一月三日", None),
    ],
)
def test_a_date_is_read_however_it_is_written(written: str, day: date | None) -> None:
    assert date_of(written) == day


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("某办发[2026]7号", "某办发〔2026〕7号"),
        ("某办发 （2026） 7 号", "某办发〔2026〕7号"),
        ("某办发(2026)7号", "某办发〔2026〕7号"),
        ("某办发【2026】7号", "某办发〔2026〕7号"),
        ("某办发［2026］7号　　签发人：何清", "某办发〔2026〕7号"),
        ("发文字号：某政字〔2026〕第12号", "某政字〔2026〕第12号"),
        ("〔1998〕某司字第21号", "〔1998〕某司字第21号"),
        ("根据某办发〔2026〕7号的要求", None),
        ("第三次会议", None),
    ],
)
def test_a_number_comes_out_in_the_brackets_of_the_standard(typed: str, number: str | None) -> None:
    assert number_of(typed) == number


def test_a_text_that_is_no_document_says_nothing() -> None:
    assert set(said("今天下雨。\n明天开会，请大家准时。").values()) == {None}


@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("关于的通知〔2026〕号年月日令文件：\n 机密★")),
        max_size=300,
    )
)
@settings(max_examples=300, deadline=None)
def test_any_text_at_all_is_read_without_a_fault(text: str) -> None:
    for value in said(text).values():
        assert value is None or value


@pytest.mark.parametrize(
    "text",
    [
        "关于" * 250_000,
        "〔2026〕" * 80_000,
        "（" * 500_000,
        "某局 " * 200_000,
        "某某局\n" * 200_000,
        "2026年" * 150_000,
        "关于做好工作的通知\n" * 90_000,
        "标题：\n" * 200_000,
        "《" * 300 + "\n",
        ("一" * 399 + "\n") * 1_500,
    ],
)
def test_a_megabyte_of_anything_is_read_at_once(text: str) -> None:
    started = time.perf_counter()
    read(text)
    assert time.perf_counter() - started < 5


# ---- files ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_a_text_file_is_read_in_the_encodings_offices_use(encoding: str) -> None:
    text = "关于做好值班工作的通知\n各科室：\n请按时到岗。"
    assert text_of("来文.txt", text.encode(encoding)) == text


def test_a_docx_gives_breaks_tabs_tables_and_headers_in_order() -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "临江市档案局文件"
    document.add_paragraph("临档〔2026〕1号\t签发人：何清")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "左", "右"
    document.add_paragraph("关于归档的\n通知")
    file = io.BytesIO()
    document.save(file)
    text = text_of("来文.docx", file.getvalue())
    lines = ["临江市档案局文件", "临档〔2026〕1号 签发人：何清", "左", "右", "关于归档的", "通知"]
    assert [line for line in text.split("\n") if line] == lines


def test_a_docx_gives_a_text_box_once_and_no_deleted_or_moved_text() -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    compat = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = "<w:txbxContent><w:p><w:r><w:t>红头</w:t></w:r></w:p></w:txbxContent>"
    drawn = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    moved = (
        "<w:del><w:r><w:delText>删</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom>"
    )
    xml = f"<w:document {space} {compat}><w:p><w:r>{drawn}</w:r>{moved}<w:r><w:t>正文</w:t></w:r></w:p></w:document>"
    parts = as_word(**{"word/document.xml": xml.encode()})
    assert text_of("来文.docx", zipped(parts)) == "红头\n正文"


def lying(parts: dict[str, bytes], name: str, size: int) -> bytes:
    """The archive with another size for one part in both its headers."""
    content = bytearray(zipped(parts))
    for mark, offset, length in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            if content[at + length :].startswith(name.encode()):
                struct.pack_into("<I", content, at + offset, size)
    return bytes(content)


def linked() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in as_word().items():
            archive.writestr(name, content)
        link = zipfile.ZipInfo("word/media/a.png")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return file.getvalue()


def locked_zip() -> bytes:
    content = bytearray(zipped(as_word()))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + offset] |= 1
    return bytes(content)


def pdf_of(objects: list[bytes], trailer: bytes = b"") -> bytes:
    out, places = b"%PDF-1.6\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    tail = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF"
    return out + tail % (size, table, size, trailer, len(out))


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>"


def stream(content: bytes, extra: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), extra, content)


def locked_pdf() -> bytes:
    """A file whose keys fit no password anyone knows."""
    lock = b"<</Filter/Standard/V 2/R 3/Length 128/P -44/O<%s>/U<%s>>>" % (b"ab" * 32, b"cd" * 32)
    trailer = b"/Encrypt 5 0 R/ID[<%s><%s>]" % (b"0f" * 16, b"0f" * 16)
    return pdf_of([CATALOG, PAGES, PAGE, stream(b"BT ET"), lock], trailer)


def bomb_pdf() -> bytes:
    return pdf_of([CATALOG, PAGES, PAGE, stream(zlib.compress(bytes(100 * 2**20)), b"/Filter/FlateDecode")])


def entity_bomb() -> bytes:
    names = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "哈"}">' for n in range(10))
    return f'<?xml version="1.0"?><!DOCTYPE w [{names}]><w>&e9;</w>'.encode()


def long_part() -> bytes:
    """13 MB that shrink to a fiftieth, as long tables do."""
    return b"".join(os.urandom(128) + bytes(2**13) for _ in range(1600))


HOSTILE: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("an empty file", "来文.docx", lambda: b"", "0 字节"),
    ("a file above the limit", "来文.pdf", lambda: b"%PDF-1.7" + bytes(60 * 2**20), "50 MB"),
    ("a program called a PDF", "来文.pdf", lambda: b"MZ\x90\x00" + bytes(2000), "可执行程序"),
    ("a text called a DOCX", "来文.docx", lambda: "关于放假的通知".encode(), "纯文本"),
    ("a PDF called a DOCX", "来文.docx", lambda: pdf_of([CATALOG, PAGES, PAGE, stream(b"")]), "内容却是 PDF"),
    ("a script called what it is", "来文.bat", lambda: b"echo 1", "脚本"),
    ("a web page called a text", "来文.txt", lambda: b"<html><script>alert(1)</script>", "网页"),
    ("a bomb of zeros", "来文.docx", lambda: zipped(as_word(bomb=bytes(150 * 2**20))), "压缩炸弹"),
    (
        "a size field that lies low",
        "来文.docx",
        lambda: lying(as_word(a=bytes(9000)), "a", 9),
        "大小与实际不符",
    ),
    (
        "a part of 64 MB that says it is small",
        "来文.docx",
        lambda: lying(as_word(**{"word/s.xml": bytes(64 * 2**20)}), "word/s.xml", 2**20),
        "大小与实际不符",
    ),
    (
        "more XML than any office writes",
        "来文.docx",
        lambda: zipped(as_word(**{f"word/{n}.xml": long_part() for n in range(4)})),
        "压缩炸弹",
    ),
    (
        "a size field that lies high",
        "来文.docx",
        lambda: lying(as_word(a=b"1234"), "a", 900),
        "大小与实际不符",
    ),
    (
        "an entity bomb",
        "来文.docx",
        lambda: zipped(as_word(**{"word/document.xml": entity_bomb()})),
        "实体声明",
    ),
    (
        "an entity bomb in UTF-16",
        "来文.docx",
        lambda: zipped(as_word(**{"word/s.xml": entity_bomb().decode().encode("utf-16")})),
        "实体声明",
    ),
    ("an entry that climbs out", "来文.docx", lambda: zipped(as_word(**{"../../x": b"1"})), "不安全的路径"),
    ("an entry from the root", "来文.docx", lambda: zipped(as_word(**{"/etc/x": b"1"})), "不安全的路径"),
    ("an entry on a drive", "来文.docx", lambda: zipped(as_word(**{"C:\\x": b"1"})), "不安全的路径"),
    ("an entry that is a link", "来文.docx", linked, "不安全的路径或链接"),
    ("2,001 entries", "来文.docx", lambda: zipped(as_word(**{f"x{n}": b"" for n in range(1999)})), "2000 个"),
    ("a locked archive", "来文.docx", locked_zip, "已加密"),
    ("a locked DOCX", "来文.docx", lambda: ole("EncryptedPackage"), "已加密"),
    ("an old DOC", "来文.doc", lambda: ole("WordDocument"), "另存为 DOCX 或 PDF"),
    ("an old WPS", "来文.wps", lambda: ole("WordDocument"), "另存为 DOCX 或 PDF"),
    ("a plain archive", "来文.zip", lambda: zipped({"a.txt": b"1"}), "压缩包"),
    ("a cut archive", "来文.docx", lambda: zipped(as_word())[:-30], "损坏"),
    (
        "a DOCX with broken XML",
        "来文.docx",
        lambda: zipped(as_word(**{"word/document.xml": b"<a><b>"})),
        "损坏",
    ),
    ("a locked PDF", "来文.pdf", locked_pdf, "已加密"),
    ("a broken PDF", "来文.pdf", lambda: b"%PDF-1.7\n" + os.urandom(500), "损坏"),
    ("a bomb in a PDF", "来文.pdf", bomb_pdf, "压缩炸弹"),
    ("a scanned PDF", "来文.pdf", lambda: pdf_of([CATALOG, PAGES, PAGE, stream(b"0 0 9 9 re f")]), "扫描件"),
    ("a photograph", "来文.png", lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40), "扫描件"),
    ("bytes of no sort", "来文.txt", lambda: bytes(range(256)) * 20, "不认识"),
]


def ole(stream_name: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + stream_name.encode("utf-16-le") + bytes(600)


@pytest.mark.parametrize(
    ("name", "make", "reason"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE]
)
def test_a_hostile_or_useless_file_is_refused_with_its_reason(
    name: str, make: Callable[[], bytes], reason: str
) -> None:
    with pytest.raises(Unreadable) as refusal:
        text_of(name, make())
    sentence = str(refusal.value)
    assert reason in sentence
    assert sentence.endswith("。") and sentence.count("。") == 1


def test_a_scan_can_be_told_from_a_refusal_so_that_it_may_be_kept() -> None:
    scan = pdf_of([CATALOG, PAGES, PAGE, stream(b"0 0 9 9 re f")])
    assert check("来文.pdf", scan) == "pdf"
    with pytest.raises(Scanned):
        text_of("来文.pdf", scan)


def test_a_locked_pdf_cannot_be_read_but_is_kept_as_the_original_it_is(office: Any, secretary: Any) -> None:
    """The sender's original belongs to the record; that nothing in it can be found is no reason to lose it."""
    with pytest.raises(Unreadable, match="PDF 已加密"):
        text_of("来文.pdf", locked_pdf())
    assert office.keep("来文.pdf", locked_pdf(), by=secretary)["name"] == "来文.pdf"


def test_attachments_may_be_pictures_and_tables() -> None:
    assert check("照片.JPG", b"\xff\xd8\xff\xe0" + bytes(60)) == "image"
    table = zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
    assert check("名单.xlsx", table) == "xlsx"
    with pytest.raises(Unreadable, match="表格"):
        text_of("名单.xlsx", table)


@given(st.binary(max_size=400), st.sampled_from(["a.docx", "a.pdf", "a.txt", "a"]))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    for start in (b"", b"PK\x03\x04", b"%PDF-1.4\n"):
        try:
            assert isinstance(text_of(name, start + content), str)
        except Unreadable as refusal:
            assert str(refusal).endswith("。")


# ---- names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\用户\\来文.docx", "来文.docx"),
        ("来\x00文.pdf", "来文.pdf"),
        ("来文\u202efdp.exe", "来文fdp.exe"),
        ("", "未命名"),
        ("..", "未命名"),
        ("a/", "未命名"),
        ("\u202e\x00", "未命名"),
        ("通知😀.pdf", "通知😀.pdf"),
        ("e\u0301.txt", "é.txt"),
    ],
)
def test_a_shown_name_has_no_path_and_nothing_hidden(given_name: str, shown: str) -> None:
    assert safe_name(given_name) == shown


def test_a_long_name_keeps_its_extension() -> None:
    name = safe_name("长" * 300 + ".docx")
    assert len(name) == 120 and name.endswith("长.docx")


@given(st.text(alphabet=st.characters(codec=None), max_size=400))
def test_any_name_becomes_one_that_can_be_shown(name: str) -> None:
    shown = safe_name(name)
    assert 0 < len(shown) <= 120 and safe_name(shown) == shown
    assert "/" not in shown and "\\" not in shown and "\0" not in shown


# ---- the command ----------------------------------------------------------------------------------------


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "core.intake", *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_command_prints_one_object_a_file_and_goes_on_after_a_bad_one(tmp_path: Path) -> None:
    good, bad = tmp_path / "好.txt", tmp_path / "坏.docx"
    good.write_text(DOCUMENTS[0][1].strip(), encoding="utf-8")
    bad.write_bytes(b"")
    done = command(str(bad), str(tmp_path / "无.txt"), str(tmp_path), str(good))
    assert done.returncode == 1
    keys = ["doc_number", "title", "sender_org", "dated_on", "doc_kind", "secrecy_level", "urgency"]
    (row,) = [json.loads(line) for line in done.stdout.splitlines()]
    assert list(row) == keys and row["title"] == DOCUMENTS[0][2]["title"] and "\\u" not in done.stdout
    faults = [json.loads(line) for line in done.stderr.splitlines()]
    assert [fault["file"] for fault in faults] == [str(bad), str(tmp_path / "无.txt"), str(tmp_path)]
    assert all(fault["error"].endswith("。") for fault in faults)


def test_the_command_without_files_says_how_to_use_it() -> None:
    done = command()
    assert (done.returncode, done.stdout) == (2, "") and "用法" in done.stderr


def test_the_limit_is_fifty_megabytes() -> None:
    assert LARGEST == 50 * 1024 * 1024
