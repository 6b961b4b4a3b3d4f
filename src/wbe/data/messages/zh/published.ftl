# 已公布的内容。
published-broken-chain = { $file } 第 { $row } 条：内容被改动，或与前一条不衔接。台账只能追加；请恢复留存的副本。
published-exposed = 本版未登记：与此前公布的内容合起来，会暴露单个污水厂的负荷（{ $cells }）。请不公布这些单元（Policy.withholding）。
published-no-key = 缺少 { $file }：没有密钥，无法判断样品在公布后是否改动过。请恢复留存的副本。
published-frozen = { $months }：数值以已公布的为准。
