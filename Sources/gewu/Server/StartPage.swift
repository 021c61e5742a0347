import Desk
import Ground
import Web

/// `/`: what a resident sees first, two big ways in; staff log in at the side.
struct StartPage: Sendable {
    /// Whether money is disclosed, as `funds.yaml` says.
    var isMoneyOpen = false

    func add(to routes: Routes) {
        routes.openPage("/") { visit in
            let content: HTML = """
                <p class="lead">\(visit("您的诉求，件件有着落：受理、办理、回访，每一步都看得见。", "Every matter is answered: see who has it, by when, and what was done."))</p>\
                <div class="ways">\
                \(way("/report", "file-pen", visit("我要反映", "Report a matter"), visit("占道、噪音、漏水、路灯、邻里纠纷……不必注册，三分钟填完。", "Noise, leaks, lights, rubbish, quarrels: no account needed, three minutes.")))\
                \(way("/mine", "clipboard-list", visit("查看我的诉求", "Follow my matters"), visit("凭手机号和验证码，看进度、评价、不满意可重开。", "With your phone number and a code: progress, rating, reopening.")))\
                </div>\
                <p><a href="/clue">\(visit("向公安机关提供违法犯罪线索（可匿名）", "Tell the police of a crime; you can be anonymous"))</a></p>\
                \(disclosure(visit))                <p class="staff"><a class="btn" href="/login">\(symbol("user"))<span>\(visit("工作人员登录", "Staff log-in"))</span></a></p>
                """
            return visit.page(Page(visit("有事请说", "How can we help?"), content))
        }
    }

    private func disclosure(_ visit: Visit) -> HTML {
        guard isMoneyOpen else { return HTML() }
        return
            "<p><a href=\"/disclosure\">\(visit("资金公开：街道、社区的资金、计划和使用", "Money of streets and communities, open to all"))</a></p>"
    }

    private func way(_ address: String, _ icon: String, _ title: String, _ text: String) -> HTML {
        """
        <a class="way panel" href="\(address)">\(symbol(icon))<strong>\(title)</strong><span>\(text)</span></a>
        """
    }
}
