"""What Chinese shoppers say in many ways, brought to one way, for comparing questions only.

Written for Weihub from general knowledge of shop talk; no corpus stands behind it. A row is a canonical phrase and what is
taken for it. Politeness, particles and filler, which colour a question without changing what it asks, come to nothing. The
longest phrase wins at each place, so that 能不能 is never read as 能 and 不能.
"""

import re
from functools import cache

import ahocorasick_rs

from intents.text import normal
from intents.vocabulary import NOTHING, Vocabulary
from intents.words import new_words

_ROWS = """
什么时候 啥时候 何时 几时 什么时间 啥时间 多会儿 哪天 哪一天 几号 几点 几点钟 几月 几月几号 星期几 周几
多久 多长时间 几天 多少天 多少时间 几个小时 多少小时 几个月 几周 几年 多长 要等多久 需要多久 要多久 得多久 几个工作日
怎么 如何 怎样 咋 怎么样 咋样 怎么才能 怎样才能 如何才能 怎么能 要怎么 该怎么 应该怎么 怎么去 怎么来
怎么办 咋办 怎么处理 如何处理 怎么解决 如何解决 怎么弄 咋弄 咋整
什么 啥 神马 哪些 哪种 什么样 啥样
哪个 哪一个 哪款 哪一款
为什么 为啥 为何 咋回事 怎么回事 怎么会 凭什么 什么原因 啥原因 什么情况 啥情况
谁 哪位 有谁 什么人
哪里 哪儿 在哪 在哪里 在哪儿 哪个地方 什么地方 啥地方 哪
多少 几多
多少钱 价格 价钱 价位 售价 单价 怎么卖 咋卖 啥价 什么价 几块钱 几元
能 可以 能够 可不可以 能不能 可否 能否 是否可以 是否能 可不可 行不行
有 有没有 有木有 是否有 还有没有
是 是不是 是否
会 会不会 是否会
要 要不要 是否要 需要 需不需要 是否需要 用不用
没 没有 还没 还没有 木有 未 尚未 并没有 一直没 一直没有 都没 都没有
不 不能 没法 无法 没办法 不可以
不了 不成
订单 单子 定单
买 购买 下单 拍下 拍 订购 选购
付款 支付 付钱 缴费 交钱 付费 结账 买单
发货 寄出 发出 寄货 出库 出货 发件 寄件 寄出来 发出来 发出去 寄出去 发走 寄走
快递 物流 包裹 邮件 快件
快递员 派送员 配送员 送货员 快递小哥 派件员 快递师傅 配送小哥 外卖员 骑手
快递公司 物流公司 哪家快递 什么快递 啥快递 哪个快递
送 配送 派送 送货 派件 投递
到货 送到 送达 到达 运到 寄到 抵达
收到 收着 拿到
揽收 揽件
自提 自取
签收 确认收货
拒收 拒签
退货 退回 退掉 退了 寄回
退款 退钱 返款 退费
换货 调换
退差价 补差价 价保 保价 价格保护
运费 邮费 快递费 物流费 配送费 邮资
包邮 免邮 免运费 免邮费
优惠 打折 折扣 便宜 促销 减价 降价 特价
优惠券 代金券 抵用券 满减券
赠品 礼品 赠送
会员 vip
取消 撤销 撤回 撤单
修改 更改 改 变更 更换 换成 改成 换 调整
查 查询 查看 查找 看看 看下 看一下 查一查
找不到 看不到 查不到 没找到 不见了
商品 宝贝 物品 产品 货品 货物
库存 现货 有货 存货
缺货 断货 没货 无货 卖完 卖光 售罄 脱销
补货 来货 进货
预售 预订 预定
正品 真货 真品 行货
假货 假的 仿品 冒牌 山寨 高仿
质量 品质 做工
瑕疵 缺陷 次品
损坏 破损 破了 坏了 碎了 裂了 烂了
少发 漏发 少了 缺件 少件 漏件
发错 错发 寄错 送错
丢失 丢了 丢件 弄丢 遗失
尺码 尺寸 大小 码数
颜色 色号
掉色 褪色 脱色
材质 面料 材料 料子 布料
款式 样式
保质期 有效期
保修 质保
维修 修理 返修
说明书 使用说明
地址 住址
电话 号码 手机号 手机号码 联系方式 电话号码 联系电话 热线
人工 真人
投诉 举报
评价 评论 好评 差评
发票 开票
推荐 介绍
账号 帐号 账户 帐户
密码 口令
登录 登陆 登入
绑定 绑
解绑 解除绑定 取消绑定
开通 激活 启用
关闭 注销 关掉 停用
银行卡 储蓄卡 借记卡
钱 金额 款项
余额 剩余金额
充值 充钱
提现 取现
转账 汇款 打款
到账 到帐 入账
扣款 扣钱 扣费
手续费 服务费
借款 贷款 借钱
还款 还钱 还贷
还清 结清 还完
利息 利率
逾期 超期
提前 提早
推迟 延后 延迟 延期 晚点 晚些 迟点
马上 立刻 立即 赶紧 赶快 尽快 快点 快些
现在 目前 如今 当前
昨天 昨日 昨晚
使用 用
手机 电话机
软件 app
网站 网址
区别 不同 差别 不一样 差异
失败 不成功 没成功 通不过 没通过 不通过
好看 漂亮
最近 近期 近来
"""

