# 物质名称。
vocabulary-several-meanings =
    .came = “{ $name }”有多种含义
    .needed = { $options } 之一
    .next = 请在映射文件的 [analytes] 下添加："{ $name }" = "{ $first }"
vocabulary-unknown-substance =
    .came = 未知物质“{ $name }”
    .needed = 已知的毒品或生物标志物{ $near }
    .next = 请更正名称，或在映射文件的 [analytes] 下添加："{ $name }" = "<编号>"（或 "ignore"）
vocabulary-near = （相近：{ $near }）
