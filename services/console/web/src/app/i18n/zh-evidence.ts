/** Words of evidence: files uploaded as proof, references to what lies elsewhere. */
export const zhEvidence = {
  proof: {
    upload: '上传文件', hint: '照片、视频、PDF、Word、Excel；类型按文件内容识别，重复文件自动识别', reference: '填写编号或链接', pending: '还有文件未上传完成', duplicate: '此前已上传', fixed: '提交后按 SHA-256 固定，不可更改', open: '打开 {name}',
  },
  pace: { title: '进度', ahead: '超过线性进度 {share}', behind: '低于线性进度 {share}', even: '与线性进度持平', hint: '按全年均匀排放，截至最近有数据之日应为 {mass}' },
}
