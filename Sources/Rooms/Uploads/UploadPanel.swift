public import Desk
public import Ground
public import Web

/// How far an upload is, or why nothing came of it; what came of it is for the room to show.
public struct UploadPanel: Sendable {
    private let upload: Upload
    /// Its page.
    private let path: String
    private let visit: Visit

    public init(_ upload: Upload, at path: String, _ visit: Visit) {
        self.upload = upload
        self.path = path
        self.visit = visit
    }

    /// - Parameters:
    ///   - read: what was read so far, in words.
    ///   - hint: what cancelling leaves.
    public func progress(_ read: String, hint: String) -> HTML {
        let bar: HTML
        if let percent = upload.progress.percent {
            bar = """
                <progress max="100" value="\(percent)" aria-label="\(visit("进度", "Progress"))"></progress> \(percent)%
                """
        } else {
            bar = "<progress max=\"100\" aria-label=\"\(visit("进度", "Progress"))\"></progress>"
        }
        return """
            <section class="panel"><p><strong>\(visit(upload.state.title))</strong> · \(read)</p><p>\(bar)</p>\
            <p class="hint">\(visit("可以离开本页，导入会继续。", "You may leave; it goes on."))\(visit("", " "))\(hint)</p>\
            <div class="bar"><a class="btn p" href="\(path)">\(visit("看最新进度", "See how far it is"))</a>\
            <form method="post" action="\(path)/cancel" class="inline">\(visit.formFields)\(Field.submit(visit("取消导入", "Cancel"), tone: "ghost"))</form></div></section>
            """
    }

    /// - Parameter left: what cancelling left.
    public func cancelled(_ left: String) -> HTML { "<p class=\"notice warn\" role=\"status\">\(left)</p>" }

    public var failure: HTML {
        let told =
            upload.failure.map { visit($0.text) } ?? visit("未能导入，请重新上传", "It could not be taken over; send it again")
        return "<p class=\"notice danger\" role=\"alert\">\(told)</p>"
    }

    /// Leads to the list of what was left out, while it is kept.
    public func errors(_ text: LocalizedText) -> HTML {
        guard upload.hasErrors else { return HTML() }
        return """
            <p><a class="btn" href="\(path)/errors" download>\(symbol("download"))<span>\(visit(text))</span></a></p>
            """
    }
}
