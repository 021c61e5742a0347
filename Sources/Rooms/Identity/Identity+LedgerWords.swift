import Desk
import Ground
public import Ledger
import Storage

extension Identity {
    /// What the entries of staff, posts and tokens mean.
    public var ledgerWords: LedgerWords {
        var words = LedgerWords()
        words.groups = [
            LedgerWords.Word("staff.", "人员与岗位", "Staff and posts"),
            LedgerWords.Word("token.", "接口令牌", "Tokens"),
            LedgerWords.Word("personal.", "个人信息", "Personal data"),
        ]
        words.acts = Self.acts
        words.subjects = [
            "staff": LedgerWords.Subject("人员", "Person", right: .manageStaff) { "/staff/\($0)" },
            "post": LedgerWords.Subject("岗位", "Post"),
            "token": LedgerWords.Subject("令牌", "Token"),
        ]
        words.facts = [
            LedgerWords.Word("staff", "人员", "Person"),
            LedgerWords.Word("role", "角色", "Role"),
            LedgerWords.Word("body", "单位", "Body"),
            LedgerWords.Word("element", "信息项", "Element"),
            LedgerWords.Word("secondStep", "同时清除动态口令", "Second step removed too"),
            LedgerWords.Word("expires", "到期", "Expires"),
        ]
        words.references = ["staff": "staff", "body": "body"]
        let roles = roles
        words.value = { fact, code in
            switch (fact, code) {
            case ("role", _): roles[code]?.name
            case ("element", "phone"): LocalizedText("电话", "phone")
            default: nil
            }
        }
        let directory = directory
        words.names = { kind, ids, transaction in
            switch kind {
            case "staff":
                let names = try directory.staffNames(ids.compactMap { StaffID(parsing: $0) }, in: transaction)
                return names.reduce(into: [:]) { $0[$1.key.text] = LocalizedText($1.value, $1.value) }
            case "post":
                return try ids.compactMap { PostID(parsing: $0) }.reduce(into: [:]) { titles, id in
                    titles[id.text] = try directory.post(id, in: transaction)?.title
                }
            default: return [:]
            }
        }
        // By the index of who acted; a person in posts of two bodies acts for one of them at a time.
        words.writtenBy = { body in
            """
            actor_id IN (SELECT staff FROM posts WHERE body = \(body))
            AND actor_post || '' IN (SELECT id FROM posts WHERE body = \(body))
            """
        }
        return words
    }

    private static let acts = [
        LedgerWords.Word("staff.entered", "登记人员", "Person entered"),
        LedgerWords.Word("staff.changed", "修改人员", "Person changed"),
        LedgerWords.Word("staff.left", "办理离职", "Has left"),
        LedgerWords.Word("staff.post-given", "任命岗位", "Post given"),
        LedgerWords.Word("staff.post-ended", "卸任岗位", "Post ended"),
        LedgerWords.Word("staff.grid-changed", "随网格调整换网格", "Moved with the grid"),
        LedgerWords.Word("staff.switched-post", "切换岗位", "Switched post"),
        LedgerWords.Word("staff.logged-in", "登录", "Logged in"),
        LedgerWords.Word("staff.log-in-refused", "登录被拒", "Log-in refused"),
        LedgerWords.Word("staff.code-refused", "动态口令错误", "Code refused"),
        LedgerWords.Word("staff.password-changed", "修改密码", "Password changed"),
        LedgerWords.Word("staff.password-reset", "重置密码", "Password reset"),
        LedgerWords.Word("staff.second-step-enrolled", "登记动态口令", "Second step enrolled"),
        LedgerWords.Word("staff.second-step-removed", "取消动态口令", "Second step removed"),
        LedgerWords.Word("token.made", "生成令牌", "Token made"),
        LedgerWords.Word("token.revoked", "吊销令牌", "Token revoked"),
        LedgerWords.Word("personal.revealed", "查看个人信息原文", "Shown in full"),
    ]
}
