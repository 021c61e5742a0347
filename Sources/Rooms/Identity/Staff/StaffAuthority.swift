import Desk
import Ground

/// Who may manage whom: pure rules.
struct StaffAuthority: Sendable {
    let roles: Roles

    func isAdministrator(_ scope: Scope) -> Bool { roles[scope.role]?.isAdministrator == true }

    /// An account may be changed by those whose area holds it and every post of it, and who have every right that these
    /// posts have; otherwise a new password would be a way up.
    func requireMay(
        manage staff: StaffRecord, holding posts: [PostRecord], by scope: Scope
    ) throws(Refusal) {
        guard scope.area.contains(staff.area), posts.allSatisfy({ scope.area.contains($0.area) }) else {
            throw Self.outsideArea
        }
        for post in posts { try requireHas(rightsOf: post.role, scope) }
    }

    /// A post may be given within one's own area, with no right that one does not have.
    func requireMay(give role: String, for area: AreaPrefix, in body: BodyFacts, by scope: Scope) throws(Refusal) {
        guard let known = roles[role] else {
            throw Refusal(
                .ruleBroken, "identity.role-unknown", LocalizedText("没有这个角色：\(role)", "There is no role “\(role)”"),
                rule: Roles.fileName, field: "role")
        }
        guard scope.area.contains(area), scope.area.contains(body.area) else { throw Self.outsideArea }
        if let level = known.level, level != area.level {
            throw Refusal(
                .ruleBroken, "identity.role-level",
                LocalizedText("“\(known.name.chinese)”不设在这一层级", "“\(known.name.english)” is not a post of this level"),
                rule: "\(Roles.fileName): \(known.key).level", field: "area")
        }
        try requireHas(rightsOf: role, scope)
    }

    func requireMay(take role: String, by scope: Scope) throws(Refusal) { try requireHas(rightsOf: role, scope) }

    private func requireHas(rightsOf role: String, _ scope: Scope) throws(Refusal) {
        guard let rights = roles[role]?.rights else { return }
        // An administrator gives what they lack, but nothing sealed: who makes accounts must not be able to read.
        let lacking = rights.subtracting(scope.rights).filter { $0.isSealed || !isAdministrator(scope) }.sorted()
        guard lacking.isEmpty else {
            throw Refusal(
                .forbidden, "identity.rights-beyond",
                LocalizedText(
                    "该岗位有您没有的权限，须由管理员办理：\(lacking.map(\.rawValue).joined(separator: "、"))",
                    "That post has rights that you do not have: \(lacking.map(\.rawValue).joined(separator: ", "))"),
                wayOn: LocalizedText("请联系县级管理员", "Ask the county's administrator"), rule: Roles.fileName)
        }
    }

    static let outsideArea = Refusal(
        .forbidden, "identity.outside-area", LocalizedText("不在您岗位的辖区内", "It is outside the area of your post"),
        wayOn: LocalizedText("请由当地或上级管理员办理", "Ask an administrator there or above"))
}
