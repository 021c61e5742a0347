import Testing
import Web

@Suite("Pages as typed pieces")
struct HTMLTests {
    @Test("What someone typed is text, whatever it looks like")
    func escaping() {
        let typed = "<script>alert('x')</script> & \"q\" \u{0}"
        let page: HTML = "<p title=\"\(typed)\">\(typed)</p>"
        let text = String(decoding: page.bytes, as: UTF8.self)
        #expect(!text.contains("<script>"))
        #expect(text.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot; \u{FFFD}"))
    }

    @Test("A piece made from something optional is markup, not text")
    func optionalPieces() {
        let hint: String? = "a < b"
        let none: String? = nil
        let page: HTML = "\(hint.map { "<p>\($0)</p>" })\(none.map { "<p>\($0)</p>" })"
        #expect(String(decoding: page.bytes, as: UTF8.self) == "<p>a &lt; b</p>")
    }

    @Test("Addresses are encoded, attributes appear only with a value")
    func attributes() {
        let nothing: String? = nil
        let page: HTML =
            "<a href=\"/x?q=\(address: "中&b")\"\(attribute: "class", "c\"d")\(attribute: "id", nothing)\(flag: "hidden", true)>"
        #expect(
            String(decoding: page.bytes, as: UTF8.self) == "<a href=\"/x?q=%E4%B8%AD%26b\" class=\"c&quot;d\" hidden>")
    }
}
