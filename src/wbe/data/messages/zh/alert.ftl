# 预警：本月的异常，以及应首先核实的问题。
alert-rules-lack =
    .came = 规则缺少 { $parts } 部分
    .needed = alert 和 data_quality 两部分，格式同 data/alerts.toml
    .next = 请复制该文件并修改数值。
alert-no-sample = 本月无样品
alert-first-detection = 此前 { $count } 个月均低于检出限，本月首次检出
alert-history = 历史数据不足：同一方法仅有 { $count } 个此前月份，至少需 { $needed } 个
alert-exceeds = 为 { $count } 个月基线的 { $ratio } 倍；超过 { $factor } 倍的概率为 { $p }，q = { $q }
alert-together = { $of } 种毒品中有 { $count } 种同向变动超过 { $factor } 倍：请核实流量、降雨和人口
alert-batch = { $of } 个区县中有 { $count } 个同向变动超过 { $factor } 倍：请先核查检测批次
alert-flow = { $site } 流量为此前中位数的 { $ratio } 倍
alert-doubtful = 存疑：{ $doubt }
alert-residual = 结果比此前各月的预期高 { $residual } 个标准差（概率 { $p }）
alert-cusum = 小幅上升持续累积：累积和 { $total } 超过界限 { $limit }
alert-limit-lower = 因检出限降低才检出：此前有 { $count } 个月按当时的限值无法检出
alert-quantifiable = 本月数值高于此前全部限值，而此前 { $of } 个月中仅 { $count } 个月有数值
alert-across-methods = 跨检测方法按水平比较（此前 { $count } 个月使用其他方法）
alert-laboratory-or-city = 实验室原因或城市变化，无法区分（{ $month } 实验室出现阶跃的概率为 { $p }）
