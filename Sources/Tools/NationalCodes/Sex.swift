/// Sex as GB/T 2261.1 codes it [M]; its texts stand in `Rules/codes/sex.yaml`.
public enum Sex: Int, Sendable, Hashable, CaseIterable, Codable {
    case unknown = 0
    case male = 1
    case female = 2
    case notStated = 9
}
