import Desk
import Ground
import Hummingbird
import Storage
import Web

/// What is done to the account of a person, for programs; the page of the person does the same.
extension IdentityAPI {
    private struct Changing: Decodable {
        var name: String
        /// Empty or missing leaves the number as it is; `-` takes it away.
        var phone: String?
        var language: Language?
    }

    private struct Resetting: Decodable {
        var secondStep: Bool?
    }

    private struct Revealing: Decodable {
        var purpose: String
    }

    func addStaffActs(to routes: Routes) {
        routes.api(
            APIOperation(
                .put, "/staff/{id}", id: "changeStaff", tag: "identity",
                summary: LocalizedText("修改人员信息", "Change a person"),
                request: .object([
                    .init("name", .string(minimum: 1, maximum: 60)),
                    .init("phone", .nullable(.text), required: false, "missing leaves it as it is; “-” takes it away"),
                    .init(
                        "language", .nullable(.string(values: Language.allCases.map(\.rawValue))), required: false,
                        "missing or null: the browser decides"),
                ]), response: Self.person), right: .manageStaff
        ) { staff, submission in
            let changing = try submission.decode(Changing.self)
            _ = try await staffCommands.change(
                try staff.visit.identifier(), name: changing.name, phone: changing.phone, language: changing.language,
                seen: submission.seenVersion, by: staff.scope, once: submission.once)
            return try await person(staff)
        }
        routes.api(
            APIOperation(
                .post, "/staff/{id}/leave", id: "leaveStaff", tag: "identity",
                summary: LocalizedText("办理离职：岗位与会话即时结束", "The person has left: posts and sessions end"),
                response: Self.person), right: .manageStaff
        ) { staff, submission in
            _ = try await staffCommands.leave(
                try staff.visit.identifier(), seen: submission.seenVersion, by: staff.scope, once: submission.once)
            return try await person(staff)
        }
        routes.api(
            APIOperation(
                .post, "/staff/{id}/password", id: "resetPassword", tag: "identity",
                summary: LocalizedText("重置密码（一次性密码只给一次）", "Reset the password; the one-time password is given once"),
                request: .object([.init("secondStep", .boolean, required: false, "also remove the second step")]),
                response: .object([
                    .init("oneTimePassword", .nullable(.text), "null when the request is a repeat")
                ])), right: .manageStaff
        ) { staff, submission in
            let resetting = try submission.decode(Resetting.self)
            let password = try await staffCommands.resetPassword(
                try staff.visit.identifier(), alsoSecondStep: resetting.secondStep == true,
                seen: submission.seenVersion, by: staff.scope, once: submission.once)
            return .json(
                JSONWriter.object { $0.member("oneTimePassword", password.isFirst ? password.value : nil) })
        }
        routes.api(
            APIOperation(
                .post, "/staff/{id}/reveal", id: "revealStaffPhone", tag: "identity",
                summary: LocalizedText("查看电话原文（目的记入台账）", "The number in full, for a purpose that the ledger keeps"),
                request: .object([.init("purpose", .string(minimum: 2, maximum: 200))]),
                response: .object([.init("phone", .text)])), right: .revealPersonal
        ) { staff, submission in
            let purpose = try submission.decode(Revealing.self).purpose
            let phone = try await staffCommands.reveal(
                try staff.visit.identifier(), purpose: purpose, by: staff.scope)
            return .json(JSONWriter.object { $0.member("phone", phone) })
        }
    }
}
