import Ground

enum AppraisalTexts {
    static let title = LocalizedText("部门解决情况", "What departments solved")
    static let checkLocally = LocalizedText(
        "指标、权重和周期见 Rules/appraisals.yaml，须按本地文件核对。",
        "Measures, weights and period stand in Rules/appraisals.yaml, to be checked locally.")
    static let bodiesOnly = LocalizedText(
        "只看单位，不看个人；按条线顺序列出。每个数字都能点到它所计的事项；结果变一件，这里变一次，不另行填报。",
        "Bodies only, never persons; listed by line. Each figure leads to the matters it counts; a changed outcome changes it once, and nothing is filled in."
    )
}
