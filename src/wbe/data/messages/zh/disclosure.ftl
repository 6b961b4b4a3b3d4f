# 哪些可以公布，哪些不可以，以及原因。
disclosure-not-a-threshold =
    .came = 阈值“{ $name }”
    .needed = { $known } 之一
    .next = { $hint }
disclosure-threshold-value =
    .came = { $name } = { $came }
    .needed = 不小于 0 的数
    .next = 请更正或删去。
disclosure-protection-value =
    .came = protection = { $came }
    .needed = 不小于 0、小于 1 的比例
    .next = 请更正或删去。
disclosure-whole-number =
    .came = { $name } = { $came }
    .needed = 大于 0 的整数
    .next = 请更正或删去。
disclosure-areas =
    .came = areas = { $came }
    .needed = { $known } 中的若干项
    .next = 请更正或删去。
disclosure-yes-or-no =
    .came = { $name } = { $came }
    .needed = true 或 false
    .next = 请更正或删去。
disclosure-weak-salt =
    .came = 盐值共 { $count } 个字符，其中不同字符 { $different } 个
    .needed = 至少 { $least } 个字符，其中不同字符至少 { $least_different } 个
    .next = 请使用随机值（如 secrets.token_hex(16)）并妥善保密：凭盐值可很快试出站点名称。
disclosure-override-reason =
    .came = 准予“{ $site }”的理由“{ $reason }”
    .needed = 一句话说明由谁批准、为何批准
    .next = 理由会写入运行记录。
disclosure-institutions = 机构类采样点不予受理：{ $sites }。其背后人数很少，容易被识别。请去掉这些样品，或使用 Policy.with_override(站点, 理由)，命令行用 --admit 站点=理由；理由会写入运行记录。
disclosure-institution = { $site }（依据：{ $why }）
disclosure-by-type = site_type 为 { $kind }
disclosure-by-name = 名称含“{ $word }”且未给出 site_type
disclosure-code-twice = 站点代码：两个站点得到同一代码。请更换盐值。
disclosure-not-shown = 不予显示