_NOTHING = """
亲 亲亲 亲爱的 你好 您好 你们好 哈喽 嗨 hi hello 请问 请问下 请问一下 问下 问一下 想问 想问下 想问一下 我想问 我想问下 我想问一下 我问一下
麻烦 麻烦你 麻烦您 打扰 打扰一下 打扰了 不好意思 咨询 咨询下 咨询一下 我想咨询 想咨询一下 谢谢 谢谢你 谢谢您 多谢 感谢 谢了 辛苦了
帮我 帮忙 帮 给我 给 替我 一下 下 一个 个 吗 呢 啊 呀 吧 哦 噢 喔 哈 嘛 么 啦 哇 哟 嗯 诶 哎 呃 额 了 的 地 得 着 就 就是
你们 您 我想 我要 请 呵呵 哈哈 到底 究竟 大概 大约 一般 然后 但是 因为 所以 如果 店家 老板 掌柜 卖家 掌柜的 店主
"""

_MARKS = " ,.!?;:~…'\"()[]<>{}-_/\\|*#@&+=·^`"

_DAY = re.compile(
    r"[0-9]{1,2}月[0-9]{1,2}[日号]?|[0-9]{1,2}[日号]|[下这本]?个?(?:周|星期|礼拜)[一二三四五六日天末]|大?后天|[今明后][天日儿晚早]|[上下]午|早上|中午|晚上"
)
_DAYS_END = frozenset("日号月周期拜天儿晚早午上")
"""One of these stands in every day."""

_ANY_DAY = "今天"
"""A day to come, or a part of one: one is as good as another for what is asked."""

_ASKING = frozenset([_ANY_DAY, "什么时候", "多久", "怎么", "什么", "为什么", "哪里", "多少", "多少钱", "是什么", "怎么办", "有什么", "能不能"])
"""What asks, and leaves open about what."""


def is_bare(said: str) -> bool:
    """Whether a canonical text is a fragment that names no matter: a single character, or nothing but a word that asks."""
    return len(said) < 2 or said in _ASKING


_OWN_WORDS = 0xF0000
"""An account's own word is one character while it is compared, of a plane that nobody writes in; the first."""


class Synonyms:
    """The table above, and what one account adds to it: its own words, each then as one character, and its own groups, which come first."""

    def __init__(self, vocabulary: Vocabulary = NOTHING) -> None:
        forms = dict(_built_in_forms())
        own = {word: chr(_OWN_WORDS + number) for number, word in enumerate(new_words(vocabulary.words))}
        forms |= own
        for group in vocabulary.synonyms:
            phrases = [phrase for phrase in map(normal, group) if phrase]
            if phrases:
                forms |= dict.fromkeys(phrases, next((forms[phrase] for phrase in phrases if forms.get(phrase)), phrases[0]))
        self._forms = list(forms.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(forms), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)

    def canonical(self, text: str) -> str:
        """A text in normal form as its questions are compared; "" where nothing of substance is said."""
        if not _DAYS_END.isdisjoint(text):
            text = _DAY.sub(_ANY_DAY, text)
        matches = self._automaton.find_matches_as_indexes(text)
        if not matches:
            return text
        pieces: list[str] = []
        done = 0
        for number, start, end in matches:
            if start > done:
                pieces.append(text[done:start])
            pieces.append(self._forms[number])
            done = end
        pieces.append(text[done:])
        return "".join(pieces)


@cache
def _built_in_forms() -> dict[str, str]:
    forms: dict[str, str] = dict.fromkeys([*map(normal, _NOTHING.split()), *_MARKS], "")
    for row in _ROWS.strip().split("\n"):
        head, *others = map(normal, row.split())
        forms[head] = head
        for other in others:
            forms.setdefault(other, head)
    return forms


@cache
def _built_in() -> Synonyms:
    return Synonyms()


def synonyms(vocabulary: Vocabulary) -> Synonyms:
    """The synonyms of an account; those that are built in are made once."""
    return Synonyms(vocabulary) if vocabulary != NOTHING else _built_in()


def canonical(text: str) -> str:
    """As `Synonyms.canonical`, without anything of an account."""
    return _built_in().canonical(text)
