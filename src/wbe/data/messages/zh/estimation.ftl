# 量的估计：为何没有数字、数字旁须说明什么、数字如何得出。
estimation-status-no-data = 无样品
estimation-status-not-measured = 未检测
estimation-status-no-factor = 无可靠排泄率
estimation-status-no-dose = 无剂量依据
estimation-status-no-scenario = 无使用情景
estimation-status-origin-unresolved = 来源未解析
estimation-status-suppressed = 不予显示
estimation-status-below-limit = 未检出（未给检出限）
estimation-status-no-flow = 流量未知
estimation-status-no-population = 人口未知
estimation-said = 说明：{ $text }
estimation-other-biomarker = 本方案以另一生物标志物测算该药物
estimation-not-in-table = 化合物表中没有 { $biomarker }，任何方案均无其校正因子
estimation-read-from = 本方案以 { $other } 测算 { $biomarker }
estimation-no-dose-claim = 本方案无剂量依据
estimation-bound = { $used } 个样品均低于限值：{ $limit } 为按实验室限值折算的量，{ $upper } 为真值上界（{ $level } %）
estimation-detectable = { $n } 个样品均未检出：此类样品中最多可能有 { $top } 可检出
estimation-some-below = { $used } 个中有 { $below } 个低于限值，按其可能范围的均值计：按 0 计为 { $zero }，按限值计为 { $limit }
estimation-mostly-below = 低于限值的占 { $least } 及以上：数值取决于其可能范围，检出频率更能说明问题：{ $used } 个中检出 { $seen } 个，占 { $low } 至 { $high }（95 %）
estimation-above-range = { $used } 个中有 { $above } 个超出校准范围：真值可能更高
estimation-zeros = { $count } 个结果恰为 0，按低于限值处理
estimation-grab = { $used } 个中有 { $grab } 个瞬时样：区间已相应加宽，采样时刻的影响未校正
estimation-no-weekend = 无周末样品：区间借助其他地区周末与平日的差异
estimation-no-weekday = 无平日样品：区间借助其他地区周末与平日的差异
estimation-discharge-out = { $count } 个样品未计入：标志物比值显示为倾倒而非使用
estimation-discharge-in = { $count } 个样品已计入：标志物比值显示为倾倒而非使用
estimation-in-error = 依据的 { $used } 个样品中有 { $count } 个经检查有误，须先更正
estimation-left-out = { $count } 个结果因缺限值、流量或人口未计入
estimation-lacking = { $had } 座污水厂中有 { $sites } 座：合计缺 { $names }
estimation-lacking-heads = { $had } 座污水厂中有 { $sites } 座，按其服务人口计：缺 { $names }
estimation-corrected-between = 校正：为本值的 { $low } 至 { $high } 倍，即各样品的生活污水占比
estimation-corrected = 校正（乘以生活污水占比 { $share }）：{ $text }
estimation-ensemble-part = 动态集成缺少某一方法；population='ensemble' 按现有方法计算
estimation-excretion-unverified = 排泄率：{ $status }，未核实
estimation-study-factor = 使用人数＝负荷×（情景所据研究的人数÷负荷），采用该研究自身的排泄率，而非因子方案的排泄率
estimation-dose-unverified = 剂量：{ $status }，未核实
estimation-share-15-64 = 按 15-64 岁人口计，占常住人口 { $share }；假定使用者均在此年龄段
estimation-origin-morphine = 来源未解析：未区分药用、罂粟壳与海洛因
estimation-parent-may-leave = { $parent }也会产生该标志物：不能认定存在使用，仅给出上限
estimation-parent-chance = 同等情形下，有 { $chance } % 的可能仅由母体药物产生
estimation-parent-left = 已按同一样品扣除{ $parent }所产生的部分
estimation-own-share = 标志物中的自身份额：{ $share }（{ $low }–{ $high }）
estimation-prior = 误差大小取自先验的比重：{ $share }
estimation-level =
    .came = level { $came }
    .needed = 0 与 1 之间的概率
    .next = 95 % 请写 0.95。
estimation-seed =
    .came = seed { $came }
    .needed = 不小于 0 的整数
    .next = 任取一数并保留，即可得到相同结果。
estimation-draws =
    .came = draws { $came }
    .needed = 不小于 1000 的整数
    .next = 通常取一万。
estimation-policy =
    .came = policy { $came }
    .needed = 'internal'、'public' 或 Policy
    .next = 请选其一。
estimation-users-by-month =
    .came = quantity { $came }
    .needed = { $known } 之一
    .next = 使用人数按月给出。
