public import Ground

/// Why bytes are not a model.
public enum TextModelFault: Error, Sendable, Hashable {
    case notAModel
    case otherVersion(UInt32)
    /// Cut off, changed, or against its own checksum.
    case damaged

    public var message: LocalizedText {
        switch self {
        case .notAModel: LocalizedText("不是分类模型文件", "this is not a classification model")
        case .otherVersion(let version):
            LocalizedText(
                "分类模型的版本是 \(version)，本程序只认 \(TextModel.formatVersion)；请重新训练",
                "the classification model has version \(version); this program reads "
                    + "\(TextModel.formatVersion): train it again")
        case .damaged:
            LocalizedText("分类模型文件已损坏，请重新训练或从备份恢复", "the classification model is damaged: train it again or restore it")
        }
    }
}
