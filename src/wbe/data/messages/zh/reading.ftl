# 读入：文件中存疑、缺少或错误的内容。
reading-bracket-unknown =
    .came = “{ $header }”，其括号内的“{ $words }”可能改变含义
    .needed = 名称加单位，或含义已知的括号
    .next = 请去掉表头中的括号，或在映射文件 [columns] 下写："{ $header }" = "{ $answer }"（或 "ignore"）
reading-codes-unknown =
    .came = 结果旁“{ $header }”列的代码（{ $words }）未说明含义
    .needed = 每个代码的含义
    .next = 请在映射文件 [columns] 下写："{ $header }" = "ignore"，或 "{ $header }" = {"{"}role = "flag", codes = {"{"}"1" = "detected", "0" = "not_detected"{"}"}{"}"}
reading-words-beside =
    .came = “{ $header }”列中的{ $words }可能表示采样对象或进样类型
    .needed = 含义明确的列
    .next = 请在映射文件 [columns] 下写："{ $header }" = "matrix"（或 "injection"、"ignore"）
reading-units-contradict =
    .came = “{ $header }”列写的 { $role } 单位（{ $words }）与表头的 { $unit } 不一致
    .needed = 同一个 { $role } 单位
    .next = 请统一单位，或在映射文件 [columns] 下写："{ $header }" = "ignore"
reading-ragged-row =
    .came = 有 { $rows } 行的单元格多于表头：{ $headers } 个表头下有 { $cells } 个单元格
    .needed = 单元格数与表头数一致
    .next = 带逗号的数字请加引号，或改用分号分隔。
reading-no-header =
    .came = 没有表头的列中有内容“{ $shown }”，共 { $count } 行
    .needed = 每个有内容的列都有表头
    .next = 请补写该列表头，或删除该列。
reading-result-without-name =
    .came = “{ $header }”列有结果而没有物质名称
    .needed = 每个结果列写明物质
    .next = 请在表头写明物质，或在映射文件 [columns] 下写："{ $header }" = "ignore"
reading-mark-without-result =
    .came = “{ $header }”为标记列，无法确定属于哪个结果
    .needed = 每个结果旁各有标记
    .next = 请把该列放在所属结果之前，或在映射文件 [columns] 下写："{ $header }" = "ignore"
reading-mark-unknown =
    .came = 结果旁“{ $header }”列的“{ $word }”含义不明
    .needed = 符号，或“未检出”等说法
    .next = 请更正，或在映射文件 [columns] 下写："{ $header }" = {"{"}codes = {"{"}"{ $word }" = "detected"{"}"}{"}"}（或其他状态），或 "{ $header }" = "ignore"
reading-row-in-doubt =
    .came = 名为“{ $word }”的行有日期、流量和结果，可能是样品，也可能不是
    .needed = 样品；统计行不写日期和流量
    .next = 请删除该行，或在映射文件 [rows] 下写："{ $word }" = "sample"（或 "total"）
reading-matrix-unknown =
    .came = “{ $header }”列的“{ $word }”是否为进水污水不明
    .needed = 进水、出水、污泥等已知基质
    .next = 请更正，或在映射文件 [columns] 下写："{ $header }" = {"{"}skip = ["{ $word }"]{"}"}，或 "{ $header }" = "ignore"
reading-injection-unknown =
    .came = “{ $header }”列的“{ $word }”是样品还是质控不明
    .needed = 样品、空白、标准等已知类型
    .next = 请更正，或在映射文件 [columns] 下写："{ $header }" = {"{"}skip = ["{ $word }"]{"}"}，或 "{ $header }" = "ignore"
reading-fraction-unknown =
    .came = “{ $header }”列的“{ $word }”是总量还是部分不明
    .needed = 总量、溶解态、悬浮态等已知形态
    .next = 请更正，或在映射文件 [columns] 下写："{ $header }" = {"{"}skip = ["{ $word }"]{"}"}
reading-fraction-alone =
    .came = “{ $header }”列有多种形态（“{ $word }”等）而没有总量
    .needed = 每个样品一个结果
    .next = 请给出总量，或在映射文件 [columns] 下略去："{ $header }" = {"{"}skip = ["{ $word }"]{"}"}
reading-no-sewage =
    .came = 表中没有进水污水样品
    .needed = 进水样品
    .next = 请提供进水样品，或在映射文件中略去该表：[sheets] skip = ["..."]。
reading-loads =
    .came = 物质负荷（{ $unit }），而不是浓度
    .needed = ng/L 等浓度，负荷由此计算
    .next = 已公布的负荷请用 wbe.read_loads(路径) 读取，或提供浓度。
reading-volume-without-time =
    .came = 流量单位未写时间（{ $unit }）
    .needed = m³/d 等流量单位
    .next = 请在表头写明单位；如为日水量，在映射文件 [units] 下写："{ $unit }" = "{ $daily }"
reading-damaged-archive =
    .came = 无法解开的压缩文件（{ $said }）
    .needed = 完整的 .gz 或 .zip 文件
    .next = 请重新压缩，或直接提供表格。
reading-too-large =
    .came = { $size } MB
    .needed = 不超过 { $most } MB
    .next = 请拆分文件。
reading-no-table =
    .came = 没有检测结果表（{ $seen }）
    .needed = 含有物质和浓度的表，按列或按行排列
    .next = 请在映射文件 [columns] 下指明表头；wbe.propose_mapping(路径) 可生成初稿。
reading-other-water =
    .came = “{ $said }”所指并非进水污水
    .needed = 进水样品
    .next = 请去掉该文件；如确为进水，在映射文件 [sheets] 下写：read = ["{ $name }"]
reading-copied-file =
    .came = { $count } 个样品的结果与 { $other } 完全相同（如 { $site }）
    .needed = 每个结果只出现一次
    .next = 请删除重复的文件。
reading-two-versions =
    .came = 样品 { $sample } 的结果与 { $other } 不同
    .needed = 每个样品只有一个版本
    .next = 请删除不采用的版本，或在映射文件中写：[files."{ $this }"] replaces = "{ $other }"
reading-date-among-results =
    .came = 结果中有 { $words }，可能是表格软件把 6.1 之类的数字变成了日期
    .needed = 实测结果
    .next = 请按实验室原始数据重新填写。