estimation-no-cell =
    .came = { $area } { $month } 没有 { $drug } 的 { $quantity }
    .needed = 至少有一个可用样品的单元
    .next = 可用单元及其他单元的原因见 estimate.table()。
estimation-which-drug =
    .came = { $quantity } 未指明药物
    .needed = { $known } 之一
    .next = 请写 drug="……"。
estimation-no-substance =
    .came = { $quantity } 的药物 { $drug }
    .needed = { $known } 之一
    .next = 原因：{ $why }。
estimation-none = 无
estimation-not-measured = 未检测
estimation-city-only = 样品：{ $edition } 版只显示全市。请用内部版。
estimation-save-edition = 不保存 { $edition } 版的估计：文件中会含样品数据，即该版所隐去的内容。请保存内部版，或只导出表格。
estimation-load-samples =
    .came = 只有样品数据，没有估计
    .needed = 由 Estimate.save 写出的文件
    .next = 请用 wbe.exchange.read 读取后重新估计。
estimation-load-own =
    .came = 使用了自备 { $argument } 的估计
    .needed = 再次给出同一 { $argument }
    .next = 请写 Estimate.load(..., { $argument }=...)。
estimation-load-differs =
    .came = 所得数字与版本 { $version } 保存的不同（当前版本 { $now }）
    .needed = 与保存时相同的数字
    .next = 请给出相同的因子、情景和披露规则，或使用版本 { $version }，或用 wbe.exchange.read 读取样品后重新估计。
estimation-city-draws = { $area } 的抽样：{ $edition } 版保护负荷，知道种子者可由抽样推出各区。请用 estimate.table('{ $area }') 的区间。
estimation-hidden = { $area } { $month } { $drug } 的 { $quantity }：按披露规则不予显示。
estimation-explain-head = { $area } { $month } { $drug }的{ $quantity }：{ $text } { $unit }
estimation-explain-synthetic = 合成数据：并非实验室测定。
estimation-explain-sample = 样品 { $sample }：{ $value } ng/L × { $flow } m3/d = { $load } g/d，服务 { $people } 人（权重 { $weight }）
estimation-explain-below = 低于 { $limit }，按 { $value } 计
estimation-explain-place = { $site }：{ $days } 日日均值的平均 = { $value } { $unit }
estimation-explain-share = { $site }：{ $value } × 份额 { $share } = { $part } { $unit }
estimation-explain-sum = 合计：{ $sum } = { $value } { $unit }
estimation-explain-factor = 校正因子：方案 { $profile } { $version }，由 { $biomarker } 测算 { $drug }：质量比 { $ratio } ÷ 摩尔排泄率中位数 { $fraction } = { $factor }；依据 { $claims }（{ $status }）
estimation-explain-origin = { $parent }产生的{ $biomarker }为其自身质量的 { $ratio } 倍（对数标准差 { $spread }），按样品在总量以内抽取：{ $load } × 自身份额 { $share } = { $value } { $unit }
estimation-explain-dose = 每剂纯量 { $dose } mg：{ $factor } ÷ { $dose } = { $each }
estimation-explain-users = 使用情景“{ $scenario }”：每 g/d 负荷对应 { $factor } 名使用者
estimation-explain-product = { $load } × 系数 { $factor } = { $value } { $unit }
estimation-explain-exact = 计入全部误差的乘积的精确中位数：{ $value } { $unit }；表中为直接乘积
estimation-explain-notes = 说明：{ $notes }
estimation-explain-sources = 不确定度来源，由大到小：
estimation-explain-source = { "  " }{ $share }  { $source }（按 { $scope } 抽取；取自先验 { $prior }）：{ $advice }
estimation-once = 全程一次
estimation-advice-day = 当月增加采样天数
estimation-advice-limit = 采用检出限更低的方法
estimation-advice-weekday = 周末也采样
estimation-advice-sampling = 改用流量比例 24 小时混合样
estimation-advice-analysis = 增加平行测定
estimation-advice-batch = 每批加测质控样
estimation-advice-flow = 核对当日流量记录
estimation-advice-flow-meter = 校准流量计
estimation-advice-excretion = 校准排泄率或增加第二种生物标志物
estimation-advice-excretion-of = 校准{ $drug }的排泄率（本药物的排泄率据其标定）
estimation-advice-dose = 查找本地剂量资料
estimation-advice-use-scenario = 查找本地使用量与使用频次资料
estimation-advice-origin = 每个样品同时测定母体药物，并测定对映体
estimation-advice-catchment-weight = 查清各管网服务的街道
estimation-advice-stability = 测定停留时间与水温
estimation-advice-population = 综合多种人口估计（普查、标志物、移动信令）
estimation-advice-other = 建议：{ $text }
