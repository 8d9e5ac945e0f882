"""Make `data/variants.tsv`, the families of characters that search takes for one.

    python -m search.build_variants PATH/TO/Unihan_Variants.txt

Families come from the Unicode Han Database (UAX #38): kZVariant, kSimplifiedVariant, kTraditionalVariant and
kSemanticVariant; kSpecializedSemanticVariant (shared in one meaning only) and kSpoofingVariant (alike to the eye only)
are left out. Two short tables of our own mend it: `ALSO`, forms that woodblock and 四庫全書 texts use all the time and
Unihan does not link; `APART`, words that Unihan links and a reader of Chinese books does not take for one.

A simplified character that stands for several traditional ones (后 for 后 and 後) makes them one family on purpose: who
types the simplified word must find each of them. Everything else that would grow a family by way of a third
character is stopped by `APART`, which holds for whole families, not only for the pair that is joined.
"""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from archive.errors import UsageError

OUTPUT = Path(__file__).parents[1] / "data" / "variants.tsv"
LARGEST = 14
"""Characters a family may have: more means that a bad edge has run families together."""

# In this order: an edge that APART forbids is dropped in favour of those before it.
FIELDS = ("kZVariant", "kSimplifiedVariant", "kTraditionalVariant", "kSemanticVariant")

# Pairs, variant first. Found by reading the frequency list of 53 million characters of 四庫全書 texts for characters
# that are in no family and in neither GB 2312 nor Big5.
ALSO = """
徳德 㑹會 逺遠 厯歷 巻卷 録錄 彔錄 懐懷 乗乘 㫖旨 𤣥玄 𢎞弘 徴徵 歩步 䇿策 筞策 増增 勲勳 曽曾 眀明 䕶護 寛寬
䘮喪 乆久 顔顏 産產 邉邊 冦寇 㓂寇 逹達 毎每 鳯鳳 舎舍 䝉蒙 𨽻隸 諌諫 旣既 卽即 吿告 㸃點 㣲微 𫝊傳 亷廉 㢘廉
凖準 㧞拔 抜拔 冝宜 渉涉 䟽疏 踈疏 㡬幾 丗世 夘卯 邜卯 㓜幼 専專 䧟陷 陥陷 𥘉初 恵惠 聼聽 聴聽 従從 夲本 圗圖 逰遊
㳺游 閲閱 壊壞 恱悅 髪髮 靣面 庻庶 爼俎 彛彝 彜彝 𦵏葬 㦸戟 𬒳被 撃擊 䕫夔 飬養 緑綠 荘莊 鐡鐵 䥫鐵 䑕鼠 䑓臺 冡冢
塜冢 㝷尋 瓌瑰 㕔廳 廰廳 矦侯 𤼵發 彂發 愼慎 藴蘊 䕃蔭 冐冒 䘏恤 禆裨 冨富 帯帶 𢃄帶 兾冀 𦙍胤 㣧胤 𣙜榷 慿憑 㤗泰
𤓰瓜 譲讓 朂勖 㸔看 㝠冥 𡨕冥 𠖇冥 禇褚 蔵藏 㕘參 畨番 滛淫 衘銜 曺曹 啇商 㫁斷 頥頤 蘓蘇 䧏降 慤愨 敇敕 覧覽 劵券
虵蛇 瓉瓚 㓕滅 虗虛 虚虛 淸清 䜟讖 讃讚 逈迥 矟槊 揔總 惣總 捴總 㧾總 㳟恭 圎圓 莭節 䜛讒 頽頹 頺頹 鳬鳧 繋繫 㳂沿
濳潛 桞柳 桺柳 鍳鑒 纒纏 聨聯 聮聯 聫聯 䟦跋 𥙷補 亰京 㪚散 鬰鬱 欎鬱 曵曳 㓙凶 䨇雙 㨿據 㩀據 簮簪 釡釜 㓗潔 譛譖
剰剩 闘鬭 剏創 剙創 縦縱 𦍑羌 㝢宇 捜搜 綘絳 靑青 𤯝青 殱殲 偹備 𥙿裕 𣺌渺 擕攜 㩦攜 浄淨 尓爾 廽迴 逥迴 㸑爨 兠兜
漑溉 𤦺琦 𠂻衷 掲揭 様樣 䓁等 㤙恩 彚彙 渇渴 㤀忘 籖籤 㽔蕤 仭仞 灋法 薫薰 㡌帽 纉纘 㒺罔 㪷斗 壷壺 扄扃 穂穗 兊兌
莾莽 𣏌杞 䘙衛 埀垂 𦕈眇 巵卮 郍那 賖賒 䏻能 謩謨 鬛鬣 舩船 䆒究 眡視 眂視 緼縕 𤨏瑣 睂眉 𨗳導 㳙涓 莵菟 濓濂 𣲖派
錬鍊 䧺雄 罸罰 䛕諛 忩匆 䄂袖 䆳邃 唘啟 顚顛 壌壤 屛屏 㕓廛 姧姦 䦨闌 廏厩 苐第 㽞留 𥿄紙 潄漱 䍐罕 皐皋 児兒 歘欻
䰟魂 瀬瀨 熖焰 穣穰 暦曆 尭堯 㮚栗 㦯或 曁暨 暁曉 冺泯 嵓巖 偘侃 穏穩 尫尪 𨼆隱 蟇蟆 茘荔 姫姬 圏圈 袐祕 㝡最 冣最
駈驅 尙尚 辝辭 嚢囊 悪惡 㢮弛 齓齔 䖝蟲 遅遲 隟隙 藳稿 稲稻 慠傲 弻弼 㢸弼 醤醬 畮畝 閇閉 㢲巽 痩瘦 継繼 靁雷 躰體
戅戇 諐愆 韲齏 椉乘 㦲哉 耉耇 飮飲 𫝑勢 頳赬 侫佞 㝎定 涙淚 𫉬獲 𢷬擣 圑團 枿櫱 糵櫱 禩祀 臰臭 曅曄 焼燒 戻戾 桒桑
懴懺 衜道 犠犧 疉疊 囏艱 㱕歸 㝱夢 壄野 㫋旃 卾鄂 㬥暴 醎鹹 葘菑 攺改 㫺昔 旤禍 㓛功 崕崖 壃疆 麺麵 裩褌 霛靈 煕熙
囙因 髄髓 舗鋪 佀似 煗暖 糚妝 掻搔 䌓繁 𩔖類 隂陰 髙高 㬰臾 𠃔允 㑺俊 㫤曠 㝛宿 𡊮袁 𧰼象 𣈆晉 𣗳樹 𨕖選 圡土 𡈽土 𨵿關
𠋣倚 𦘕畫 𩀱雙 𥙊祭 𠫦所 𫠦所 卭邛 陜陝 湊凑 瑶瑤 遥遙 黒黑 内內 别別 吕呂 宫宮 禄祿 剥剝 彦彥 温溫 奂奐 换換 唤喚
争爭 静靜 净淨 黄黃 横橫 毁毀 奥奧 粤粵 没沒 殁歿 册冊 删刪 姗姍 栅柵 减減 凉涼 况況 决決 决决 却卻 够夠 查査 淩凌
兑兌 脱脫 税稅 鋭銳 悦悅 説說 丢丟 戋戔 吴吳 户戶 録彔 强強 緖緒 朶朵 躱躲 鷄雞 俞兪 粛肅 晋晉 晉晋 普普
図圖 国國 仏佛 応應 単單 伝傳 体體 対對 帰歸 気氣 沢澤 渓溪 焔焰 犹猶 状狀 獣獸 県縣 経經 絵繪 続續 総總 縁緣
衆眾 覚覺 観觀 訳譯 読讀 豊豐 辺邊 鉄鐵 関關 険險 隠隱 霊靈 顕顯 駅驛 験驗 麦麥 鶏雞 黙默 斉齊 斎齋 歯齒 竜龍 亀龜 仮假
伹但 価價 倹儉 偽僞 剣劍 労勞 勧勸 厳嚴 営營 嘆歎 囲圍 塩鹽 墳墳 売賣 変變 奨奬 実實 宝寶 対對 巣巢 帯帶 広廣 廃廢 弾彈
徳德 悩惱 恒恆 戦戰 択擇 拠據 挙擧 揺搖 摂攝 桜櫻 検檢 楽樂 権權 歓歡 歴歷 殴毆 毎每 浅淺 渋澁 満滿 滝瀧 潜潛 瀬瀨 灯燈
炉爐 点點 為爲 独獨 画畫 発發 県縣 礼禮 祢禰 秘祕 称稱 稲稻 穂穗 穏穩 粋粹 絶絕 継繼 縄繩 繊纖 聡聰 脳腦 臓臟
芦蘆 荘莊 薬藥 蔵藏 虫蟲 蛍螢 蛮蠻 装裝 触觸 訳譯 証證 誉譽 譲讓 賛贊 跡迹 践踐 転轉 軽輕 辞辭 逓遞 遅遲 郷鄉 酔醉 醸釀
釈釋 銭錢 鋳鑄 錬鍊 鎮鎭 闘鬭 陥陷 随隨 隷隸 雑雜 難難 頼賴 顔顏 騒騷 髪髮 鬱欝 麺麵 黄黃 黒黑
榦幹 衹只 秖只 寕寧 甯寧 遊游 脩修 嶽岳 囌苏 糰团 佔占 佈布 嚮向 籤签 胷胸
彆别 綵彩 嚐尝 噁恶 瀰弥 悽凄 昇升 陞升 醃腌 閧哄 氾泛 癒愈 霑沾 鵰雕 託托 讚赞 囉罗 侷局
劔劍 劎劍 蹔暫 叚假 狥徇 爕燮 醖醞 僃備 㛰婚 閠閏 崈崇 埓埒 祍衽 禝稷 畒畝 嚻囂 翖翕 駵騮 眘慎 崐崑 逎遒 媫婕
瑘琊 沗忝 犫犨 㟁岸 峝峒 脗吻 鼂晁 敭揚
"""

