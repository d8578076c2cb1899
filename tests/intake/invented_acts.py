"""What is decided, ordered or made public, invented: orders, decisions, announcements, minutes; each with what it says."""

from tests.intake.made import Document

ACTS: list[Document] = [
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
]