# Groups; no two characters of a group may end in one family.
APART = """
已巳己 曰日 王玉 未末 人入八 土士 大太 母毋 干于 戊戌戍 刺剌 味昧 惟唯維 天夭 睢雎 傳傅 辨辯辦辮 豫預 余予
關寡 簡耕 煙完 烟完 子只 托拓 燒簫 條糶 澹淡 魏巍 育毓 愈愉 協勰 逮迨 朝晁 胸匈 胷匈 徹澈 霜孀 譙誚 卭卬 衿紟 擲擿
詵侁 猗欹 虜擄 嘴咀 觜咀 觜嘴 鄔塢 鴆酖 箸著 箸筯 悶懣 鶯鸎 昪忭 髣彷 九玖 一壹 二貳 四肆 三叁 五伍 六陸 七柒 八捌
十拾 百佰 千仟 阡仟 澳襖 虬蚪 叨饕 砌纖 柳檉 眇緲 恍怳 擗劈 鷩氅 朐鸜 朐鴝 淹渰 攀扳 麇獐 縟溽 躍趯 紹佋 皺縐 嬌撟
諉餵 某厶 集亼 挫繲 隱乚 包勹 菌蕈 他她它牠佗 萬卍 萬卐 勅徠 勑徠 敕徠 匱餽 匱饋 櫃餽 櫃饋 柜餽 柜饋 樻餽 樻饋 雍簌
塢陭 崎陭 秋鞧 臺儓 檯儓 眾匝 眾帀 眾迊 衆匝 衆帀 衆迊 鑽鉗 鑚鉗 創戧 厲歷 厲曆 歷厉 復覆 複覆 么幺 只戠
澀歰 霸灞 兗袞 皓顥 皓皝 顥皝 濱瀕 洞峒 談譚 版板 斌彬 敦惇 御馭 殉狥 泄渫 洩渫 坑阬 博簿 鄰鄹 濕隰
仇讎 仇讐 傍旁 閒間 閑間 闲间 崎﨑埼 埼碕 疋雅 疋疏 於亏 咀吒 陜狹 陝狹 親榛 敩镚 斆鏰 魷鰍 魷鰌 鱿鳅
"""


def edges(unihan: str) -> Iterator[tuple[str, str]]:
    """Pairs of characters that Unihan links, in the order of `FIELDS`."""
    found: dict[str, list[tuple[str, str]]] = {name: [] for name in FIELDS}
    for line in unihan.splitlines():
        if line.startswith("U+"):
            code, name, values = line.split("\t")
            if name in found:
                # `U+4E18<kMatthews:TZ` names the dictionaries that say so.
                targets = [value.partition("<")[0] for value in values.split()]
                found[name] += [(chr(int(code[2:], 16)), chr(int(target[2:], 16))) for target in targets]
    for name in FIELDS:
        yield from found[name]


def families(pairs: Iterator[tuple[str, str]]) -> list[str]:
    """Join pairs into families, each a string of its characters, the one it folds to first.

    Raises:
        UsageError: a family has grown past `LARGEST`, or holds two characters that `APART` names.
    """
    apart: dict[str, set[str]] = {}
    for group in APART.split():
        for char in group:
            apart.setdefault(char, set()).update(set(group) - {char})
    family: dict[str, set[str]] = {}
    for one, other in pairs:
        left, right = family.setdefault(one, {one}), family.setdefault(other, {other})
        if left is right or any(apart.get(char, set()) & right for char in left):
            continue
        left |= right
        for char in right:
            family[char] = left
    whole = {id(group): "".join(sorted(group, key=_rank)) for group in family.values() if len(group) > 1}
    for group in whole.values():
        if len(group) > LARGEST:
            raise UsageError(f"异体字组过大：{group}", where="APART", remedy="请在 APART 中拆开不相干的字。")
    return sorted(whole.values())


def _rank(char: str) -> tuple[bool, int]:
    """A family folds to its first character of the basic block, so that folded text stays legible."""
    return not "\u4e00" <= char <= "\u9fff", ord(char)


def compatible(char: str) -> str:
    """The unified ideograph a compatibility ideograph stands for; the character itself otherwise."""
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else char


def table(unihan: str) -> str:
    """The whole table, from the text of Unihan_Variants.txt."""
    own = [(pair[0], pair[1]) for pair in ALSO.split()]
    joined = ((compatible(a), compatible(b)) for part in (own, edges(unihan)) for a, b in part)
    head = [
        "# Families of characters that search takes for one; each line folds to its first character.",
        "# Made by search/build_variants.py from the Unicode Han Database (Unihan_Variants.txt,",
        f"# SHA-256 {hashlib.sha256(unihan.encode()).hexdigest()}), © Unicode, Inc., Unicode License V3",
        "# (https://www.unicode.org/license.txt), with additions and exceptions of our own. Do not edit by hand.",
    ]
    return "\n".join([*head, *families(pair for pair in joined if pair[0] != pair[1]), ""])


if __name__ == "__main__":
    OUTPUT.write_text(table(Path(sys.argv[1]).read_text(encoding="utf-8")), encoding="utf-8")
